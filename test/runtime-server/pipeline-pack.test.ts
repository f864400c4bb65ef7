/** The whole pipeline on the pack that ships. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkClosed, sceneDescriptionSchema, type SceneDescription } from '@scenemaker/sdk';
import sharp from 'sharp';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPipeline } from '../../runtime-server/src/pipeline.js';
import type { Pipeline } from '../../runtime-server/src/pipeline-types.js';

const packDir = fileURLToPath(new URL('../../runtime-server/packs/embedded/', import.meta.url));
const samples = fileURLToPath(new URL('../../samples/pictures/', import.meta.url));
const OPTIONS = { seed: 5, quality: 'fast', maxObjects: 4, textureSize: 256, maxTriangles: 1500 } as const;
const MINUTES = 60_000;

describe('the embedded pack', () => {
  let pipeline: Pipeline;
  let scene: SceneDescription;
  const warnings: string[] = [];
  const picture = readFileSync(`${samples}rgbd-table.jpg`);

  beforeAll(async () => {
    pipeline = await createPipeline({ packDir });
    scene = await pipeline.run({ picture, options: OPTIONS }, { onWarning: ({ message }) => warnings.push(message) });
  }, 5 * MINUTES);
  afterAll(async () => pipeline.dispose());

  test('makes a valid scene of closed, textured meshes', () => {
    expect(v.safeParse(sceneDescriptionSchema, scene).issues).toBeUndefined();
    expect(scene.objects.length + warnings.length).toBeGreaterThan(0);
    for (const { mesh } of scene.objects) {
      expect(checkClosed(mesh)).toMatchObject({ closed: true });
      expect(mesh.colors).toHaveLength((mesh.positions.length / 3) * 4);
      expect(mesh.texture?.length).toBeGreaterThan(1000);
      expect(mesh.indices.length / 3).toBeLessThanOrEqual(OPTIONS.maxTriangles);
    }
    expect(Object.keys(scene.provenance.seconds)).toEqual([
      'segment',
      'depth',
      'deocclude',
      'shape',
      'pose',
      'compose',
    ]);
  });

  test(
    'makes the same scene again from the same seed',
    async () => {
      const again = await pipeline.run({ picture, options: OPTIONS });
      expect({ ...again, provenance: { ...again.provenance, seconds: {} } }).toEqual({
        ...scene,
        provenance: { ...scene.provenance, seconds: {} },
      });
    },
    5 * MINUTES,
  );

  test(
    'makes ground alone of an empty picture',
    async () => {
      const blank = await sharp({ create: { width: 96, height: 64, channels: 3, background: '#8090a0' } })
        .png()
        .toBuffer();
      const empty = await pipeline.run({ picture: blank, options: OPTIONS });
      expect(v.safeParse(sceneDescriptionSchema, empty).issues).toBeUndefined();
      expect(empty.objects).toEqual([]);
    },
    5 * MINUTES,
  );
});
