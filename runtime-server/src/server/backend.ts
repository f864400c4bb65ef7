/** What does the work behind a server: inference processes of its own, or workers that share a queue with it. */
import { setTimeout } from 'node:timers/promises';
import { type Capabilities, decode, PROGRESS_STAGES, SceneMakerError } from '@scenemaker/sdk';
import { InferenceProcess, type InferenceProcessOptions } from '../inference/process.js';
import { PICTURE_FORMATS } from '../input/picture.js';
import type { JobObserver, JobQueue } from '../jobs/job-queue.js';
import { LocalQueue } from '../jobs/local-queue.js';
import { RedisQueue } from '../jobs/redis-queue.js';
import { CAPABILITIES } from '../jobs/redis-store.js';
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
    for (const { device, reason } of info.refusedDevices) log.info({ device, reason }, 'device not taken');
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

/** How often a gateway without workers looks for the first. */
const WORKER_MILLIS = 250;

/** Waits until a worker has said what it can do. Errors: queue-unreachable. */
export async function openRedisBackend(
  url: string,
  options: ResolvedServerOptions,
  observe: JobObserver,
  log: Logger,
): Promise<Backend> {
  const computedBy = async () => (await announced()).computedBy;
  const queue = await RedisQueue.open(url, { ...options, observe, computedBy: options.cache ? computedBy : undefined });
  const announced = async (): Promise<Announcement> => {
    const bytes = await queue.store.redis.getBuffer(CAPABILITIES);
    if (bytes) return decode(new Uint8Array(bytes)) as Announcement;
    throw new SceneMakerError('queue-unreachable', `no worker has taken jobs from ${url} yet`, { given: url });
  };
  try {
    for (let looks = 0; !(await queue.store.redis.exists(CAPABILITIES)); looks++) {
      if (looks === 0) log.warn('waiting for the first worker of the queue');
      await setTimeout(WORKER_MILLIS);
    }
  } catch (thrown) {
    await queue.close();
    throw thrown;
  }
  return { queue, capabilities: async () => (await announced()).capabilities, inferencePids: () => [] };
}

/** What a worker tells all gateways of itself. */
export interface Announcement {
  capabilities: Capabilities;
  computedBy: string;
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
    ...(inference.threads !== undefined && { threads: inference.threads }),
  };
}
