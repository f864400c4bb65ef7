/**
 * The port between connections and whatever runs jobs. `local-queue.ts` keeps jobs in a folder of this
 * machine and runs them here; `redis-queue.ts` shares them among machines.
 *
 * Requests, events and scenes are bytes here, msgpack as on the wire: they are encoded once, where they
 * are made, and nothing between reads them.
 */
import {
  encode,
  encodeAround,
  type JobEvent,
  type JobEventType,
  type JobSummary,
  type Priority,
} from '@scenemaker/sdk';

export interface JobSubmission {
  jobId: string;
  /** Who asks: jobs are listed, and take turns, by it. */
  client: string;
  priority: Priority;
  /** A checked `GenerateRequest`. */
  request: Uint8Array<ArrayBuffer>;
}

export interface JobQueue {
  /**
   * Takes a job, or finds the one that already goes by this id; the rest is then ignored. When this has
   * returned, the job outlives the end of this process. Errors: queue-full; connection-lost while it closes.
   */
  submit(submission: JobSubmission): Promise<JobSummary>;
  /** Errors: job-unknown. */
  find(jobId: string): Promise<JobSummary>;
  /**
   * The events after number `afterEvent`, then new ones as they come, to the final one. Those that are
   * not yet asked for wait where the queue keeps them, not in memory. Errors: job-unknown.
   */
  follow(jobId: string, afterEvent: number, signal: AbortSignal): AsyncIterable<NumberedEvent>;
  /** Stops a waiting or running job; does nothing to one that has ended. Errors: job-unknown. */
  cancel(jobId: string): Promise<void>;
  /**
   * The scene of a finished job, behind `head`, so that a message that ends in it is made without a copy.
   * Errors: job-unknown; bad-request while it is not done; the job's own failure.
   */
  fetch(jobId: string, head?: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
  /** The jobs of a client, oldest first. */
  list(client: string): Promise<JobSummary[]>;
  counts(): Promise<JobCounts>;
  /** Whether jobs submitted now would run. */
  ready(): Promise<boolean>;
  /** Stops running jobs, which run again when the queue is opened next, and lets go of what it holds. */
  close(): Promise<void>;
}

export interface JobCounts {
  waiting: number;
  running: number;
}

/** A `JobEvent` as msgpack. */
export interface EncodedJobEvent {
  type: JobEventType;
  bytes: Uint8Array;
}

export interface NumberedEvent extends EncodedJobEvent {
  number: number;
  /** Milliseconds since 1970. */
  at: number;
}

export function encodeEvent(event: JobEvent): EncodedJobEvent {
  return { type: event.type, bytes: encode(event) };
}

/** The `event` message of the wire. */
export function encodeEventMessage(jobId: string, { number, at, bytes }: NumberedEvent): Uint8Array<ArrayBuffer> {
  return encodeAround({ op: 'event', jobId, number, at }, 'event', bytes);
}

/** The final event of a job that made this scene. */
export function encodeDone(scene: Uint8Array): EncodedJobEvent {
  return { type: 'done', bytes: encodeAround({ type: 'done' }, 'scene', scene) };
}

/** What `encodeDone` puts before the scene. */
export const DONE_HEAD_BYTES = encodeAround({ type: 'done' }, 'scene').length;

/** Runs one job at a time. */
export interface JobRunner {
  /**
   * Runs a job to its end and gives the scene. Rejects with a SceneMakerError, `cancelled` after `cancel`
   * or `close`. `onEvent` gets progress, previews, objects and warnings.
   */
  run(request: Uint8Array, onEvent: (event: EncodedJobEvent) => void): Promise<Uint8Array>;
  /** Ends the run in progress within a second, whatever it is doing. */
  cancel(): void;
  close(): Promise<void>;
}

/** Told of every event of every job, for logs and metrics. */
export type JobObserver = (job: Pick<JobSummary, 'jobId'> & { client: string }, event: JobEventType) => void;

/** A run that is broken off, by a crash of the inference process or of the server, is repeated once. */
export const MAX_RUNS = 2;
