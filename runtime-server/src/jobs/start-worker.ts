/** An inference process that takes its jobs from a shared queue. */
import { InferenceProcess, type InferenceProcessOptions } from '../inference/process.js';
import type { PipelineInfo, PipelineOptions } from '../pipeline-types.js';
import { type Announcement, computedBy, toCapabilities, toProcessOptions } from '../server/backend.js';
import { RedisWorker, type RedisWorkerOptions } from './redis-worker.js';

export interface RunningWorker {
  info: PipelineInfo;
  /** Puts the running job back. */
  close(): Promise<void>;
}

/** Errors: queue-unreachable; pack-missing, pack-corrupt and device-unavailable from the models. */
export async function startWorker(
  url: string,
  inference: PipelineOptions | InferenceProcessOptions,
  options: RedisWorkerOptions,
): Promise<RunningWorker> {
  const runner = new InferenceProcess(toProcessOptions(inference));
  try {
    const info = await runner.ready;
    const announcement: Announcement = { capabilities: toCapabilities(info), computedBy: computedBy(info) };
    const worker = await RedisWorker.open(url, runner, announcement, options);
    return { info, close: () => worker.close() };
  } catch (thrown) {
    await runner.close();
    throw thrown;
  }
}
