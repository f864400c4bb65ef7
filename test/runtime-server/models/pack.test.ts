import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadPack, readPack } from '../../../runtime-server/src/models/index.js';
import { isFreeLicense } from '../../../runtime-server/src/models/pull/licenses.js';
import { listFiles } from '../../../runtime-server/src/models/pull/pull-pack.js';

const BYTES = Buffer.from('four');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pack-'));
  const sha256 = createHash('sha256').update(BYTES).digest('hex');
  const files = { model: { path: 'depth.onnx', bytes: BYTES.length, sha256 } };
  const manifest = { format: 1, name: 'tiny', version: '1.2.3', license: 'Apache-2.0', stages: { depth: { files } } };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'depth.onnx'), BYTES);
});
afterEach(async () => rm(folder, { recursive: true }));

describe('a pack', () => {
  test('is loaded when every file is as the manifest says', async () => {
    const pack = await loadPack(folder);
    expect(pack.label).toBe('tiny@1.2.3');
    expect(pack.file('depth', 'model').location).toBe(join(folder, 'depth.onnx'));
  });

  test('without a manifest is missing, named by its path', async () => {
    const other = join(folder, 'nowhere');
    await expect(loadPack(other)).rejects.toMatchObject({
      code: 'pack-missing',
      details: { given: join(other, 'manifest.json') },
    });
  });

  test('without one of its files is missing that file', async () => {
    await unlink(join(folder, 'depth.onnx'));
    await expect(loadPack(folder)).rejects.toMatchObject({
      code: 'pack-missing',
      details: { given: join(folder, 'depth.onnx') },
    });
  });

  test('with a changed file is corrupt; expected and given checksum are named', async () => {
    await writeFile(join(folder, 'depth.onnx'), 'five');
    const allowed = createHash('sha256').update(BYTES).digest('hex');
    const given = createHash('sha256').update('five').digest('hex');
    await expect(loadPack(folder)).rejects.toMatchObject({ code: 'pack-corrupt', details: { given, allowed } });
  });

  test('with a truncated file is corrupt; both sizes are named', async () => {
    await writeFile(join(folder, 'depth.onnx'), 'fo');
    await expect(loadPack(folder)).rejects.toMatchObject({ code: 'pack-corrupt', details: { given: 2, allowed: 4 } });
  });

  test('with a base lets it serve the stages that it does not name, and takes its digest in', async () => {
    const path = join(folder, 'manifest.json');
    const alone = await loadPack(folder);
    expect(alone.owner('pose')).toBe(alone);
    await writeFile(path, JSON.stringify({ ...alone.manifest, base: 'embedded' }));
    const pack = await loadPack(folder);
    expect(pack.owner('depth')).toBe(pack);
    expect(pack.owner('pose').label).toMatch(/^embedded@/);
    expect(pack.owner('pose').file('shape', 'encoder').path).toBe('shape-encoder.onnx');
    expect(pack.digest).not.toBe(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    );
  });

  test('says which stage and which role it lacks', async () => {
    const pack = await loadPack(folder);
    expect(() => pack.file('pose', 'encode')).toThrow(/no stage pose/);
    expect(() => pack.file('depth', 'words')).toThrow(/stage depth has no file words/);
  });
});

describe('the manifest for public models', () => {
  test('names free models alone, at revisions that do not change, and every large file by its SHA-256', async () => {
    const pack = await readPack(fileURLToPath(new URL('../../../runtime-server/packs/public', import.meta.url)));
    expect(pack.base?.label).toMatch(/^embedded@/);
    const listed = await listFiles(pack, false);
    expect(listed.map(({ stage }) => stage)).toEqual([...Array<string>(11).fill('segment'), 'depth']);
    for (const { file, license, state } of listed) {
      expect(isFreeLicense(license)).toBe(true);
      expect(file.source).toMatch(/^https:\/\/huggingface\.co\/[^/]+\/[^/]+\/resolve\/[0-9a-f]{40}\/.+/);
      expect(state).toBe(file.path.endsWith('.json') ? 'unpinned' : 'missing');
    }
  });
});
