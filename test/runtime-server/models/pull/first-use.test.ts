/** Files for which the manifest gives no SHA-256. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadPack } from '../../../../runtime-server/src/models/index.js';
import { describeSource } from '../../../../runtime-server/src/models/pull/describe-source.js';
import { runHere } from '../../../support/command.js';
import { type FileServer, serveFile } from './file-server.js';

const FIRST = Buffer.from('weights as they were first');
const SECOND = Buffer.from('weights as somebody made t');
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let served: Buffer;
let server: FileServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first-use-'));
  served = FIRST;
  server = await serveFile(() => served);
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const here = (name: string): string => join(folder, name);

async function manifest(file: object = {}, license = 'MIT'): Promise<void> {
  const model = { path: 'depth.onnx', source: server.url, ...file };
  const stages = { depth: { files: { model } } };
  const text = { format: 1, name: 'large', version: '1.0.0', license, base: 'embedded', stages };
  await writeFile(here('manifest.json'), JSON.stringify(text));
}

const pull = (...options: string[]) => runHere('models', 'pull', folder, ...options);

describe('models pull, without a SHA-256 in the manifest', () => {
  test('says what the source says, and fetches nothing', async () => {
    await manifest();
    const { status, stdout, stderr } = await pull();
    expect(status).toBe(2);
    expect(stdout).toMatch(/depth\.onnx +\? +MIT +unpinned/);
    expect(stdout).toMatch(/SHA-256 that its source does not say +depth\.onnx {2}\(26 bytes, as its source says\)/);
    expect(stderr).toMatch(/no SHA-256 of depth\.onnx;.*--trust-on-first-use.*\[bad-request\]/);
    expect(server.ranges).toEqual([]);
    expect(existsSync(here('depth.onnx'))).toBe(false);
  });

  test('when told to trust records what came, which is verified from then on', async () => {
    await manifest();
    await expect(loadPack(folder)).rejects.toMatchObject({
      code: 'pack-missing',
      message: expect.stringMatching(/no SHA-256/),
    });
    expect((await pull('--trust-on-first-use')).status).toBe(0);
    expect(await readFile(here('depth.onnx'))).toEqual(FIRST);
    const recorded: unknown = JSON.parse(await readFile(here('manifest.lock.json'), 'utf8'));
    const entry = { source: server.url, bytes: FIRST.length, sha256: hashOf(FIRST) };
    expect(recorded).toEqual({ format: 1, files: { 'depth.onnx': entry } });
    expect((await runHere('models', 'verify', folder)).status).toBe(0);
    const { digest } = await loadPack(folder);

    await writeFile(here('depth.onnx'), SECOND);
    await expect(loadPack(folder)).rejects.toMatchObject({ code: 'pack-corrupt' });
    // As on another machine, to which the record came with the manifest.
    served = SECOND;
    await rm(here('depth.onnx'));
    const again = await pull('--trust-on-first-use');
    expect(again.status).toBe(2);
    expect(again.stderr).toMatch(/\[pack-corrupt\]/);
    expect(existsSync(here('depth.onnx'))).toBe(false);
    served = FIRST;
    expect((await pull()).status).toBe(0);
    expect((await loadPack(folder)).digest).toBe(digest);
  });

  test('what was recorded of one source does not count for another', async () => {
    await manifest();
    await pull('--trust-on-first-use');
    await writeFile(here('other.onnx'), SECOND);
    await manifest({ source: 'other.onnx' });
    expect((await pull()).stderr).toMatch(/--trust-on-first-use/);
    expect((await pull('--trust-on-first-use')).status).toBe(0);
    expect(await readFile(here('depth.onnx'))).toEqual(SECOND);
  });

  test('the manifest counts more than the record', async () => {
    await manifest();
    await pull('--trust-on-first-use');
    await manifest({ bytes: SECOND.length, sha256: hashOf(SECOND) });
    expect((await runHere('models', 'verify', folder)).stderr).toMatch(/\[pack-corrupt\]/);
  });

  test('trust is no licence: a non-commercial one is refused before anybody is asked', async () => {
    await manifest({}, 'CC-BY-NC-4.0');
    const { status, stderr } = await pull('--trust-on-first-use');
    expect(status).toBe(2);
    expect(stderr).toMatch(/--accept-license "CC-BY-NC-4\.0"/);
    expect([server.heads(), server.ranges.length]).toEqual([0, 0]);
  });

  test('a beginning that is here already is not gone on with, since nothing tells what it is of', async () => {
    await manifest();
    await writeFile(here('depth.onnx.part'), SECOND.subarray(0, 9));
    expect((await pull('--trust-on-first-use')).status).toBe(0);
    expect(server.ranges).toEqual([undefined]);
    expect(await readFile(here('depth.onnx'))).toEqual(FIRST);
  });

  test('a record that is none is named', async () => {
    await manifest();
    await writeFile(here('manifest.lock.json'), '{"format":1}');
    await expect(loadPack(folder)).rejects.toMatchObject({
      code: 'pack-corrupt',
      message: expect.stringMatching(/manifest\.lock\.json/),
    });
  });
});

describe('what a source says of its file', () => {
  /** Answers /model as Hugging Face does, which then sends on to its storage. */
  async function hub(headers: Record<string, string>, storage: Record<string, string>): Promise<FileServer['close']> {
    const web = createServer((request, response) => {
      if (request.url === '/model') response.writeHead(302, { location: '/storage', ...headers }).end();
      else response.writeHead(request.url === '/storage' ? 200 : 404, storage).end();
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/model`;
    return () => new Promise((resolve) => web.close(() => resolve()));
  }
  let url: string;
  const sha256 = hashOf(FIRST);
  const digest = `sha-512=:AA==:, sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`;

  test.each([
    ['the hub names size and SHA-256', { 'x-linked-size': '26', 'x-linked-etag': `"${sha256}"` }, { 'content-length': '9' }, { bytes: 26, sha256 }], // prettier-ignore
    ['a small file has the checksum of Git', { 'x-linked-etag': '"8f2c"' }, { 'content-length': '9' }, { bytes: 9 }],
    ['the storage names a digest', {}, { 'content-length': '9', 'repr-digest': digest }, { bytes: 9, sha256 }],
  ])('%s', async (_, headers, storage, said) => {
    const close = await hub(headers, storage);
    expect(await describeSource(url)).toEqual(said);
    await close();
  });

  test('without a size it is refused', async () => {
    const close = await hub({}, { 'transfer-encoding': 'chunked' });
    await expect(describeSource(url)).rejects.toMatchObject({
      code: 'pack-missing',
      message: expect.stringMatching(/how large/),
    });
    await close();
  });

  test('a file that is not there is named', async () => {
    const close = await hub({ location: '/gone' }, {});
    await expect(describeSource(url)).rejects.toMatchObject({
      code: 'pack-missing',
      message: expect.stringMatching(/\/model answers 404/),
    });
    await close();
    await expect(describeSource(here('nowhere'))).rejects.toMatchObject({ code: 'pack-missing' });
  });

  test('a path is measured', async () => {
    await writeFile(here('file'), FIRST);
    expect(await describeSource(here('file'))).toEqual({ bytes: FIRST.length, sha256 });
  });
});
