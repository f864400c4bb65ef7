/** The job queue of a single server: first come, first served, kept in memory. */
import {
  decode,
  fromWireError,
  type GenerateRequest,
  type JobSummary,
  parseServerMessage,
  type SceneDescription,
  SceneMakerError,
  toWireError,
} from '@scenemaker/sdk';
import { Job } from './job.js';
import type { EventListener, Following, JobQueue, JobRunner } from './job-queue.js';

export interface InProcessQueueOptions {
  /** Jobs that may wait. */
  maxQueuedJobs?: number;
  /** Ended jobs that are kept for `resume` and `fetch`; the oldest go first. */
  maxKeptJobs?: number;
  /** Bytes that the events of ended jobs may take together. */
  maxKeptBytes?: number;
}

export const IN_PROCESS_QUEUE_DEFAULTS: Required<InProcessQueueOptions> = {
  maxQueuedJobs: 200,
  maxKeptJobs: 100,
  maxKeptBytes: 512 * 1024 * 1024,
};

export class InProcessQueue implements JobQueue {
  readonly #runner: JobRunner;
  readonly #options: Required<InProcessQueueOptions>;
  /** In the order of creation. */
  readonly #jobs = new Map<string, Job>();
  readonly #waiting: Job[] = [];
  #running: Job | undefined;
  #cancelling = false;
  #closed = false;

  constructor(runner: JobRunner, options: InProcessQueueOptions = {}) {
    this.#runner = runner;
    this.#options = { ...IN_PROCESS_QUEUE_DEFAULTS, ...options };
  }

  async submit(jobId: string, request: GenerateRequest): Promise<JobSummary> {
    const known = this.#jobs.get(jobId);
    if (known) return known.summary;
    const { maxQueuedJobs } = this.#options;
    if (this.#waiting.length >= maxQueuedJobs) {
      throw new SceneMakerError('queue-full', `${this.#waiting.length} jobs already wait, the limit`, {
        allowed: maxQueuedJobs,
      });
    }
    const job = new Job(jobId, request);
    this.#jobs.set(jobId, job);
    job.queuePosition = this.#waiting.length + (this.#running ? 1 : 0);
    this.#waiting.push(job);
    job.append({ type: 'queued', position: job.queuePosition });
    // After the caller has had its answer, so that events come behind it.
    setImmediate(() => this.#next());
    return job.summary;
  }

  async follow(jobId: string, afterEvent: number, listener: EventListener): Promise<Following> {
    const job = this.#find(jobId);
    const { summary } = job;
    let stop = (): void => {};
    let stopped = false;
    setImmediate(() => {
      if (!stopped) stop = job.follow(afterEvent, listener);
    });
    return {
      summary,
      stop: () => {
        stopped = true;
        stop();
      },
    };
  }

  async cancel(jobId: string): Promise<void> {
    const job = this.#find(jobId);
    if (job === this.#running) {
      this.#cancelling = true;
      this.#runner.cancel();
    } else if (!job.ended) {
      this.#waiting.splice(this.#waiting.indexOf(job), 1);
      job.state = 'cancelled';
      job.queuePosition = 0;
      job.append({ type: 'cancelled' });
      this.#tellPositions();
    }
  }

  async fetch(jobId: string): Promise<SceneDescription> {
    const job = this.#find(jobId);
    if (!job.ended || !job.newest) {
      throw new SceneMakerError('bad-request', `job ${jobId} is ${job.state}, not done`, {
        given: job.state,
        allowed: 'done',
      });
    }
    const message = parseServerMessage(decode(job.newest.bytes));
    if (message.op !== 'event') throw new SceneMakerError('internal', 'a job ended without an event');
    if (message.event.type === 'done') return message.event.scene;
    if (message.event.type === 'failed') throw fromWireError(message.event.error);
    throw new SceneMakerError('cancelled', `job ${jobId} was cancelled`);
  }

  async list(): Promise<JobSummary[]> {
    return [...this.#jobs.values()].map((job) => job.summary);
  }

  counts(): { waiting: number; running: number } {
    return { waiting: this.#waiting.length, running: this.#running ? 1 : 0 };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#runner.close();
  }

  #find(jobId: string): Job {
    const job = this.#jobs.get(jobId);
    if (!job) throw new SceneMakerError('job-unknown', `no job ${jobId} is known`, { given: jobId });
    return job;
  }

  #next(): void {
    if (this.#running || this.#closed) return;
    const job = this.#waiting.shift();
    if (!job) return;
    this.#running = job;
    this.#cancelling = false;
    job.state = 'running';
    job.queuePosition = 0;
    job.append({ type: 'started' });
    this.#tellPositions();
    void this.#run(job).finally(() => {
      this.#running = undefined;
      this.#forgetOld();
      this.#next();
    });
  }

  async #run(job: Job): Promise<void> {
    try {
      if (!job.request) throw new SceneMakerError('internal', 'the job has no request');
      const scene = await this.#runner.run(job.request, (event) => job.append(event));
      job.state = 'done';
      job.append({ type: 'done', scene });
    } catch (thrown) {
      const cancelled = this.#cancelling && SceneMakerError.from(thrown).code === 'cancelled';
      job.state = cancelled ? 'cancelled' : 'failed';
      job.append(cancelled ? { type: 'cancelled' } : { type: 'failed', error: toWireError(thrown) });
    }
  }

  #tellPositions(): void {
    for (const [index, job] of this.#waiting.entries()) {
      const position = index + (this.#running ? 1 : 0);
      if (position === job.queuePosition) continue;
      job.queuePosition = position;
      job.append({ type: 'queued', position });
    }
  }

  #forgetOld(): void {
    const ended = [...this.#jobs.values()].filter((job) => job.ended);
    let bytes = ended.reduce((total, job) => total + job.eventBytes, 0);
    let count = ended.length;
    for (const job of ended) {
      // The newest result is kept, however large.
      if (count === 1 || (count <= this.#options.maxKeptJobs && bytes <= this.#options.maxKeptBytes)) return;
      this.#jobs.delete(job.jobId);
      bytes -= job.eventBytes;
      count--;
    }
  }
}
