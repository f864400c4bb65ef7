/** The viewer in a real browser, served with an inference process that finds the objects of the example scene. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, vi } from 'vitest';
import { type RunningServer, startServer, type StartOptions } from '@scenemaker/runtime-server';
import { renderScene } from '@scenemaker/sdk/render';
import { buildViewer, complaintsOf, hasBrowser, launchBrowser } from './browser.js';
import { exampleScene } from './example-scene.js';
import { FAKE_INFERENCE } from './server.js';

export const MINUTES = 60_000;
export const READY = '.workbench[data-phase=ready]';

/** Builds the viewer and starts a browser for the tests of a file. */
export function prepareViewer() {
  let folder: string | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (!hasBrowser) return;
    folder = await mkdtemp(join(tmpdir(), 'scenemaker-viewer-'));
    await buildViewer(folder);
    browser = await launchBrowser();
  }, 8 * MINUTES);
  afterAll(async () => {
    await browser?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });
  const inference = { ...FAKE_INFERENCE, module: new URL('viewer-inference.ts', import.meta.url) };
  return {
    serve: (options: Partial<StartOptions> = {}): Promise<RunningServer> =>
      startServer({ port: 0, inference, ...(folder !== undefined && { viewer: folder }), ...options }),

    /** As a new visitor. */
    async open(url: string, options: BrowserContextOptions = {}): Promise<Visit> {
      if (!browser) throw new Error('there is no browser');
      const page = await browser.newPage({
        viewport: { width: 1280, height: 800 },
        reducedMotion: 'reduce',
        ...options,
      });
      page.setDefaultTimeout(MINUTES);
      const visit = new Visit(page);
      await page.goto(url, { timeout: 4 * MINUTES });
      return visit;
    },
  };
}

export class Visit {
  readonly page: Page;
  readonly complaints: string[];
  /** Of every file but the physics engine's, as sent. */
  bytesLoaded = 0;

  constructor(page: Page) {
    this.page = page;
    this.complaints = complaintsOf(page);
    page.context().on('requestfinished', (request) => {
      if (request.url().endsWith('.wasm')) return;
      void request.sizes().then(({ responseBodySize }) => (this.bytesLoaded += Math.max(0, responseBodySize)));
    });
  }

  /** Waits as long as a busy machine without a GPU may need. */
  async see(selector: string, state: 'visible' | 'hidden' = 'visible'): Promise<void> {
    await this.page.waitForSelector(selector, { state, timeout: 6 * MINUTES });
  }

  /** Drops or pastes a file onto the page. */
  async give(how: 'drop' | 'paste', name: string, type: string, content: Buffer): Promise<void> {
    await this.page.evaluate(
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

  look(): Promise<Buffer> {
    return this.page.locator('.scene > canvas').screenshot();
  }

  /** What is done shows in the scene. Gives what it looks like then. */
  async expectToShow(act: () => Promise<unknown>, before?: Buffer): Promise<Buffer> {
    const former = before ?? (await this.look());
    await act();
    return vi.waitUntil(
      async () => {
        const now = await this.look();
        return !former.equals(now) && now;
      },
      { timeout: MINUTES },
    );
  }

  async exported(format: string): Promise<{ name: string; bytes: Uint8Array }> {
    const [download] = await Promise.all([
      this.page.waitForEvent('download', { timeout: 2 * MINUTES }),
      this.page.click(`[data-format=${format}]`),
    ]);
    return { name: download.suggestedFilename(), bytes: new Uint8Array(await readFile(await download.path())) };
  }
}

/** What the inference process finds the objects in. */
export async function examplePicture(): Promise<Buffer> {
  const { data, width, height } = renderScene(exampleScene(), exampleScene().cameras[0]);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
