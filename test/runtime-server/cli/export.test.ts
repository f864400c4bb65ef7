import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXPORT_FORMATS, exportScene, writeGlb } from '@scenemaker/sim-adapters';
import { runHere, scenemakerUnread } from '../../support/command.js';
import { exampleScene } from '../../support/example-scene.js';
import { meshGlb } from '../../support/mesh-glb.js';
import { canMount, withDisk } from '../../support/small-disk.js';

const mountable = canMount();

let place: string;
let glb: string;
let out: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'scenemaker-'));
  [glb, out] = [join(place, 'scene.glb'), join(place, 'out')];
  await writeFile(glb, await writeGlb(exampleScene()));
});
afterEach(() => rm(place, { recursive: true }));

test.each(EXPORT_FORMATS)('%s: the folder holds what exportScene gives', async (format) => {
  const { status, stdout, stderr } = await runHere('export', glb, '--to', format, '--out', out);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`^4 objects as ${format}: \\d+ files`));
  const files = await exportScene(exampleScene(), format);
  for (const [path, content] of files)
    expect(Buffer.compare(await readFile(join(out, path)), content), `content of ${path}`).toBe(0);
  const written = (await readdir(out, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(written).toHaveLength(files.size);
  expect((await readdir(place)).sort()).toEqual(['out', 'scene.glb']);
});

test('several formats, each in a folder of its own', async () => {
  const { status, stdout, stderr } = await runHere('export', glb, '--to', 'urdf,glb', '--out', out);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^4 objects as urdf: [^]*\n4 objects as glb: 1 files/);
  expect(stdout).toContain(`  ${join(out, 'glb/scene.glb')}\n`);
  expect((await readdir(out)).sort()).toEqual(['glb', 'urdf']);
  expect(Buffer.compare(await readFile(join(out, 'glb/scene.glb')), await readFile(glb))).toBe(0);
});

test('all formats at once', async () => {
  expect(await runHere('export', glb, '--to', 'all', '--out', out)).toMatchObject({ status: 0, stderr: '' });
  expect((await readdir(out)).sort()).toEqual([...EXPORT_FORMATS].sort());
});

test('a reader that has seen enough is no defect', async () => {
  const { status, stderr } = await scenemakerUnread('export', glb, '--to', 'urdf', '--out', out);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(await readdir(out)).toContain('scene.urdf');
});

test('the help names every format', async () => {
  const { stdout } = await runHere('export', '--help');
  for (const format of EXPORT_FORMATS) expect(stdout).toMatch(new RegExp(` ${format} `));
});

describe('refused in one line, with nothing left behind', () => {
  const expectRefusal = async (code: string, message: RegExp, ...args: string[]): Promise<void> => {
    const before = (await readdir(place)).sort();
    const { status, stdout, stderr } = await runHere('export', ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^scenemaker: .+ \\[${code}\\]\\n$`));
    expect(stderr).toMatch(message);
    expect((await readdir(place)).sort()).toEqual(before);
  };

  test('arguments that are missing or unknown', async () => {
    await expectRefusal('bad-request', /give one scene/, '--to', 'glb', '--out', out);
    await expectRefusal('bad-request', /give --to, one of glb, .*, all/, glb, '--out', out);
    await expectRefusal('bad-request', /--to knows no dwg; there are glb/, glb, '--to', 'dwg', '--out', out);
    await expectRefusal('bad-request', /--to knows no dwg/, glb, '--to', 'mjcf,dwg', '--out', out);
    await expectRefusal('bad-request', /give --out/, glb, '--to', 'glb');
  });

  test('a file that is missing, a folder, empty or not ours', async () => {
    const [empty, text] = [join(place, 'empty.glb'), join(place, 'text.glb')];
    await Promise.all([writeFile(empty, ''), writeFile(text, 'not a scene at all')]);
    await expectRefusal('input-missing', /none\.glb/, join(place, 'none.glb'), '--to', 'glb', '--out', out);
    await expectRefusal('input-missing', /may not be read/, place, '--to', 'glb', '--out', out);
    await expectRefusal('input-empty', /is empty/, empty, '--to', 'glb', '--out', out);
    await expectRefusal('bad-request', /text\.glb: The file is not binary glTF/, text, '--to', 'glb', '--out', out);
  });

  test('a GLB of someone else, and one cut short', async () => {
    const [foreign, short] = [join(place, 'foreign.glb'), join(place, 'short.glb')];
    const whole = await readFile(glb);
    await Promise.all([
      writeFile(foreign, meshGlb(exampleScene().objects[0].mesh)),
      writeFile(short, whole.subarray(0, whole.length >> 1)),
    ]);
    await expectRefusal('bad-request', /not written by SceneMaker/, foreign, '--to', 'glb', '--out', out);
    await expectRefusal('bad-request', /ends before it is complete/, short, '--to', 'glb', '--out', out);
  });

  test('a scene that physics has not run on', async () => {
    const [first, ...others] = exampleScene().objects;
    const scene = { ...exampleScene(), objects: [{ ...first, colliders: [] }, ...others] };
    await writeFile(glb, await writeGlb(scene));
    await expectRefusal('bad-request', /object-1 has no colliders/, glb, '--to', 'glb,mjcf', '--out', out);
  });

  test.skipIf(!mountable)('a disk that is full, read-only, or fills up on the way', async () => {
    await withDisk('size=8k', async (disk) => {
      await expectRefusal('output-unwritable', /no space is left/, glb, '--to', 'mjcf', '--out', join(disk, 'out'));
      expect(await readdir(disk)).toEqual([]);
    });
    await withDisk('ro', async (disk) => {
      await expectRefusal('output-unwritable', /read-only/, glb, '--to', 'glb', '--out', join(disk, 'out'));
    });
    await withDisk('size=200k', async (disk) => {
      await expectRefusal('output-unwritable', /no space is left/, glb, '--to', 'all', '--out', join(disk, 'out'));
      expect(await readdir(disk)).toEqual([]);
      // What stood there before stands there still.
      await mkdir(join(disk, 'out'));
      await writeFile(join(disk, 'out/scene.urdf'), 'mine');
      const before = await readdir(join(disk, 'out'));
      await expectRefusal(
        'output-unwritable',
        /no space is left/,
        glb,
        '--to',
        'all',
        '--out',
        join(disk, 'out'),
        '--force',
      );
      expect(await readdir(join(disk, 'out'))).toEqual(before);
      expect(await readdir(disk)).toEqual(['out']);
    });
  });

  test('a folder that is a file, or holds something already', async () => {
    await expectRefusal('output-unwritable', /not a folder/, glb, '--to', 'glb', '--out', glb);
    await mkdir(out);
    await writeFile(join(out, 'mine.txt'), 'mine');
    await expectRefusal('output-unwritable', /not empty; --force/, glb, '--to', 'glb', '--out', out);
    expect(await readdir(out)).toEqual(['mine.txt']);
  });
});

test('--force writes into a folder and leaves the files of others', async () => {
  await mkdir(out);
  await writeFile(join(out, 'mine.txt'), 'mine');
  await writeFile(join(out, 'scene.glb'), 'old');
  expect(await runHere('export', glb, '--to', 'glb', '--out', out, '--force')).toMatchObject({ status: 0, stderr: '' });
  expect((await readdir(out)).sort()).toEqual(['mine.txt', 'scene.glb']);
  expect(Buffer.compare(await readFile(join(out, 'scene.glb')), await writeGlb(exampleScene()))).toBe(0);
});
