import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { boxMesh, meshBounds, quat, vec3 } from '@scenemaker/sdk';
import { RetrievalIndex } from '../../../runtime-server/src/evaluate/retrieval.js';
import { emptyMask, maskBox } from '../../../runtime-server/src/stages/mask-ops.js';
import type { Mask, Picture } from '../../../runtime-server/src/stages/stage.js';
import { meshGlb } from '../../support/mesh-glb.js';
import { grey, HEIGHT, sceneDocument, WIDTH, write, writeDataset } from './dataset-support.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retrieval-'));
  const scene = sceneDocument();
  const turned = quat.toMat3(quat.fromAxisAngle(vec3.UP, Math.PI / 2));
  const pole = { ...scene.objects[0], instance: 5, object: 'pole', mesh: 'meshes/pole.glb', rotation: [...turned] };
  scene.objects.push(pole);
  await writeDataset(folder, scene);
  await write(folder, 'meshes/pole.glb', meshGlb(boxMesh(0.1, 0.5, 0.2)));
  const instance = (x: number, y: number): number => (x < 20 ? (x >= 10 && y >= 8 && y < 16 ? 3 : 0) : x < 24 ? 5 : 0);
  await write(folder, 'scenes/0000/instances.png', await grey(instance));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Things of one height look alike. */
const looks = {
  embeddings: async (_: Picture, masks: readonly Mask[]) =>
    masks.map((mask) => {
      const box = maskBox(mask);
      const share = ((box?.y1 ?? 0) - (box?.y0 ?? 0)) / HEIGHT;
      return Float32Array.of(Math.cos(share), Math.sin(share));
    }),
};

test('the known object that looks most alike is found, turned as it was seen', async () => {
  const index = await RetrievalIndex.build(folder, looks, new Set());
  const tall = emptyMask(WIDTH, HEIGHT);
  for (let y = 1; y < 31; y++) tall.data[y * WIDTH + 5] = 1;
  const found = await index.nearest({ width: WIDTH, height: HEIGHT, data: new Uint8Array() }, tall);
  const { min, max } = meshBounds(found);
  const [x, y, z] = [0, 1, 2].map((axis) => max[axis] - min[axis]);
  expect(y).toBeCloseTo(1, 5);
  // Its wide side, z in its own frame, was turned to the side; the camera saw it a little from the left.
  expect(x).toBeGreaterThan(0.38);
  expect(z).toBeLessThan(0.3);
});

test('an object that is measured may not be looked up', async () => {
  await expect(RetrievalIndex.build(folder, looks, new Set(['lamp', 'pole']))).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining('pole') as unknown,
  });
});
