/** The whole pipeline on a pack that takes each of two stages from another backend, and the rest from its base. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkClosed, sceneDescriptionSchema } from '@scenemaker/sdk';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { stageMemory } from '../../../runtime-server/src/backends/memory.js';
import { createPipeline } from '../../../runtime-server/src/pipeline.js';
import { STAGE_NAMES } from '../../../runtime-server/src/stages/stage.js';
import { packOf } from '../../support/large-models.js';

const PICTURE = fileURLToPath(new URL('../../../samples/pictures/rgbd-table.jpg', import.meta.url));

test('a scene is made by models of three backends, in less memory than they take together', async () => {
  const pack = await packOf({
    depth: { backend: 'moge', files: { model: 'moge.onnx' } },
    shape: {
      backend: 'triposr',
      files: { encoder: 'triposr-encoder.onnx', field: 'triposr-field.onnx' },
      settings: { resolution: 32 },
    },
  });
  const memoryLimit = Math.max(...STAGE_NAMES.map((name) => stageMemory(pack, name)));
  const pipeline = await createPipeline({ packDir: pack.directory, threads: 1, memoryLimit });
  const warnings: string[] = [];
  const scene = await pipeline.run(
    { picture: readFileSync(PICTURE), options: { seed: 5, quality: 'fast', maxObjects: 2 } },
    { onWarning: ({ message }) => warnings.push(message) },
  );
  await pipeline.dispose();
  expect(v.safeParse(sceneDescriptionSchema, scene).issues).toBeUndefined();
  expect(scene.provenance.pack).toBe('large@1.0.0');
  expect(scene.scale).toEqual({ measured: false, source: 'estimated' });
  // The camera that the graph was made with: 1.3 half diagonals.
  const [camera] = scene.cameras;
  expect(camera.fx / (Math.hypot(camera.width, camera.height) / 2)).toBeCloseTo(1.3, 1);
  expect(warnings).toEqual([]);
  expect(scene.objects.length).toBeGreaterThan(0);
  for (const { mesh } of scene.objects) {
    expect(checkClosed(mesh).closed).toBe(true);
    expect(mesh.colors).toHaveLength((mesh.positions.length / 3) * 4);
  }
}, 300_000);
