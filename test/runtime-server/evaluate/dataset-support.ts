/** A data set of one scene on disk, as `make_dataset.py` writes them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { boxMesh } from '@scenemaker/sdk';
import { meshGlb } from '../../support/mesh-glb.js';

export const [WIDTH, HEIGHT] = [40, 32];
export type Json = Record<string, unknown>;

/** One scene with one object that fills a rectangle. */
export function sceneDocument(): Json & { objects: Json[] } {
  return {
    picture: 'picture.png',
    depth: 'depth.png',
    depthUnitMeters: 0.001,
    instances: 'instances.png',
    width: WIDTH,
    height: HEIGHT,
    fx: 50,
    fy: 50,
    cx: 20,
    cy: 16,
    cameraToWorld: { rotation: [1, 0, 0, 0, -1, 0, 0, 0, -1], translationMeters: [0, 1, 0] },
    objects: [
      {
        instance: 3,
        object: 'crate',
        mesh: 'meshes/crate.glb',
        rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
        translationMeters: [0, 0, 2],
        sizeMeters: 0.5,
      },
    ],
  };
}

export async function write(folder: string, path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

export const grey = (value: (x: number, y: number) => number, bits: 8 | 16 = 8) => {
  const values = Array.from({ length: WIDTH * HEIGHT }, (_, i) => value(i % WIDTH, Math.floor(i / WIDTH)));
  const data = bits === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
    .toColourspace(bits === 8 ? 'b-w' : 'grey16')
    .png()
    .toBuffer();
};

export async function writeDataset(folder: string, scene: unknown = sceneDocument(), size = 0.5): Promise<void> {
  const index = { format: 'scenemaker-dataset', version: 1, scenes: ['scenes/0000/scene.json'] };
  await write(folder, 'dataset.json', JSON.stringify(index));
  await write(folder, 'scenes/0000/scene.json', JSON.stringify(scene));
  const picture = { width: WIDTH, height: HEIGHT, channels: 3, background: '#406080' } as const;
  await write(folder, 'scenes/0000/picture.png', await sharp({ create: picture }).png().toBuffer());
  await write(folder, 'scenes/0000/depth.png', await grey((x) => (x < 4 ? 0 : 2000), 16));
  await write(
    folder,
    'scenes/0000/instances.png',
    await grey((x, y) => (x >= 10 && x < 20 && y >= 8 && y < 16 ? 3 : 0)),
  );
  await write(folder, 'meshes/crate.glb', meshGlb(boxMesh(size, size / 2, size / 2)));
}
