/** An inference process without models, for tests of everything around it. */
import { type Mesh, PROGRESS_STAGES, SceneMakerError } from '@scenemaker/sdk';
import { serveInference } from '../../runtime-server/src/inference/serve.js';
import type { Pipeline } from '../../runtime-server/src/pipeline-types.js';
import { FAKE } from './fake-behaviours.js';
import { exampleScene } from './example-scene.js';

/** A million bytes for each of `megabytes`. */
function largeMesh(megabytes: number): Mesh {
  const positions = new Float32Array(megabytes * 249_999).fill(0.5);
  return { positions, indices: Uint32Array.of(0, 1, 2) };
}

const pipeline: Pipeline = {
  info: { pack: 'fake@1.0.0', digest: 'fake', refusedDevices: [], executionProvider: 'none', hints: ['mask', 'words'] },
  async run({ options, objects, ...given }, hooks = {}) {
    const scene = exampleScene();
    const [first] = scene.objects;
    if (!first) throw new Error('the example scene has no object');
    hooks.onProgress?.({ stage: 'segment', fraction: 0 });
    hooks.onPreview?.({ kind: 'segment', segments: [{ mask: first.mask, label: first.label, score: 0.5 }] });
    hooks.onProgress?.({ stage: 'segment', fraction: 1 });
    const depth = { width: 1300, height: 10, data: new Float32Array(13_000).fill(2) };
    hooks.onPreview?.({ kind: 'depth', depth });
    const crop = { width: 2, height: 2, data: new Uint8Array(16).fill(200) };
    const window = { x: 1, y: 2, side: 3 };
    hooks.onPreview?.({ kind: 'deocclude', objectId: first.id, window, before: crop, after: crop });
    const behaviour = FAKE[options.seed];
    if (behaviour === 'block') for (const end = Date.now() + 60_000; Date.now() < end;);
    // Messages leave the process before it ends.
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (behaviour === 'exit') process.exit(7);
    if (behaviour === 'segfault') process.kill(process.pid, 'SIGSEGV');
    if (behaviour === 'refuse')
      throw new SceneMakerError('depth-invalid', 'no depth will do', { given: 1, allowed: 2 });
    if (behaviour === 'slow') await new Promise((resolve) => setTimeout(resolve, 400));
    if (behaviour === 'wait') await new Promise((resolve) => setTimeout(resolve, 60_000));
    if (behaviour === 'stages') {
      for (const stage of PROGRESS_STAGES) {
        hooks.onProgress?.({ stage, fraction: 0.5 });
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    }
    if (behaviour === 'large') first.mesh = largeMesh(options.maxObjects);
    for (const object of scene.objects) {
      hooks.onObject?.(object);
      hooks.onProgress?.({ stage: 'pose', fraction: 1 });
      if (behaviour === 'slow') await new Promise((resolve) => setTimeout(resolve, 150));
    }
    hooks.onWarning?.({ objectId: 'object-9', message: 'object-9 was left out' });
    hooks.onProgress?.({ stage: 'compose', fraction: 1.0000001 });
    return {
      ...scene,
      provenance: {
        ...scene.provenance,
        options: {
          ...options,
          hinted: objects?.length ?? 0,
          depths: given.depth?.data.filter((z) => z > 0).length ?? 0,
        },
      },
    };
  },
  dispose: async () => {},
};

await serveInference(async () => {
  if (process.argv[2] === 'broken') throw new SceneMakerError('pack-missing', 'segment.onnx does not exist');
  return pipeline;
});
