/** What does the work behind a server: inference processes of its own. */
import type { Capabilities } from '@scenemaker/sdk';
import { PROGRESS_STAGES } from '@scenemaker/sdk';
import { InferenceProcess, type InferenceProcessOptions } from '../inference/process.js';
import { PICTURE_FORMATS } from '../input/picture.js';
import type { JobObserver, JobQueue } from '../jobs/job-queue.js';
import { LocalQueue } from '../jobs/local-queue.js';
import type { PipelineInfo, PipelineOptions } from '../pipeline-types.js';
import { GENERATOR } from '../version.js';
import type { Logger } from './log.js';
import type { ResolvedServerOptions } from './options.js';

export interface Backend {
  queue: JobQueue;
  /** Errors: queue-unreachable while nothing that could run a job is known. */
  capabilities: () => Promise<Capabilities>;
  /** Ids of the inference processes of this machine at the moment. */
  inferencePids(): number[];
}

export interface InferenceChoice {
  /** Which pipeline the inference processes make; or another module that serves inference. */
  inference: PipelineOptions | InferenceProcessOptions;
  /** Inference processes, each with its own models and one job at a time; 1. */
  workers?: number;
}

/** Errors: pack-missing, pack-corrupt and device-unavailable from the models; those of `LocalQueue.open`. */
export async function openLocalBackend(
  { inference, workers = 1 }: InferenceChoice,
  options: ResolvedServerOptions,
  observe: JobObserver,
  log: Logger,
): Promise<Backend> {
  const processes = Array.from({ length: workers }, () => new InferenceProcess(toProcessOptions(inference)));
  try {
    const [info] = await Promise.all(processes.map(({ ready }) => ready));
    const queue = await LocalQueue.open(processes, {
      ...options,
      folder: options.data,
      computedBy: options.cache ? computedBy(info) : undefined,
      observe,
      onUnreadable: (folder, reason) => log.warn({ folder, err: reason }, 'a job on disk cannot be read'),
    });
    // What the models can do stays the same when a process is started again.
    const capabilities = toCapabilities(info);
    return {
      queue,
      capabilities: async () => capabilities,
      inferencePids: () => processes.flatMap(({ pid }) => pid ?? []),
    };
  } catch (thrown) {
    await Promise.all(processes.map((process) => process.close()));
    throw thrown;
  }
}

/** What else than the request decides a result. */
export function computedBy({ pack, digest, executionProvider }: PipelineInfo): string {
  return [GENERATOR, pack, digest, executionProvider].join(' ');
}

export function toCapabilities({ pack, executionProvider, hints }: PipelineInfo): Capabilities {
  return { stages: [...PROGRESS_STAGES], pack, executionProvider, hints, pictureFormats: [...PICTURE_FORMATS] };
}

export function toProcessOptions(inference: PipelineOptions | InferenceProcessOptions): InferenceProcessOptions {
  if ('module' in inference) return inference;
  // Beside this module, compiled or not.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return {
    module: new URL(`../inference/child.${extension}`, import.meta.url),
    args: [JSON.stringify(inference)],
  };
}
