/**
 * The real pipeline with clocks: what it spent in `session.run`, by stage, and when each of its events happened are
 * told in a last warning, as JSON.
 */
import * as ort from 'onnxruntime-node';
import { createPipeline, type Pipeline, type PipelineOptions, serveInference } from '@scenemaker/runtime-server';

export interface Clocks {
  /** From the beginning of the pipeline to its end, milliseconds. */
  runMillis: number;
  /** Of that, in which a model ran, by stage; while several do it counts once. */
  modelMillis: Record<string, number>;
  /** CPU time of the process meanwhile, and of it that during model runs. */
  cpuMillis: { all: number; model: number };
  /** When each progress event happened, milliseconds since 1970. */
  progressAt: number[];
}

let stage = 'segment';
let modelMillis: Record<string, number> = {};
let modelCpuMillis = 0;
/** Runs in flight, and when the first of them began. */
let inFlight = 0;
let since = { stage, millis: 0, cpu: 0 };

function cpuMillis(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

// All sessions are made by this class.
const sessions = ort.InferenceSession as unknown as { prototype: { run: (...args: unknown[]) => Promise<unknown> } };
const run = sessions.prototype.run;
sessions.prototype.run = async function timedRun(...args) {
  if (inFlight++ === 0) since = { stage, millis: performance.now(), cpu: cpuMillis() };
  try {
    return await run.apply(this, args);
  } finally {
    if (--inFlight === 0) {
      modelMillis[since.stage] = (modelMillis[since.stage] ?? 0) + performance.now() - since.millis;
      modelCpuMillis += cpuMillis() - since.cpu;
    }
  }
};

await serveInference(async (): Promise<Pipeline> => {
  const pipeline = await createPipeline(JSON.parse(process.argv[2] ?? '{}') as PipelineOptions);
  return {
    info: pipeline.info,
    dispose: () => pipeline.dispose(),
    async run(request, hooks = {}) {
      modelMillis = {};
      modelCpuMillis = 0;
      const progressAt: number[] = [];
      const [begin, cpu] = [performance.now(), cpuMillis()];
      const scene = await pipeline.run(request, {
        ...hooks,
        onProgress(progress) {
          stage = progress.stage;
          progressAt.push(performance.timeOrigin + performance.now());
          hooks.onProgress?.(progress);
        },
      });
      const clocks: Clocks = {
        runMillis: performance.now() - begin,
        modelMillis,
        cpuMillis: { all: cpuMillis() - cpu, model: modelCpuMillis },
        progressAt,
      };
      hooks.onWarning?.({ message: JSON.stringify(clocks) });
      return scene;
    },
  };
});
