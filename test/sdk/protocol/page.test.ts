import { expect, test } from 'vitest';
import { renderProtocolPage } from '../../support/protocol-page.js';

test('PROTOCOL.md says what the schemas say; `npm run protocol` writes it', async () => {
  await expect(renderProtocolPage()).toMatchFileSnapshot('../../../sdk/PROTOCOL.md');
});

test('every field of every message is there, and every link leads somewhere', () => {
  const page = renderProtocolPage();
  const headings = new Set(
    [...page.matchAll(/^#+ (.+)$/gm)].map(([, text]) => text?.toLowerCase().replaceAll(' ', '-')),
  );
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, target]) => target);
  expect(links.length).toBeGreaterThan(40);
  expect(links.filter((target) => !headings.has(target))).toEqual([]);
  for (const field of [
    'afterEvent',
    'cameraHeightMeters',
    'frames',
    'halfExtents',
    'runs',
    'fromCache',
    'gapAfterMeters',
  ])
    expect(page).toContain(`\`${field}\``);
});
