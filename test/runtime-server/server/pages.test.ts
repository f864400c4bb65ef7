import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningServer } from '@scenemaker/runtime-server';
import { SUBPROTOCOL } from '@scenemaker/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startFakeServer } from '../../support/server.js';

let folder: string;
let server: RunningServer;
const page = (path: string, init?: RequestInit) => fetch(new URL(path, server.viewerUrl), init);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scenemaker-pages-'));
  await mkdir(join(folder, 'viewer', 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.js'), 'no page');
  await writeFile(join(folder, 'viewer', 'index.html'), '<!doctype html><title>Viewer</title>');
  await writeFile(join(folder, 'viewer', 'notes.txt'), 'no page either');
  await writeFile(join(folder, 'viewer', 'assets', 'main-1a2b.js'), 'console.log(1);'.repeat(50));
  await writeFile(join(folder, 'viewer', 'assets', 'font-3c4d.woff2'), 'font');
  server = await startFakeServer({ viewer: join(folder, 'viewer') });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('the viewer over HTTP', () => {
  it('serves the page with a policy that lets it run its own code alone', async () => {
    const answer = await page('/');
    expect(await answer.text()).toContain('<title>Viewer</title>');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    const again = await page('/', { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
  });

  it('serves hashed files for good, packed for those who take that', async () => {
    const packed = await page('/assets/main-1a2b.js?x=1', { headers: { 'accept-encoding': 'gzip, br' } });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(packed.headers.get('vary')).toBe('accept-encoding');
    expect(packed.headers.get('cache-control')).toContain('immutable');
    expect(packed.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await packed.text()).toHaveLength(750);
    const plain = await page('/assets/main-1a2b.js', { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(plain.headers.get('content-length')).toBe('750');
    const head = await page('/assets/font-3c4d.woff2', { method: 'HEAD' });
    expect([head.headers.get('content-type'), head.headers.get('content-length'), await head.text()]).toEqual([
      'font/woff2',
      '4',
      '',
    ]);
  });

  it.each([
    '/notes.txt',
    '/assets',
    '/..%2fsecret.js',
    '/assets/../../secret.js',
    '/assets/%2e%2e/%2e%2e/secret.js',
    '//',
  ])('has no %s', async (path) => expect((await fetch(server.viewerUrl.replace(/\/$/u, '') + path)).status).toBe(404));

  it('answers nothing but GET and HEAD', async () => {
    expect((await page('/', { method: 'POST', body: 'x' })).status).toBe(405);
  });

  it('says what to do where the viewer is not built', async () => {
    const bare = await startFakeServer({ viewer: join(folder, 'nothing-here') });
    const answer = await fetch(bare.viewerUrl);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('npm run build');
    await bare.close();
  });
});

/** The HTTP status that a browser page of this origin gets when it connects, 101 if it may. */
function statusFor(url: string, headers: { host: string; origin: string }): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, SUBPROTOCOL, { headers });
    socket.on('error', reject);
    socket.on('upgrade', ({ statusCode }) => resolve(statusCode));
    socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode));
    socket.on('open', () => socket.close());
  });
}

describe('which pages may connect', () => {
  const own = { host: 'scenes.example:8787', origin: 'http://scenes.example:8787' };

  it('lets the own page in under any name where a token is asked for, and under no foreign one elsewhere', async () => {
    const guarded = await startFakeServer({ token: 'a-token' });
    expect(await statusFor(guarded.url, own)).toBe(101);
    expect(await statusFor(guarded.url, { ...own, origin: 'http://other.example:8787' })).toBe(403);
    await guarded.close();
    expect(await statusFor(server.url, own)).toBe(403);
  });
});
