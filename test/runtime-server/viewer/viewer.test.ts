import type { Page } from 'playwright-core';
import { unzipSync } from 'fflate';
import type { RunningServer } from '@scenemaker/runtime-server';
import { readGlb } from '@scenemaker/sim-adapters';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../../support/browser.js';
import { examplePicture, MINUTES, prepareViewer, READY, type Visit } from '../../support/viewer.js';

let visit: Visit;
let page: Page;
let server: RunningServer;
const viewer = prepareViewer();
/** As long as what cameras and phones give their pictures. */
const NAME = 'screenshot-of-the-kitchen-shelf-2026-11-23-07-15-12';

describe.skipIf(!hasBrowser)('the viewer', { timeout: 12 * MINUTES }, () => {
  beforeAll(async () => {
    server = await viewer.serve();
    visit = await viewer.open(server.viewerUrl);
    ({ page } = visit);
  }, 8 * MINUTES);
  afterAll(async () => {
    await page?.close();
    await server?.close();
  });

  it('says who will do the work', async () => {
    await visit.see('.server-line .dot.good');
    expect(await page.textContent('.server-line')).toContain('fake@1.0.0 on none');
  });

  it('says what is wrong with what is no picture', async () => {
    await page.setInputFiles('input[type=file]', {
      name: 'notes.png',
      mimeType: 'text/plain',
      buffer: Buffer.from('no'),
    });
    await visit.see('.notice');
    expect(await page.textContent('.notice')).toMatch(/notes\.png is not a picture.*JPEG, PNG, WebP or AVIF/s);
  });

  it('makes a settled scene of a dropped picture', async () => {
    await visit.give('drop', `${NAME}.png`, 'image/png', await examplePicture());
    await visit.see('.mask-layer canvas[data-masks="4"]');
    await visit.see(READY);
    await visit.see('.scene > canvas[data-objects="4"]');
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
    await visit.see('canvas.depth');
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
    await visit.see('.workbench[data-phase=settling]');
    await visit.see(READY);
    expect(await page.locator('.objects button[aria-pressed=true]').textContent()).toContain('60 cm');
    expect(await mass()).toBeCloseTo(2 * stone, 1);
  });

  it('plays, pushes, pauses and resets', async () => {
    await page.focus('.scene > canvas');
    await page.keyboard.press('p');
    await visit.see('.scene > canvas[data-playing=true]');
    await page.click('[aria-label=Pause]');
    await visit.see('.scene > canvas[data-playing=false]');
    await page.click('[aria-label=Reset]');
    // On a button the space bar presses it.
    await page.focus('.scene > canvas');
    await page.keyboard.press('Space');
    await visit.see('[aria-label=Pause]');
    await page.keyboard.press('r');
    await visit.see('[aria-label=Play]');
    expect(await page.getAttribute('.scene > canvas', 'data-playing')).toBe('false');
  });

  it('shows what physics sees, and the scene before physics', async () => {
    let seen = await visit.look();
    for (const key of ['c', 't', 'm', 's']) seen = await visit.expectToShow(() => page.keyboard.press(key), seen);
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
    await visit.expectToShow(() => page.keyboard.press('v'));
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
    const glb = await visit.exported('glb');
    expect(glb.name).toBe(`${NAME}.glb`);
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
      const { name, bytes } = await visit.exported(format);
      expect(name).toBe(`${NAME}-${format}.zip`);
      expect(Object.keys(unzipSync(bytes))).toContain(file);
    }
    expect((await visit.exported('usdz')).name).toBe(`${NAME}.usdz`);
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
    await visit.see('.mask-layer canvas[data-masks="6"]');
    await visit.see(READY);
    await page.click('#tab-objects');
    const names = await page.locator('.objects button span').allTextContents();
    expect(names).toEqual(['Box', 'Tin can', 'Bracket', 'Object 4', 'Object 5', 'Red mug']);
  });

  it('finds its jobs again after a reload, with their pictures', async () => {
    await page.reload();
    await visit.see(READY);
    expect(await page.locator('.objects li').count()).toBe(6);
    await page.click('[aria-label=Jobs]');
    await visit.see('.jobs li >> nth=1');
    expect(await page.locator('.jobs em').allTextContents()).toEqual(['Done', 'Done']);
    await page.click('.job >> nth=1');
    await visit.see('.mask-layer canvas[data-masks="4"]');
    await visit.see('.picture-frame img');
  });

  it('works at the width of a phone, in the dark', async () => {
    await page.setViewportSize({ width: 375, height: 740 });
    await page.click('[aria-label="Dark colours"]');
    for (const tab of ['Picture', 'Details', 'Scene']) {
      await page.click(`.tabs >> text=${tab}`);
      const widest = await page.evaluate(() =>
        Math.max(
          ...Array.from(document.querySelectorAll('.top, .top nav, .pane'), (e) => e.getBoundingClientRect().right),
        ),
      );
      expect({ tab, widest }).toEqual({ tab, widest: 375 });
    }
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
  });
});
