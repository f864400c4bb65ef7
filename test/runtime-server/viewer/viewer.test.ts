import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
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
/** Of every file but the physics engine's, as sent. */
let bytesLoaded: number;

/** Waits as long as a busy machine without a GPU may need. */
const see = (selector: string, state: 'visible' | 'hidden' = 'visible') =>
  page.waitForSelector(selector, { state, timeout: 6 * MINUTES });

async function examplePicture(): Promise<Buffer> {
  const { data, width, height } = renderScene(exampleScene(), exampleScene().cameras[0]);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** Drops or pastes a file onto the page. */
async function give(how: 'drop' | 'paste', name: string, type: string, content: Buffer): Promise<void> {
  await page.evaluate(
    ({ how, name, type, bytes }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(bytes)], name, { type }));
      const event =
        how === 'drop'
          ? new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true })
          : new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true });
      document.querySelector('main')?.dispatchEvent(event);
    },
    { how, name, type, bytes: [...content] },
  );
}

const look = () => page.locator('.scene > canvas').screenshot();

/** What is done shows in the scene. Gives what it looks like then. */
async function expectToShow(act: () => Promise<unknown>, before?: Buffer): Promise<Buffer> {
  const former = before ?? (await look());
  let now = former;
  await act();
  await expect.poll(async () => former.equals((now = await look())), { timeout: MINUTES }).toBe(false);
  return now;
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

async function openPage(url: string, options: BrowserContextOptions = {}): Promise<void> {
  browser ??= await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options });
  page.setDefaultTimeout(MINUTES);
  bytesLoaded = 0;
  page.context().on('requestfinished', (request) => {
    if (request.url().endsWith('.wasm')) return;
    void request.sizes().then(({ responseBodySize }) => (bytesLoaded += Math.max(0, responseBodySize)));
  });
  complaints = complaintsOf(page);
  await page.goto(url);
}

function serve(): Promise<RunningServer> {
  const inference = { ...FAKE_INFERENCE, module: new URL('../../support/viewer-inference.ts', import.meta.url) };
  return startServer({ port: 0, inference, ...(folder !== undefined && { viewer: folder }) });
}

describe.skipIf(!hasBrowser)('the viewer', { timeout: 12 * MINUTES }, () => {
  beforeAll(async () => {
    server = await serve();
    await openPage(server.viewerUrl);
  }, 8 * MINUTES);
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
    await give('drop', 'shelf.png', 'image/png', await examplePicture());
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
    let seen = await look();
    for (const key of ['c', 't', 'm', 's']) seen = await expectToShow(() => page.keyboard.press(key), seen);
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
    await expectToShow(() => page.keyboard.press('v'));
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

  it('weighs less than 1 MB with a scene of a camera picture, but for the physics engine', async () => {
    await page.close();
    await openPage(server.viewerUrl, { colorScheme: 'dark' });
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await page.click('text=Use the camera');
    await page.click('dialog button:has-text("Take it")');
    await see(READY);
    await see('.scene > canvas[data-objects="4"]');
    expect(await page.textContent('.run-name')).toBe('Camera picture');
    expect(bytesLoaded).toBeGreaterThan(200_000);
    expect(bytesLoaded).toBeLessThan(1_000_000);
  });

  it('takes a picture that is pasted over a scene, and says why it does not take what is none', async () => {
    await give('drop', 'notes.txt', 'text/plain', Buffer.from('no'));
    await see('.toast');
    expect(await page.textContent('.toast')).toContain('notes.txt is not a picture');
    await page.click('[aria-label=Dismiss]');
    await give('paste', 'shelf.png', 'image/png', await examplePicture());
    await see('.run-name:has-text("shelf.png")');
    await see(READY);
    await see('.scene > canvas[data-objects="4"]');
  });

  it('turns, selects and helps by keys', async () => {
    await expectToShow(() => page.keyboard.press('ArrowLeft'));
    await page.keyboard.press(']');
    await page.keyboard.press(']');
    expect(await page.locator('.objects button[aria-pressed=true]').textContent()).toContain('Ball');
    await page.keyboard.press('Escape');
    expect(await page.locator('.objects button[aria-pressed=true]').count()).toBe(0);
    await page.keyboard.press('?');
    await see('dialog[aria-label=Help]');
    await page.keyboard.press('Escape');
    await see('dialog[aria-label=Help]', 'hidden');
  });

  it('lets an object be pulled', async () => {
    const box = await page.locator('.scene > canvas').boundingBox();
    if (!box) throw new Error('the scene is not to be seen');
    const [x, y] = [box.x + box.width * 0.3, box.y + box.height * 0.6];
    await page.mouse.move(x, y);
    await see('.hover-name:has-text("Box")');
    await page.mouse.down();
    await page.mouse.move(x, y - 20);
    await expectToShow(() => page.mouse.move(x + 40, y - 120));
    await page.mouse.up();
    expect(await page.getAttribute('.scene > canvas', 'data-playing')).toBe('true');
    expect(await page.locator('.objects button[aria-pressed=true]').textContent()).toContain('Box');
    await page.keyboard.press('r');
  });

  it('lets fall what stood on a removed object, at its size, and takes the removal back', async () => {
    const can = page.locator('.objects button', { hasText: 'Tin can' });
    await page.click('.object >> text=Remove');
    await see('.workbench[data-phase=settling]');
    await see(READY);
    await see('.scene > canvas[data-objects="3"]');
    expect(await can.textContent()).toContain('15 cm');
    await can.click();
    expect(await page.textContent('.object .facts')).toMatch(/Rests on\s*the ground/);
    await page.keyboard.press('Control+z');
    await see('.scene > canvas[data-objects="4"]');
    expect(await page.textContent('.object .facts')).toMatch(/Rests on\s*Box/);
  });

  it('shows shapes before they have their places, is corrected while at work, and cancelled from the list of jobs', async () => {
    const words = page.getByLabel('Words for an object');
    await page.click('text=Correct');
    await words.fill('endless');
    await page.click('text=Make the scene again');
    await see('.mask-layer canvas[data-masks="5"]');
    await see('.scene > canvas[data-objects="4"]');
    expect(await page.locator('.objects li:has-text("not in its place yet")').count()).toBe(4);
    await page.click('text=Correct');
    await words.fill('another');
    await page.click('text=Make the scene again');
    await see('.mask-layer canvas[data-masks="6"]');
    await page.click('[aria-label=Jobs]');
    const states = () => page.locator('.jobs em').allTextContents();
    await expect.poll(states, { timeout: 3 * MINUTES }).toEqual(['Running', 'Cancelled', 'Done', 'Done']);
    await page.click('[aria-label^=Cancel]');
    await expect.poll(states, { timeout: 3 * MINUTES }).toEqual(['Cancelled', 'Cancelled', 'Done', 'Done']);
    await page.keyboard.press('Escape');
    await see('text=This job was cancelled.');
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

  it('says that the server is gone', async () => {
    await page.click('text=Try again');
    await see('.scene > canvas[data-objects="4"]');
    await server.close();
    await see('.progress [role=alert]');
    expect(await page.textContent('.progress [role=alert]')).toContain('does not answer');
    server = await serve();
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
