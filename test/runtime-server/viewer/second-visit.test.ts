import type { Page } from 'playwright-core';
import type { RunningServer } from '@scenemaker/runtime-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../../support/browser.js';
import { examplePicture, MINUTES, prepareViewer, READY, type Visit } from '../../support/viewer.js';

let visit: Visit;
let page: Page;
let server: RunningServer;
const viewer = prepareViewer();

describe.skipIf(!hasBrowser)('a second visit', { timeout: 12 * MINUTES }, () => {
  beforeAll(async () => {
    server = await viewer.serve();
    visit = await viewer.open(server.viewerUrl, { colorScheme: 'dark' });
    ({ page } = visit);
  }, 8 * MINUTES);
  afterAll(async () => {
    await page?.close();
    await server?.close();
  });

  it('weighs less than 1 MB with a scene of a camera picture, but for the physics engine', async () => {
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await page.click('text=Use the camera');
    await page.click('dialog button:has-text("Take it")');
    await visit.see(READY);
    await visit.see('.scene > canvas[data-objects="4"]');
    expect(await page.textContent('.run-name')).toBe('Camera picture');
    expect(visit.bytesLoaded).toBeGreaterThan(200_000);
    expect(visit.bytesLoaded).toBeLessThan(1_000_000);
  });

  it('takes a picture that is pasted over a scene, and says why it does not take what is none', async () => {
    await visit.give('drop', 'notes.txt', 'text/plain', Buffer.from('no'));
    await visit.see('.toast');
    expect(await page.textContent('.toast')).toContain('notes.txt is not a picture');
    await page.click('[aria-label=Dismiss]');
    await visit.give('paste', 'shelf.png', 'image/png', await examplePicture());
    await visit.see('.run-name:has-text("shelf.png")');
    await visit.see(READY);
    await visit.see('.scene > canvas[data-objects="4"]');
  });

  it('turns, selects and helps by keys', async () => {
    await visit.expectToShow(() => page.keyboard.press('ArrowLeft'));
    await page.keyboard.press(']');
    await page.keyboard.press(']');
    expect(await page.locator('.objects button[aria-pressed=true]').textContent()).toContain('Ball');
    await page.keyboard.press('Escape');
    expect(await page.locator('.objects button[aria-pressed=true]').count()).toBe(0);
    await page.keyboard.press('?');
    await visit.see('dialog[aria-label=Help]');
    await page.keyboard.press('Escape');
    await visit.see('dialog[aria-label=Help]', 'hidden');
  });

  it('lets an object be pulled', async () => {
    const box = await page.locator('.scene > canvas').boundingBox();
    if (!box) throw new Error('the scene is not to be seen');
    const [x, y] = [box.x + box.width * 0.3, box.y + box.height * 0.6];
    await page.mouse.move(x, y);
    await visit.see('.hover-name:has-text("Box")');
    await page.mouse.down();
    await page.mouse.move(x, y - 20);
    await visit.expectToShow(() => page.mouse.move(x + 40, y - 120));
    await page.mouse.up();
    expect(await page.getAttribute('.scene > canvas', 'data-playing')).toBe('true');
    expect(await page.locator('.objects button[aria-pressed=true]').textContent()).toContain('Box');
    await page.keyboard.press('r');
  });

  it('lets fall what stood on a removed object, at its size, and takes the removal back', async () => {
    const can = page.locator('.objects button', { hasText: 'Tin can' });
    await page.click('.object >> text=Remove');
    await visit.see('.workbench[data-phase=settling]');
    await visit.see(READY);
    await visit.see('.scene > canvas[data-objects="3"]');
    expect(await can.textContent()).toContain('15 cm');
    await can.click();
    expect(await page.textContent('.object .facts')).toMatch(/Rests on\s*the ground/);
    await page.keyboard.press('Control+z');
    await visit.see('.scene > canvas[data-objects="4"]');
    expect(await page.textContent('.object .facts')).toMatch(/Rests on\s*Box/);
  });

  /** Of the list of jobs, newest first. */
  const states = () => page.locator('.jobs em').allTextContents();

  it('shows shapes before they have their places, is corrected while at work, and cancelled from the list of jobs', async () => {
    const words = page.getByLabel('Words for an object');
    await page.click('text=Correct');
    await words.fill('endless');
    await page.click('text=Make the scene again');
    await visit.see('.mask-layer canvas[data-masks="5"]');
    await visit.see('.scene > canvas[data-objects="4"]');
    expect(await page.locator('.objects li:has-text("not in its place yet")').count()).toBe(4);
    await page.click('text=Correct');
    await words.fill('another');
    await page.click('text=Make the scene again');
    await visit.see('.mask-layer canvas[data-masks="6"]');
    await page.click('[aria-label=Jobs]');
    await expect.poll(states, { timeout: 3 * MINUTES }).toEqual(['Running', 'Cancelled', 'Done', 'Done']);
    await page.click('[aria-label^=Cancel]');
    await expect.poll(states, { timeout: 3 * MINUTES }).toEqual(['Cancelled', 'Cancelled', 'Done', 'Done']);
    await page.keyboard.press('Escape');
    await visit.see('text=This job was cancelled.');
  });

  it('cancels a job that is not the one shown', async () => {
    await page.click('text=Try again');
    await visit.see('.workbench[data-phase=running] .scene > canvas[data-objects="4"]');
    // Other bytes, so that it is not answered with what was made before.
    const picture = Buffer.concat([await examplePicture(), Buffer.of(0)]);
    await visit.give('paste', 'shelf.png', 'image/png', picture);
    await visit.see('.progress-title:has-text("1 job is ahead")');
    await page.click('[aria-label=Jobs]');
    await page.click('[aria-label^=Cancel] >> nth=1');
    await expect
      .poll(states, { timeout: 3 * MINUTES })
      .toEqual([expect.stringMatching(/Running|Done/), 'Cancelled', 'Cancelled', 'Cancelled', 'Done', 'Done']);
    await page.keyboard.press('Escape');
    await visit.see(READY);
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
    expect(visit.complaints).toEqual([]);
  });

  it('says that the server is gone, and what it no longer has when it is back', async () => {
    await page.click('text=Correct');
    await page.fill('[aria-label="Words for an object"]', 'endless');
    await page.click('text=Make the scene again');
    await visit.see('.workbench[data-phase=running] .scene > canvas[data-objects="4"]');
    await server.close();
    await visit.see('.progress [role=alert]:has-text("does not answer")');
    server = await viewer.serve({ port: server.port });
    await visit.see('.notice:has-text("no longer has this job")');
    await page.click('text=New picture');
    await visit.see('.server-line .dot.good');
    expect(await page.textContent('.server-line')).toContain('fake@1.0.0 on none');
  });
});
