/**
 * The port between connections and whatever runs jobs. The implementation here keeps jobs in this
 * process; one on a broker serves the same sessions from many machines.
 */
import type { GenerateRequest, JobEvent, JobSummary, SceneDescription } from '@scenemaker/sdk';

export interface JobQueue {
  /**
   * Takes a job, or finds the one that already goes by this id; the request is then ignored.
   * Errors: queue-full.
   */
  submit(jobId: string, request: GenerateRequest): Promise<JobSummary>;
  /**
   * Gives the events after number `afterEvent`, then new ones as they come. They arrive after
   * this call has returned, in order. Call the result to stop. Errors: job-unknown.
   */
  follow(jobId: string, afterEvent: number, listener: EventListener): Promise<Following>;
  /** Stops a waiting or running job; does nothing to one that has ended. Errors: job-unknown. */
  cancel(jobId: string): Promise<void>;
  /** The scene of a finished job. Errors: job-unknown; bad-request while it is not done; the job's own failure. */
  fetch(jobId: string): Promise<SceneDescription>;
  list(): Promise<JobSummary[]>;
  counts(): { waiting: number; running: number };
  /** Ends running jobs and stops. */
  close(): Promise<void>;
}

export interface Following {
  summary: JobSummary;
  stop: () => void;
}

/** An encoded `event` message: made once, however many follow the job. */
export interface EncodedEvent {
  number: number;
  /** No event follows this one. */
  final: boolean;
  bytes: Uint8Array<ArrayBuffer>;
}

export type EventListener = (event: EncodedEvent) => void;

/** Runs one job at a time. */
export interface JobRunner {
  /**
   * Runs a job to its end. Rejects with a SceneMakerError, `cancelled` after `cancel`.
   * `onEvent` gets progress, previews and objects.
   */
  run(request: GenerateRequest, onEvent: (event: JobEvent) => void): Promise<SceneDescription>;
  /** Ends the run in progress within a second, whatever it is doing. */
  cancel(): void;
  close(): Promise<void>;
}
