/**
 * The pipeline's model runs and nothing else: a process's first job is the real one, of which every `session.run` is
 * kept, and each job after it repeats these in their order. How much more two such processes do than one is what the
 * machine gives.
 */
import * as ort from 'onnxruntime-node';
import { createPipeline, type Pipeline, type PipelineOptions, serveInference } from '@scenemaker/runtime-server';
import type { SceneDescription } from '@scenemaker/sdk';

const kept: (() => Promise<unknown>)[] = [];

// All sessions are made by this class.
const sessions = ort.InferenceSession as unknown as { prototype: { run: (...args: unknown[]) => Promise<unknown> } };
const run = sessions.prototype.run;
sessions.prototype.run = function keptRun(...args) {
  const again = (): Promise<unknown> => run.apply(this, args);
  kept.push(again);
  return again();
};

await serveInference(async (): Promise<Pipeline> => {
  const pipeline = await createPipeline(JSON.parse(process.argv[2] ?? '{}') as PipelineOptions);
  let scene: SceneDescription | undefined;
  return {
    info: pipeline.info,
    dispose: () => pipeline.dispose(),
    async run(request, hooks) {
      if (scene === undefined) scene = await pipeline.run(request, hooks);
      else for (const again of kept) await again();
      return scene;
    },
  };
});
