/** The client in a real browser, against a real server with a fake pipeline. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '@scenemaker/runtime-server';
import type * as Sdk from '@scenemaker/sdk';
import { hasBrowser, launchBrowser } from '../../support/browser.js';
import { seedOf } from '../../support/fake-behaviours.js';
import { startFakeServer } from '../../support/server.js';
import { startTcpProxy } from '../../support/tcp-proxy.js';

/** What functions that run in the page see. */
declare const SceneMaker: typeof Sdk;
declare const job: Sdk.GenerationJob;
declare const numbers: number[];

const WIDTH = 2000;
const HEIGHT = 1500;
/** As long as a busy machine may need, milliseconds. */
const PATIENCE = 240_000;

let server: RunningServer;
let pages: Server;
let browser: Browser | undefined;
let page: Page;

/** The client as a browser gets it: bundled, with nothing of Node. */
async function bundledClient(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { connect } from '@scenemaker/sdk';`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    conditions: ['@scenemaker/source'],
    bundle: true,
    format: 'iife',
    globalName: 'SceneMaker',
    platform: 'browser',
    // Node's WebSocket, where there is no global one.
    external: ['ws'],
    write: false,
  });
  return outputFiles[0].text;
}

const plainPicture = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#8899aa' } })
    .png()
    .toBuffer();

describe.skipIf(!hasBrowser)('in a browser', { timeout: PATIENCE }, () => {
  beforeAll(async () => {
    server = await startFakeServer();
    const [client, small, large] = await Promise.all([
      bundledClient(),
      plainPicture(64, 48),
      plainPicture(WIDTH, HEIGHT),
    ]);
    pages = createServer(({ url }, response) => {
      if (url === '/')
        response.setHeader('content-type', 'text/html').end('<!doctype html><script src=client></script>');
      else response.end(url === '/client' ? client : url === '/large' ? large : small);
    });
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
    browser = await launchBrowser();
    page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
  }, PATIENCE);

  afterAll(async () => {
    await browser?.close();
    pages.close();
    await server.close();
  });

  it('a picture becomes a scene, with typed arrays, and its events come one by one', async () => {
    const seen = await page.evaluate(
      async ({ url, seed }) => {
        const client = await SceneMaker.connect(url);
        const picture = new Uint8Array(await (await fetch('small')).arrayBuffer());
        const generation = client.generate({ picture, options: { seed } });
        const types: string[] = [];
        for await (const { type } of generation) types.push(type);
        const scene = await generation.result;
        const again = await client.fetch(generation.jobId);
        client.close();
        return {
          types,
          ids: scene.objects.map(({ id }) => id),
          floats: scene.objects.every(({ mesh }) => mesh.positions instanceof Float32Array),
          same: JSON.stringify(again) === JSON.stringify(scene),
        };
      },
      { url: server.url, seed: seedOf('finish') },
    );
    expect(seen.types).toEqual(expect.arrayContaining(['queued', 'started', 'progress', 'preview', 'object']));
    expect(seen.types.at(-1)).toBe('done');
    expect(seen).toMatchObject({ ids: ['object-1', 'object-2', 'object-3', 'object-4'], floats: true, same: true });
  });

  it('an AbortSignal cancels the job', async () => {
    const code = await page.evaluate(
      async ({ url, seed }) => {
        const client = await SceneMaker.connect(url);
        const picture = new Uint8Array(await (await fetch('small')).arrayBuffer());
        const controller = new AbortController();
        const generation = client.generate({ picture, options: { seed } }, { signal: controller.signal });
        for await (const { type } of generation) if (type === 'preview') controller.abort();
        const failure: unknown = await generation.result.catch((error: unknown) => error);
        client.close();
        return (failure as { code: string }).code;
      },
      { url: server.url, seed: seedOf('wait') },
    );
    expect(code).toBe('cancelled');
  });

  it('a connection that is cut comes back, and no event is lost or told twice', async () => {
    const proxy = await startTcpProxy(server.port);
    await page.evaluate(
      async ({ url, seed }) => {
        const client = await SceneMaker.connect(url);
        const picture = new Uint8Array(await (await fetch('small')).arrayBuffer());
        const generation = client.generate({ picture, options: { seed } });
        const all: number[] = [];
        Object.assign(globalThis, { job: generation, numbers: all });
        void (async () => {
          for await (const _event of generation) all.push(generation.lastEvent);
        })();
      },
      { url: proxy.url, seed: seedOf('stages') },
    );
    await page.waitForFunction(() => numbers.length > 5);
    proxy.drop();
    const { objects, told, last } = await page.evaluate(async () => {
      const scene = await job.result;
      await new Promise((resolve) => setTimeout(resolve));
      return { objects: scene.objects.length, told: numbers.length, last: job.lastEvent };
    });
    expect(objects).toBe(4);
    expect(told).toBe(last);
    proxy.stop();
  });

  it('of a request of 12 MB, no more than the high-water mark waits in the socket', async () => {
    const { most, before, depths } = await page.evaluate(
      async ({ url, seed, width, height }) => {
        let most = 0;
        let total = 0;
        class Watched extends WebSocket {
          override send(data: Uint8Array<ArrayBuffer>): void {
            super.send(data);
            total += data.length;
            most = Math.max(most, this.bufferedAmount);
          }
        }
        const client = await SceneMaker.connect(url, { WebSocket: Watched });
        const picture = new Uint8Array(await (await fetch('large')).arrayBuffer());
        const meters = new Float32Array(width * height).fill(1.5);
        const generation = client.generate({
          picture,
          depth: { encoding: 'float32', width, height, meters },
          intrinsics: { fx: width, fy: width, cx: width / 2, cy: height / 2 },
          options: { seed },
        });
        const before = total;
        const { provenance } = await generation.result;
        client.close();
        return { most, before, depths: provenance.options['depths'] };
      },
      { url: server.url, seed: seedOf('finish'), width: WIDTH, height: HEIGHT },
    );
    expect(depths).toBe(WIDTH * HEIGHT);
    // Only a part was handed over at once: the rest waited in the client for the socket to drain.
    expect(before).toBeLessThan(4 * WIDTH * HEIGHT);
    expect(most).toBeGreaterThan(8 * 1024 * 1024);
    expect(most).toBeLessThan(9 * 1024 * 1024);
  });
});
