import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runHere, scenemaker } from '../../support/command.js';
import { type FileServer, serveFile } from '../models/pull/file-server.js';

const WEIGHTS = Buffer.from('weights of a model');
const sha256 = createHash('sha256').update(WEIGHTS).digest('hex');

let folder: string;
let server: FileServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'models-'));
  server = await serveFile(() => WEIGHTS);
  await writeFile(join(folder, 'local.onnx'), WEIGHTS);
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function pack(file: object = {}, manifest: object = {}): Promise<string> {
  const directory = join(folder, 'pack');
  await mkdir(directory, { recursive: true });
  const model = { path: 'depth.onnx', bytes: WEIGHTS.length, sha256, source: server.url, ...file };
  const stages = { depth: { files: { model } } };
  const text = { format: 1, name: 'large', version: '1.0.0', license: 'MIT', base: 'embedded', stages, ...manifest };
  await writeFile(join(directory, 'manifest.json'), JSON.stringify(text));
  return directory;
}

describe('models', () => {
  test('list shows the files of the pack that ships', async () => {
    const { status, stdout } = await runHere('models', 'list');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^embedded@/);
    expect(stdout).toMatch(/^depth +onnx +depth\.onnx +\d+\.\d MB +Apache-2\.0 +ok$/m);
  });

  test('verify finds the pack that ships as it should be', async () => {
    expect((await runHere('models', 'verify')).status).toBe(0);
  });

  test('pull shows licence and source, fetches, and has nothing to do the second time', async () => {
    const directory = await pack();
    const { status, stdout } = await runHere('models', 'pull', directory);
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining(server.url) });
    expect(stdout).toMatch(/depth +onnx +depth\.onnx +18 B +MIT +missing/);
    expect(stdout).toContain(`${sha256}  depth.onnx\n`);
    expect(await readFile(join(directory, 'depth.onnx'))).toEqual(WEIGHTS);
    expect((await runHere('models', 'pull', directory)).stdout).toMatch(/Every file is here/);
    expect(server.ranges).toHaveLength(1);
    expect((await runHere('models', 'verify', directory)).status).toBe(0);
  });

  test('pull takes a path that is relative to the manifest', async () => {
    const directory = await pack({ source: '../local.onnx' });
    expect((await runHere('models', 'pull', directory)).status).toBe(0);
    expect(await readFile(join(directory, 'depth.onnx'))).toEqual(WEIGHTS);
  });

  test('pull --dry-run fetches nothing', async () => {
    const directory = await pack();
    const { stdout } = await runHere('models', 'pull', directory, '--dry-run');
    expect(stdout).toMatch(/Would fetch: 1 files, 18 B/);
    expect(stdout).toContain(`${sha256}  depth.onnx\n`);
    expect(server.ranges).toEqual([]);
  });

  test('pull refuses a non-commercial licence until it is named, and asks no server before', async () => {
    const directory = await pack({ license: 'CC-BY-NC-4.0' });
    const { status, stdout, stderr } = await runHere('models', 'pull', directory);
    expect(status).toBe(2);
    expect(stdout).toMatch(/CC-BY-NC-4\.0/);
    expect(stderr).toMatch(/--accept-license "CC-BY-NC-4\.0" \[bad-request\]/);
    expect(server.ranges).toEqual([]);
    expect((await runHere('models', 'pull', directory, '--accept-license', 'CC-BY-NC-4.0')).status).toBe(0);
  });

  test('the licence of a stage counts for its files', async () => {
    const model = { path: 'depth.onnx', bytes: WEIGHTS.length, sha256, source: server.url };
    const directory = await pack({}, { stages: { depth: { license: 'CC-BY-NC-4.0', files: { model } } } });
    expect((await runHere('models', 'pull', directory)).status).toBe(2);
  });

  test('pull replaces a file that is another one', async () => {
    const directory = await pack();
    await writeFile(join(directory, 'depth.onnx'), 'another of 18 byte');
    expect((await runHere('models', 'verify', directory)).stderr).toMatch(/depth\.onnx \[pack-corrupt\]/);
    expect((await runHere('models', 'pull', directory)).status).toBe(0);
    expect(await readFile(join(directory, 'depth.onnx'))).toEqual(WEIGHTS);
  });

  test('a file that is not here and has no source is named', async () => {
    const directory = await pack({ source: undefined });
    expect((await runHere('models', 'pull', directory)).stderr).toMatch(/depth\.onnx.* no source \[pack-missing\]/);
    expect((await runHere('models', 'verify', directory)).stderr).toMatch(/1 of 1 files.* \[pack-missing\]/);
  });

  test.each([
    [['models'], /models takes list, pull, verify, not nothing/],
    [['models', 'push'], /models takes list, pull, verify, not push/],
    [['models', 'pull'], /models pull takes the folder of a pack/],
    [['models', 'list', 'a', 'b'], /takes one pack, not also b/],
  ])('%j: status 2', async (args, message) => {
    const { status, stderr } = await runHere(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('what is missing is not fetched by any other command', async () => {
    const directory = await pack();
    const { status, stderr } = await scenemaker('serve', '--port', '0', '--ephemeral', '--pack', directory);
    expect(status).toBe(2);
    expect(stderr).toMatch(/depth\.onnx does not exist .*\[pack-missing\]/);
    expect(server.ranges).toEqual([]);
    expect(existsSync(join(directory, 'depth.onnx'))).toBe(false);
  });
});
