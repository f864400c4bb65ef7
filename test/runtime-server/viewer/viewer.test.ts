import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { unzipSync } from 'fflate';
import { type RunningServer, startServer } from '@scenemaker/runtime-server';
import { renderScene } from '@scenemaker/sdk/render';
import { readGlb } from '@scenemaker/sim-adapters';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildViewer, complaintsOf, hasBrowser, launchBrowser } from '../../support/browser.js';
import { exampleScene } from '../../support/example-scene.js';
import { FAKE_INFERENCE } from '../../support/server.js';
import { EMBEDDED_PACK } from '../../../runtime-server/src/packs.js';
import { toProcessOptions } from '../../../runtime-server/src/server/backend.js';

const MINUTES = 60_000;
const READY = '.workbench[data-phase=ready]';

let folder: string | undefined;
let server: RunningServer;
let browser: Browser | undefined;
let page: Page;
let complaints: string[];

/** Waits as long as a busy machine without a GPU may need. */
const see = (selector: string, state: 'visible' | 'hidden' = 'visible') =>
  page.waitForSelector(selector, { state, timeout: 3 * MINUTES });

async function dropPicture(): Promise<void> {
  const { data, width, height } = renderScene(exampleScene(), exampleScene().cameras[0]);
  const picture = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  const transfer = await page.evaluateHandle(
    (bytes) => {
      const given = new DataTransfer();
      given.items.add(new File([Uint8Array.from(bytes)], 'shelf.png', { type: 'image/png' }));
      return given;
    },
    [...picture],
  );
  await page.dispatchEvent('.start', 'drop', { dataTransfer: transfer });
}

async function exported(format: string): Promise<{ name: string; bytes: Uint8Array }> {
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 2 * MINUTES }),
    page.click(`[data-format=${format}]`),
  ]);
  return { name: download.suggestedFilename(), bytes: new Uint8Array(await readFile(await download.path())) };
}

