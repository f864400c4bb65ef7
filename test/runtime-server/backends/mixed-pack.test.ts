/** The whole pipeline on packs that take their stages from several backends, and the rest from their base. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startServer } from '@scenemaker/runtime-server';
import { checkClosed, connect, type JobEvent, type SceneDescription, sceneDescriptionSchema } from '@scenemaker/sdk';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { stageMemory } from '../../../runtime-server/src/backends/memory.js';
import { toProcessOptions } from '../../../runtime-server/src/server/backend.js';
import type { ModelPack } from '../../../runtime-server/src/models/index.js';
import { createPipeline } from '../../../runtime-server/src/pipeline.js';
import { STAGE_NAMES } from '../../../runtime-server/src/stages/stage.js';
import { SERVERS } from '../../support/inference-servers.js';
import { depthByTransformers, packOf, segmentBy, SHAPE_BY_TRIPOSG } from '../../support/large-models.js';
import { FAKE_INFERENCE } from '../../support/server.js';

const PICTURE = fileURLToPath(new URL('../../../samples/pictures/rgbd-table.jpg', import.meta.url));

/** What the largest stage takes alone: as little as will do. */
const leastMemory = (pack: ModelPack): number => Math.max(...STAGE_NAMES.map((name) => stageMemory(pack, name)));

function expectWholeScene(scene: SceneDescription): void {
  expect(v.safeParse(sceneDescriptionSchema, scene).issues).toBeUndefined();
  expect(scene.provenance.pack).toBe('large@1.0.0');
  expect(scene.objects.length).toBeGreaterThan(0);
  for (const { mesh } of scene.objects) {
    expect(checkClosed(mesh).closed).toBe(true);
    expect(mesh.colors).toHaveLength((mesh.positions.length / 3) * 4);
  }
}

test('a scene is made by models of three backends, in less memory than they take together', async () => {
  const pack = await packOf({
    depth: { backend: 'moge', files: { model: 'moge.onnx' } },
    shape: {
      backend: 'triposr',
      files: { encoder: 'triposr-encoder.onnx', field: 'triposr-field.onnx' },
      settings: { resolution: 32 },
    },
  });
  const pipeline = await createPipeline({ packDir: pack.directory, threads: 1, memoryLimit: leastMemory(pack) });
  const warnings: string[] = [];
  const scene = await pipeline.run(
    {
      picture: readFileSync(PICTURE),
      options: { seed: 5, quality: 'fast', maxObjects: 2, textureSize: 256, maxTriangles: 800 },
    },
    { onWarning: ({ message }) => warnings.push(message) },
  );
  await pipeline.dispose();
  expectWholeScene(scene);
  for (const { mesh } of scene.objects) expect(mesh.indices.length / 3).toBeLessThanOrEqual(800);
  expect(scene.scale).toEqual({ measured: false, source: 'estimated' });
  // The camera that the graph was made with: 1.3 half diagonals.
  const [camera] = scene.cameras;
  expect(camera.fx / (Math.hypot(camera.width, camera.height) / 2)).toBeCloseTo(1.3, 1);
  expect(warnings).toEqual([]);
}, 300_000);

// De-occlusion has no other large model than one on an inference server.
const onServer = SERVERS.find(({ python }) => python !== undefined);
test.skipIf(onServer === undefined)(
  `over the wire a scene is made by large models in every stage but pose: Grounding DINO, SAM 2, Depth Anything, ${onServer?.name ?? 'an inference server'}, TripoSG`,
  async () => {
    const models = await onServer?.start();
    const pack = await packOf({
      segment: segmentBy('sam2'),
      depth: depthByTransformers({}),
      deocclude: { backend: 'kserve', settings: { url: models?.url, model: 'deocclude', size: 64 } },
      shape: SHAPE_BY_TRIPOSG,
    });
    expect(STAGE_NAMES.filter((name) => pack.owner(name) !== pack)).toEqual(['pose']);
    const inference = { packDir: pack.directory, threads: 1, memoryLimit: leastMemory(pack) };
    const server = await startServer({
      port: 0,
      inference: { ...toProcessOptions(inference), execArgv: FAKE_INFERENCE.execArgv },
    });
    const client = await connect(server.url);
    const job = client.generate({
      picture: readFileSync(PICTURE),
      options: { seed: 5, quality: 'fast', maxObjects: 2 },
    });
    const events: JobEvent[] = [];
    for await (const event of job) events.push(event);
    const scene = await job.result;
    client.close();
    await server.close();
    await models?.close();
    expectWholeScene(scene);
    expect(scene.objects.map(({ label }) => label).every((label) => /mug|box|lamp|chair/.test(label))).toBe(true);
    expect(events.at(-1)?.type).toBe('done');
    expect(events.filter(({ type }) => type === 'object')).toHaveLength(scene.objects.length);
    expect(events.filter(({ type }) => type === 'warning')).toEqual([]);
    const previews = events.flatMap((event) => (event.type === 'preview' ? [event.preview.kind] : []));
    expect([...new Set(previews)]).toEqual(expect.arrayContaining(['segment', 'depth', 'deocclude']));
  },
  600_000,
);
