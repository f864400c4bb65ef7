import { describe, expect, it } from 'vitest';
import { EMBEDDED_PACK } from '../../../runtime-server/src/packs.js';
import { toProcessOptions } from '../../../runtime-server/src/server/backend.js';
import { hasBrowser } from '../../support/browser.js';
import { FAKE_INFERENCE } from '../../support/server.js';
import { MINUTES, prepareViewer, READY } from '../../support/viewer.js';

const viewer = prepareViewer();

describe.skipIf(!hasBrowser)('the viewer with the models that ship', { timeout: 12 * MINUTES }, () => {
  it('makes a settled scene of a sample picture', async () => {
    const models = toProcessOptions({ packDir: EMBEDDED_PACK, device: 'cpu' });
    const server = await viewer.serve({ inference: { ...models, execArgv: FAKE_INFERENCE.execArgv } });
    const visit = await viewer.open(server.viewerUrl);
    const { page } = visit;
    await page.click('.samples >> text=Table top');
    await page.waitForSelector('.mask-layer canvas:not([data-masks="0"])', { timeout: 5 * MINUTES });
    await page.waitForSelector(READY, { timeout: 9 * MINUTES });
    const objects = await page.locator('.objects li').count();
    expect(objects).toBeGreaterThanOrEqual(3);
    await visit.see(`.scene > canvas[data-objects="${objects}"]`);
    await page.click('#tab-report');
    expect(await page.textContent('.verdict')).toMatch(/stand/);
    expect(visit.complaints).toEqual([]);
    await server.close();
  });
});
