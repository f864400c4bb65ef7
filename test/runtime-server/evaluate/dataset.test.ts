import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { boxMesh } from '@scenemaker/sdk';
import { readGlbMesh } from '@scenemaker/sim-adapters';
import { readDataset } from '../../../runtime-server/src/evaluate/dataset.js';
import { TruthReader } from '../../../runtime-server/src/evaluate/truth.js';
import { runHere } from '../../support/command.js';
import { meshGlb } from '../../support/mesh-glb.js';
import { HEIGHT, sceneDocument, WIDTH, write as writeIn, writeDataset as writeDatasetIn } from './dataset-support.js'; // prettier-ignore

let folder: string;
const write = (path: string, content: string | Uint8Array) => writeIn(folder, path, content);
const writeDataset = (scene?: unknown, size?: number) => writeDatasetIn(folder, scene, size);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dataset-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('a data set', () => {
  test('is read: picture, depth in metres, masks, camera, up', async () => {
    await writeDataset();
    const dataset = await readDataset(folder);
    const scene = await new TruthReader(dataset, 100).read(dataset.scenes[0], 0);
    expect(scene.name).toBe('scenes/0000');
    expect([...scene.picture.data.subarray(0, 3)]).toEqual([0x40, 0x60, 0x80]);
    expect(scene.depth[0]).toBeNaN();
    expect(scene.depth[10]).toBeCloseTo(2, 6);
    expect(scene.up.map((x) => x + 0)).toEqual([0, -1, 0]);
    const [crate] = scene.objects;
    expect(crate.share).toBeCloseTo(80 / (WIDTH * HEIGHT), 9);
    expect(crate.shape.surface).toHaveLength(300);
    expect(crate.pose).toEqual({ rotation: [0, 0, 0, 1], translation: [0, 0, 2], size: 0.5 });
    expect(crate.pair).toBeUndefined();
  });

  test('objects that cannot be seen are left out', async () => {
    const scene = sceneDocument();
    scene.objects.push({ ...scene.objects[0], instance: 4 });
    await writeDataset(scene);
    const dataset = await readDataset(folder);
    expect((await new TruthReader(dataset, 10).read(dataset.scenes[0], 0)).objects).toHaveLength(1);
  });

  const change = (key: string, value: unknown) => ({ ...sceneDocument(), [key]: value });
  const changeObject = (key: string, value: unknown) => ({
    ...sceneDocument(),
    objects: [{ ...sceneDocument().objects[0], [key]: value }],
  });

  test.each([
    ['no focal length', change('fx', 0), 'fx'],
    ['no objects', change('objects', []), 'objects'],
    ['a rotation that mirrors', changeObject('rotation', [1, 0, 0, 0, 1, 0, 0, 0, -1]), 'objects.0.rotation'],
    ['a path out of its folder', change('picture', '../../secret.png'), 'picture'],
    ['a size below zero', changeObject('sizeMeters', -1), 'objects.0.sizeMeters'],
    ['a visible fraction over one', changeObject('visibleFraction', 1.5), 'objects.0.visibleFraction'],
  ])('%s is refused with the file and the place', async (_, scene, place) => {
    await writeDataset(scene);
    await expect(readDataset(folder)).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining(`scene.json: ${place}: `) as string,
    });
  });

  test.each(['dataset.json', 'scenes/0000/scene.json', 'scenes/0000/depth.png', 'meshes/crate.glb'])(
    'a missing %s is named before any model runs',
    async (path) => {
      await writeDataset();
      await rm(join(folder, path));
      await expect(readDataset(folder)).rejects.toMatchObject({
        code: 'input-missing',
        message: expect.stringContaining(join(folder, path)) as string,
      });
    },
  );

  test.each([
    ['text for JSON', 'dataset.json', '{', 'dataset.json is not JSON'],
    ['another format', 'dataset.json', '{"format":"coco","version":1,"scenes":["a"]}', 'dataset.json: format'],
  ])('%s is refused', async (_, path, content, message) => {
    await writeDataset();
    await write(path, content);
    await expect(readDataset(folder)).rejects.toThrow(message);
  });

  test.each([['a picture of another size', 'picture.png', 'has 40 x 32 pixels, not 64 x 32']])(
    '%s is refused by name',
    async (_, file, message) => {
      await writeDataset(change('width', 64));
      const dataset = await readDataset(folder);
      await expect(new TruthReader(dataset, 10).read(dataset.scenes[0], 0)).rejects.toThrow(`${file} ${message}`);
    },
  );

  test('a mesh that is not in canonical space is refused', async () => {
    await writeDataset(sceneDocument(), 2);
    const dataset = await readDataset(folder);
    await expect(new TruthReader(dataset, 10).read(dataset.scenes[0], 0)).rejects.toThrow(
      /crate\.glb is not in canonical space/,
    );
  });

  test('a file that is no GLB is refused by name', async () => {
    await writeDataset();
    await write('meshes/crate.glb', 'no mesh');
    const dataset = await readDataset(folder);
    await expect(new TruthReader(dataset, 10).read(dataset.scenes[0], 0)).rejects.toThrow(/crate\.glb: .*not binary/);
  });
});

describe('any GLB as one mesh', () => {
  test('positions go through the nodes, colours come back as sRGB', async () => {
    const box = boxMesh(0.5, 0.5, 0.5);
    const file = meshGlb(box, { translation: [10, 0, 0], scale: [2, 1, 1], color: [1, 0.5, 0] });
    const { positions, indices, colors } = await readGlbMesh(file);
    expect(positions).toEqual(box.positions.map((p, i) => (i % 3 === 0 ? 2 * p + 10 : p)));
    expect(indices).toEqual(box.indices);
    expect([...(colors?.subarray(0, 4) ?? [])]).toEqual([255, 188, 0, 255]);
  });
});

describe('scenemaker evaluate', () => {
  test.each([
    [['evaluate'], 'give one data set folder'],
    [['evaluate', 'x', '--stages', 'segment,magic'], '--stages knows no magic'],
    [['evaluate', 'x', '--limit', '0'], '--limit takes a whole number'],
    [['evaluate', 'x', '--json', '/nowhere/at/all/out.json'], 'cannot be written'],
    [['evaluate', '/nowhere'], '/nowhere/dataset.json does not exist'],
  ])('%j is refused in one line', async (args, message) => {
    const { status, stderr } = await runHere(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
