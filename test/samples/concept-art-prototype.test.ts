/** The game from concept art, played in a browser. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningServer, startServer } from '@scenemaker/runtime-server';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { build, defaultClientConditions, type InlineConfig, preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { complaintsOf, hasBrowser, launchBrowser } from '../support/browser.js';
import { FAKE_INFERENCE } from '../support/server.js';

const sample = fileURLToPath(new URL('../../samples/concept-art-prototype/', import.meta.url));
const MINUTES = 60_000;

test('the game has at most 200 lines, page and settings included', async () => {
  const files = await Promise.all(
    ['game.ts', 'index.html', 'vite.config.ts'].map((name) => readFile(sample + name, 'utf8')),
  );
  expect(files.join('').match(/\n/g)?.length).toBeLessThanOrEqual(200);
});

describe.skipIf(!hasBrowser)('the game', { timeout: 5 * MINUTES }, () => {
  let folder: string;
  let server: RunningServer;
  let vite: PreviewServer;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scenemaker-game-'));
    const inference = { ...FAKE_INFERENCE, module: new URL('../support/viewer-inference.ts', import.meta.url) };
    server = await startServer({ port: 0, inference });
    process.env['SCENEMAKER_URL'] = server.url;
    const config = {
      configFile: `${sample}vite.config.ts`,
      logLevel: 'error' as const,
      build: { outDir: folder },
      resolve: { conditions: ['@scenemaker/source', ...defaultClientConditions] },
    } satisfies InlineConfig;
    await build(config);
    vite = await preview({ ...config, preview: { port: 0, host: '127.0.0.1' } });
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 800, height: 600 } });
    complaints = complaintsOf(page);
    await page.goto(vite.resolvedUrls?.local[0] ?? '', { timeout: 3 * MINUTES });
    await page.waitForSelector('body:is([data-state=playing], [data-state=failed])', { timeout: 4 * MINUTES });
  }, 8 * MINUTES);
  afterAll(async () => {
    delete process.env['SCENEMAKER_URL'];
    await browser?.close();
    await vite?.close();
    await server?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  const status = () => page.textContent('[role=status]');

  it('begins with everything standing', async () => {
    expect(await status()).toBe('0 of 6 down, 12 balls left. Click to throw.');
  });

  it('shows the ground that things stand on', async () => {
    const shot = await sharp(await page.screenshot())
      .raw()
      .toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) =>
      shot.data.subarray((y * shot.info.width + x) * shot.info.channels).subarray(0, 3);
    const [sky, ground] = [at(400, 20), at(400, 560)];
    expect(Math.max(...ground.map((value, i) => Math.abs(value - (sky[i] ?? 0))))).toBeGreaterThan(15);
  });

  it('counts what is knocked down, and the balls', async () => {
    for (const x of [250, 330, 400, 480, 560]) await page.mouse.click(x, 330);
    await page.waitForFunction(() => Number(document.querySelector('canvas')?.dataset['down']) > 0);
    expect(await status()).toMatch(/^[1-6] of 6 down, 7 balls left/);
  });

  it('plays again', async () => {
    await page.keyboard.press('r');
    await page.waitForSelector('canvas[data-down="0"]');
    expect(await status()).toBe('0 of 6 down, 12 balls left. Click to throw.');
    expect(complaints).toEqual([]);
  });
});
