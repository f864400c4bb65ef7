import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fetchFile } from '../../../../runtime-server/src/models/pull/fetch-file.js';
import { type Behaviour, type FileServer, serveFile } from './file-server.js';

const FILE = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) >> 3));
const expected = { bytes: FILE.length, sha256: createHash('sha256').update(FILE).digest('hex') };

let folder: string;
let target: string;
let server: FileServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fetch-'));
  target = join(folder, 'weights', 'model.onnx');
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

async function fetchFrom(
  behaviours: Behaviour[],
  { attempts = 4, file = () => FILE }: { attempts?: number; file?: () => Buffer } = {},
): Promise<FileServer> {
  server ??= await serveFile(file, behaviours);
  await fetchFile(server.url, target, expected, { attempts, waitMillis: 1 });
  return server;
}

/** Cuts the connection when so many bytes of the request are on disk. */
const cut = (cutAfter: number): Behaviour => ({
  cutAfter,
  arrived: async (position) => {
    await vi.waitFor(async () => expect((await stat(`${target}.part`)).size).toBe(position), { timeout: 30_000 });
  },
});

/** Neither the file nor anything that looks like it. */
async function expectNothing(): Promise<void> {
  expect(existsSync(target)).toBe(false);
}

describe('a file by http', () => {
  test('arrives whole, and nothing else is left', async () => {
    const seen: number[] = [];
    server = await serveFile(() => FILE);
    await fetchFile(server.url, target, expected, { onBytes: (bytes) => seen.push(bytes) });
    expect((await readFile(target)).equals(FILE)).toBe(true);
    expect(await readdir(join(folder, 'weights'))).toEqual(['model.onnx']);
    expect(seen.at(-1)).toBe(FILE.length);
  });

  test('goes on at the byte where the connection broke', async () => {
    const { ranges } = await fetchFrom([cut(100_000), cut(50_000)]);
    expect((await readFile(target)).equals(FILE)).toBe(true);
    expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
  });

  test('goes on in a later call', async () => {
    await expect(fetchFrom([cut(100_000)], { attempts: 1 })).rejects.toMatchObject({
      code: 'pack-missing',
      message: expect.stringMatching(/broke off after 100000 of 300000 bytes/),
    });
    await expectNothing();
    expect(existsSync(`${target}.part`)).toBe(true);
    const { ranges } = await fetchFrom([]);
    expect(ranges[1]).toMatch(/^bytes=\d+-$/);
    expect((await readFile(target)).equals(FILE)).toBe(true);
  });

  test('that ends early is gone on with, and refused when it never ends whole', async () => {
    await fetchFrom([{ endAfter: 1000 }]);
    expect((await readFile(target)).equals(FILE)).toBe(true);
    await rm(target);
    await server?.close();
    server = undefined;
    await expect(fetchFrom([{ endAfter: 1000 }, { endAfter: 0 }], { attempts: 2 })).rejects.toMatchObject({
      code: 'pack-missing',
      message: expect.stringMatching(/ended after 1000 of 300000 bytes/),
    });
    await expectNothing();
  });

  test('from a server without ranges starts anew', async () => {
    await fetchFrom([cut(100_000), 'no-ranges']);
    expect((await readFile(target)).equals(FILE)).toBe(true);
  });

  test('with another SHA-256 is refused, with both, and not kept', async () => {
    const other = Buffer.from(FILE);
    other[7] ^= 1;
    await expect(fetchFrom([], { file: () => other })).rejects.toMatchObject({
      code: 'pack-corrupt',
      details: { given: createHash('sha256').update(other).digest('hex'), allowed: expected.sha256 },
    });
    expect(await readdir(join(folder, 'weights'))).toEqual([]);
  });

  test('whose beginning is of another version is fetched anew', async () => {
    const old = Buffer.from(FILE);
    old[7] ^= 1;
    let requests = 0;
    const { ranges } = await fetchFrom([cut(100_000)], { file: () => (requests++ === 0 ? old : FILE) });
    expect((await readFile(target)).equals(FILE)).toBe(true);
    expect(ranges.at(-1)).toBeUndefined();
  });

  test('that is longer than it should be is refused', async () => {
    await expect(fetchFrom([], { file: () => Buffer.concat([FILE, FILE]) })).rejects.toMatchObject({
      code: 'pack-corrupt',
      details: { allowed: FILE.length },
    });
    expect(await readdir(join(folder, 'weights'))).toEqual([]);
  });

  test('that is not there: the status is named, and it is asked for once', async () => {
    await expect(fetchFrom([{ status: 404 }])).rejects.toMatchObject({
      code: 'pack-missing',
      message: expect.stringMatching(/model\.onnx answers 404/),
    });
    expect(server?.ranges).toHaveLength(1);
  });

  test('from a server that is busy for a while is asked for again', async () => {
    const { ranges } = await fetchFrom([{ status: 503 }, { status: 429 }]);
    expect(ranges).toHaveLength(3);
    expect((await readFile(target)).equals(FILE)).toBe(true);
  });

  test('from a server that is not there: pack-missing, and why', async () => {
    const gone = await serveFile(() => FILE);
    await gone.close();
    await expect(fetchFile(gone.url, target, expected, { attempts: 2, waitMillis: 1 })).rejects.toMatchObject({
      code: 'pack-missing',
      message: expect.stringMatching(/cannot be reached: .*ECONNREFUSED/),
    });
  });
});

describe('a file by path', () => {
  test('is copied, and checked', async () => {
    const source = join(folder, 'source.onnx');
    await writeFile(source, FILE);
    await fetchFile(source, target, expected);
    expect((await readFile(target)).equals(FILE)).toBe(true);
    await rm(target);
    await writeFile(source, 'short');
    await expect(fetchFile(source, target, expected)).rejects.toMatchObject({
      code: 'pack-corrupt',
      details: { given: 5, allowed: FILE.length },
    });
    await expectNothing();
  });

  test('that is not there: pack-missing', async () => {
    const source = join(folder, 'nowhere.onnx');
    await expect(fetchFile(source, target, expected)).rejects.toMatchObject({
      code: 'pack-missing',
      details: { given: source },
    });
  });
});