beforeAll(async () => {
  if (!hasBrowser) return;
  folder = await mkdtemp(join(tmpdir(), 'scenemaker-viewer-'));
  await buildViewer(folder);
}, 8 * MINUTES);
afterAll(async () => {
  await browser?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

async function openPage(url: string): Promise<void> {
  browser ??= await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  page.setDefaultTimeout(MINUTES);
  complaints = complaintsOf(page);
  await page.goto(url);
}

describe.skipIf(!hasBrowser)('the viewer', { timeout: 8 * MINUTES }, () => {
  beforeAll(async () => {
    const inference = { ...FAKE_INFERENCE, module: new URL('../../support/viewer-inference.ts', import.meta.url) };
    server = await startServer({ port: 0, inference, ...(folder !== undefined && { viewer: folder }) });
    await openPage(server.viewerUrl);
  }, 2 * MINUTES);
  afterAll(async () => {
    await page?.close();
    await server?.close();
  });

  it('says who will do the work', async () => {
    await see('.server-line .dot.good');
    expect(await page.textContent('.server-line')).toContain('fake@1.0.0 on none');
  });

  it('says what is wrong with what is no picture', async () => {
    await page.setInputFiles('input[type=file]', {
      name: 'notes.png',
      mimeType: 'text/plain',
      buffer: Buffer.from('no'),
    });
    await see('.notice');
    expect(await page.textContent('.notice')).toMatch(/notes\.png is not a picture.*JPEG, PNG, WebP or AVIF/s);
  });

  it('makes a settled scene of a dropped picture', async () => {
    await dropPicture();
    await see('.mask-layer canvas[data-masks="4"]');
    await see(READY);
    await see('.scene > canvas[data-objects="4"]');
    expect(await page.locator('.objects li').allTextContents()).toEqual([
      expect.stringContaining('Box'),
      expect.stringContaining('Ball'),
      expect.stringContaining('Tin can'),
      expect.stringContaining('Bracket'),
    ]);
    expect(await page.locator('.crop-strip li').count()).toBe(4);
  });

  it('selects by a click on a mask and shows depth', async () => {
    const layer = await page.locator('.mask-layer').boundingBox();
    const name = await page.locator('.mask-name', { hasText: 'Box' }).boundingBox();
    expect(layer && name).toBeTruthy();
    if (name) await page.mouse.click(name.x + name.width / 2, name.y + name.height / 2);
    expect(await page.inputValue('.object input[type=text]')).toBe('box');
    await page.click('.pane-bar >> text=Depth');
    await see('canvas.depth');
    await page.click('.pane-bar >> text=Masks');
  });

  it('changes what physics is told: material, mass, friction, and size, which settles again', async () => {
    await page.selectOption('.object select', 'stone');
    const mass = () => page.inputValue('.object label:has-text("Mass") input').then(Number);
    const stone = await mass();
    await page.fill('.object label:has-text("Mass") input', String(2 * stone));
    await page.keyboard.press('Enter');
    expect(await mass()).toBeCloseTo(2 * stone, 1);
    await page.fill('.object label:has-text("Longest side") input', '60');
    await page.keyboard.press('Enter');
    await see('.workbench[data-phase=settling]');
    await see(READY);
    expect(await page.locator('.objects button[aria-pressed=true]').textContent()).toContain('60 cm');
    expect(await mass()).toBeCloseTo(2 * stone, 1);
  });

  it('plays, pushes, pauses and resets', async () => {
    await page.focus('.scene > canvas');
    await page.keyboard.press('p');
    await see('.scene > canvas[data-playing=true]');
    await page.click('[aria-label=Pause]');
    await see('.scene > canvas[data-playing=false]');
    await page.click('[aria-label=Reset]');
    // On a button the space bar presses it.
    await page.focus('.scene > canvas');
    await page.keyboard.press('Space');
    await see('[aria-label=Pause]');
    await page.keyboard.press('r');
    await see('[aria-label=Play]');
    expect(await page.getAttribute('.scene > canvas', 'data-playing')).toBe('false');
  });

  it('shows what physics sees, and the scene before physics', async () => {
    for (const key of ['c', 't', 'm', 's']) await page.keyboard.press(key);
    expect(await page.textContent('.count')).toBe('4');
    await page.click('summary:has-text("Show")');
    await page.uncheck('.menu-body >> text=Colliders');
    expect(await page.textContent('.count')).toBe('3');
    await page.click('summary:has-text("Show")');
    await page.click('text=Before physics');
    expect(await page.getAttribute('button:has-text("Before physics")', 'aria-pressed')).toBe('true');
    await page.click('text=Before physics');
  });

  it('compares with the picture', async () => {
    await page.keyboard.press('v');
    const slider = page.getByLabel('Divide between picture and scene');
    expect(await slider.inputValue()).toBe('50');
    await page.keyboard.press('ArrowRight');
    expect(await slider.inputValue()).toBe('55');
    await page.keyboard.press('v');
  });

  it('reports', async () => {
    await page.click('#tab-report');
    expect(await page.textContent('.verdict')).toMatch(/stand/);
    expect(await page.textContent('.support-tree')).toMatch(/Ground.*Box/s);
  });

  it('exports what was changed, in every format', async () => {
    await page.click('#tab-export');
    const glb = await exported('glb');
    expect(glb.name).toBe('shelf.glb');
    const scene = await readGlb(glb.bytes);
    expect(scene.objects[0]).toMatchObject({
      label: 'box',
      properties: { material: { value: 'stone', source: 'given' } },
    });
    expect(scene.objects[0]?.pose.size).toBeCloseTo(0.6);
    for (const [format, file] of [
      ['mjcf', 'scene.xml'],
      ['urdf', 'scene.urdf'],
      ['sdf', 'scene.sdf'],
      ['usda', 'scene.usda'],
    ] as const) {
      const { name, bytes } = await exported(format);
      expect(name).toBe(`shelf-${format}.zip`);
      expect(Object.keys(unzipSync(bytes))).toContain(file);
    }
    expect((await exported('usdz')).name).toBe('shelf.usdz');
  });

  it('runs again with corrections', async () => {
    await page.click('text=Correct');
    const tag = await page.locator('.mask-name', { hasText: 'Ball' }).boundingBox();
    if (tag) await page.mouse.click(tag.x + tag.width / 2, tag.y + tag.height / 2);
    const layer = await page.locator('.mask-layer').boundingBox();
    if (!layer) throw new Error('the masks are not to be seen');
    await page.mouse.click(layer.x + 5, layer.y + 5);
    await page.mouse.move(layer.x + 10, layer.y + 40);
    await page.mouse.down();
    await page.mouse.move(layer.x + 60, layer.y + 70);
    await page.mouse.up();
    await page.fill('[aria-label="Words for an object"]', 'red mug');
    await page.keyboard.press('Enter');
    expect(await page.locator('.chip').allTextContents()).toEqual([
      'Drop Ball',
      expect.stringContaining('what is at'),
      expect.stringContaining('in the box of'),
      'Add “red mug”',
    ]);
    await page.click('text=Make the scene again');
    await see('.mask-layer canvas[data-masks="6"]');
    await see(READY);
    await page.click('#tab-objects');
    const names = await page.locator('.objects button span').allTextContents();
    expect(names).toEqual(['Box', 'Tin can', 'Bracket', 'Object 4', 'Object 5', 'Red mug']);
  });

  it('finds its jobs again after a reload, with their pictures', async () => {
    await page.reload();
    await see(READY);
    expect(await page.locator('.objects li').count()).toBe(6);
    await page.click('[aria-label=Jobs]');
    await see('.jobs li >> nth=1');
    expect(await page.locator('.jobs em').allTextContents()).toEqual(['Done', 'Done']);
    await page.click('.job >> nth=1');
    await see('.mask-layer canvas[data-masks="4"]');
    await see('.picture-frame img');
  });

  it('works at the width of a phone, in the dark', async () => {
    await page.setViewportSize({ width: 375, height: 740 });
    await page.click('[aria-label="Dark colours"]');
    for (const tab of ['Picture', 'Details', 'Scene']) {
      await page.click(`.tabs >> text=${tab}`);
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect({ tab, tooWide }).toEqual({ tab, tooWide: false });
    }
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
  });

  it('has names for all that can be used, and complained of nothing', async () => {
    const nameless = await page.evaluate(() =>
      Array.from(document.querySelectorAll('button, input, select, summary'))
        .filter((element) => {
          const labels =
            element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element.labels : null;
          return !element.getAttribute('aria-label') && !element.textContent?.trim() && !labels?.length;
        })
        .map((element) => element.outerHTML),
    );
    expect(nameless).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('the viewer with the models that ship', { timeout: 12 * MINUTES }, () => {
  it('makes a settled scene of a sample picture', async () => {
    const models = await startServer({
      port: 0,
      inference: { ...toProcessOptions({ packDir: EMBEDDED_PACK, device: 'cpu' }), execArgv: FAKE_INFERENCE.execArgv },
      ...(folder !== undefined && { viewer: folder }),
    });
    await openPage(models.viewerUrl);
    await page.click('.samples >> text=Table top');
    await page.waitForSelector('.mask-layer canvas:not([data-masks="0"])', { timeout: 5 * MINUTES });
    await page.waitForSelector(READY, { timeout: 9 * MINUTES });
    const objects = await page.locator('.objects li').count();
    expect(objects).toBeGreaterThanOrEqual(3);
    await see(`.scene > canvas[data-objects="${objects}"]`);
    await page.click('#tab-report');
    expect(await page.textContent('.verdict')).toMatch(/stand/);
    expect(complaints).toEqual([]);
    await models.close();
  });
});
