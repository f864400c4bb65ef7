/**
 * An inference process for the viewer: it finds the objects of the example scene in a picture of it. With hints it
 * makes one object for each, in their order, named by the words of the hint. One called `endless` never gets a shape.
 */
import type { SceneObject } from '@scenemaker/sdk';
import { renderSensors } from '@scenemaker/sdk/render';
import { serveInference } from '../../runtime-server/src/inference/serve.js';
import type { Pipeline } from '../../runtime-server/src/pipeline-types.js';
import { encodeMask } from '../../runtime-server/src/stages/mask-ops.js';
import { exampleScene } from './example-scene.js';

const scene = exampleScene();
const [camera] = scene.cameras;
const { width, height } = camera;
const { segmentation = new Int32Array(), depth = new Float32Array() } = renderSensors(scene, camera);
const objects = scene.objects.map((object, index): SceneObject => {
  const data = Uint8Array.from(segmentation, (owner) => (owner === index ? 1 : 0));
  return { ...object, mask: encodeMask({ width, height, data }), colliders: [], restsOn: null };
});

const pipeline: Pipeline = {
  info: {
    pack: 'fake@1.0.0',
    digest: 'viewer',
    refusedDevices: [],
    executionProvider: 'none',
    hints: ['mask', 'box', 'points', 'words', 'sizeMeters'],
  },
  async run({ objects: hints = [], options }, hooks = {}) {
    const pause = () => new Promise((resolve) => setTimeout(resolve, options.seed));
    const made = hints.length === 0 ? objects : hints.map(({ words = 'object' }, index) => {
      const id = `object-${index + 1}`;
      return { ...objects[index % objects.length], id, label: words };
    }); // prettier-ignore
    hooks.onProgress?.({ stage: 'segment', fraction: 0.5 });
    await pause();
    hooks.onPreview?.({ kind: 'segment', segments: made.map(({ mask, label }) => ({ mask, label, score: 0.9 })) });
    hooks.onProgress?.({ stage: 'segment', fraction: 1 });
    hooks.onPreview?.({ kind: 'depth', depth: { width, height, data: depth } });
    const crop = { width: 2, height: 2, data: new Uint8Array(16).fill(200) };
    for (const object of made) {
      hooks.onPreview?.({
        kind: 'deocclude',
        objectId: object.id,
        window: { x: 0, y: 0, side: 9 },
        before: crop,
        after: crop,
      });
    }
    for (const { id, label, mesh, pose } of made) {
      if (label === 'endless') await new Promise(() => {});
      hooks.onPreview?.({ kind: 'shape', objectId: id, label, mesh, pose: { ...pose, size: 1.1 * pose.size } });
    }
    for (const object of made) hooks.onObject?.(object);
    hooks.onWarning?.({ message: 'this is a fake' });
    hooks.onProgress?.({ stage: 'compose', fraction: 1 });
    return { ...scene, objects: made };
  },
  dispose: async () => {},
};

await serveInference(async () => pipeline);
