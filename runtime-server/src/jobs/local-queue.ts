/** The job queue of a single server: jobs are kept in a folder and run by the runners it is given. */
import { type JobSummary, SceneMakerError } from '@scenemaker/sdk';
import { FairOrder } from './fair-order.js';
import { Job } from './job.js';
import type { JobFiles } from './job-files.js';
import { JobFolder } from './job-folder.js';
import {
  type JobCounts,
  type JobObserver,
  type JobQueue,
  type JobRunner,
  type JobSubmission,
  MAX_RUNS,
  type NumberedEvent,
} from './job-queue.js';
import { KnownJobs, type KnownJobsLimits } from './known-jobs.js';
import { requestKey } from './request-key.js';
import { failJob, type Place, repeatAnswer, runJob } from './run-job.js';

export interface LocalQueueOptions extends Partial<KnownJobsLimits> {
  /** Where jobs are kept. Absent: in a temporary folder, for as long as this process lives. */
  folder?: string | undefined;
  /** Jobs that may wait. */
  maxQueuedJobs?: number;
  maxQueuedJobsPerClient?: number;
  /** A job that runs longer is ended. */
  maxJobSeconds?: number;
  /** What results depend on besides the request. The same request is answered from what is kept; absent: never. */
  computedBy?: string | undefined;
  observe?: JobObserver;
  /** A job on disk that cannot be read. */
  onUnreadable?: (folder: string, reason: unknown) => void;
}

export const LOCAL_QUEUE_DEFAULTS = {
  maxQueuedJobs: 200,
  maxQueuedJobsPerClient: 100,
  maxJobSeconds: 3600,
  maxKeptJobs: 500,
  maxKeptBytes: 4 * 1024 ** 3,
} as const satisfies LocalQueueOptions;

type Resolved = LocalQueueOptions & Required<Pick<LocalQueueOptions, keyof typeof LOCAL_QUEUE_DEFAULTS>>;

export class LocalQueue implements JobQueue {
  readonly #options: Resolved;
  readonly #folder: JobFolder;
  readonly #places: Place[];
  readonly #jobs = new KnownJobs();
  /** Jobs on their way to the disk, by id. */
  readonly #accepting = new Map<string, Promise<Job>>();
  readonly #order = new FairOrder<Job>();
  readonly #work = new Set<Promise<void>>();
  #closed = false;

  private constructor(runners: readonly JobRunner[], folder: JobFolder, options: Resolved) {
    this.#places = runners.map((runner) => ({ runner }));
    this.#folder = folder;
    this.#options = options;
  }

  /**
   * Opens the folder and goes on with what was not finished.
   * Errors: output-unwritable, folder-in-use.
   */
  static async open(runners: readonly JobRunner[], options: LocalQueueOptions = {}): Promise<LocalQueue> {
    const folder = await JobFolder.open(options.folder);
    const queue = new LocalQueue(runners, folder, { ...LOCAL_QUEUE_DEFAULTS, ...options });
    await queue.#load();
    return queue;
  }

  async submit(submission: JobSubmission): Promise<JobSummary> {
    const { jobId } = submission;
    const known = this.#jobs.get(jobId);
    if (known) return known.summary;
    if (this.#closed) throw new SceneMakerError('connection-lost', 'the server is closing');
    let accepting = this.#accepting.get(jobId);
    if (!accepting) {
      accepting = this.#accept(submission).finally(() => this.#accepting.delete(jobId));
      this.#accepting.set(jobId, accepting);
    }
    return (await accepting).summary;
  }

  async find(jobId: string): Promise<JobSummary> {
    return this.#find(jobId).summary;
  }

  follow(jobId: string, afterEvent: number, signal: AbortSignal): AsyncIterable<NumberedEvent> {
    return this.#find(jobId).follow(afterEvent, signal);
  }

  async cancel(jobId: string): Promise<void> {
    const job = this.#find(jobId);
    const place = this.#places.find((candidate) => candidate.job === job);
    if (place) {
      place.stop ??= 'cancelled';
      place.runner.cancel();
    } else if (this.#order.remove(job)) {
      await job.end({ type: 'cancelled' });
      this.#tellPositions();
    }
  }

  async fetch(jobId: string, head?: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    return this.#find(jobId).scene(head);
  }

  async list(client: string): Promise<JobSummary[]> {
    return this.#jobs.all().flatMap((job) => (job.client === client ? [job.summary] : []));
  }

  async counts(): Promise<JobCounts> {
    return { waiting: this.#order.count, running: this.#running };
  }

  async ready(): Promise<boolean> {
    return !this.#closed;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const place of this.#places) place.stop ??= 'closing';
    await Promise.all(this.#places.map(({ runner }) => runner.close()));
    await Promise.all([...this.#work, ...this.#accepting.values()].map((work) => work.catch(() => {})));
    for (const job of this.#jobs.all()) job.suspend();
    this.#folder.close();
  }

  get #running(): number {
    return this.#places.filter(({ job }) => job).length;
  }

  #find(jobId: string): Job {
    const job = this.#jobs.get(jobId);
    if (!job) throw new SceneMakerError('job-unknown', `no job ${jobId} is known`, { given: jobId });
    return job;
  }

  async #load(): Promise<void> {
    const interrupted: Job[] = [];
    for (const files of await this.#folder.load(this.#options.onUnreadable ?? (() => {}))) {
      const job = this.#add(files);
      if (job.state === 'done') this.#jobs.remember(job);
      else if (job.state === 'queued') this.#order.add(job);
      else if (job.state === 'running') interrupted.push(job);
    }
    this.#forgetOld();
    for (const job of interrupted) {
      if (job.runs < MAX_RUNS) this.#order.add(job);
      else await failJob(job, new SceneMakerError('inference-crashed', `the server ended in ${job.runs} of its runs`));
    }
    this.#next();
  }

  async #accept({ jobId, client, priority, request }: JobSubmission): Promise<Job> {
    this.#checkRoom(client);
    const { computedBy } = this.#options;
    const record = {
      version: 1 as const,
      jobId,
      client,
      priority,
      createdAt: Date.now(),
      requestKey: computedBy === undefined ? '' : requestKey(request, computedBy),
    };
    const job = this.#add(await this.#folder.create(record, request));
    const answer = this.#jobs.answerTo(record.requestKey);
    if (answer) {
      job.queue(0);
      this.#start(repeatAnswer(job, answer));
    } else {
      this.#order.add(job);
      this.#tellPositions();
      // After the caller has had its answer, so that the first position told is the one in the queue.
      setImmediate(() => this.#next());
    }
    return job;
  }

  /** Errors: queue-full. */
  #checkRoom(client: string): void {
    const { maxQueuedJobs, maxQueuedJobsPerClient } = this.#options;
    const all = this.#order.count + this.#accepting.size;
    const own = this.#order.countOf(client);
    if (all >= maxQueuedJobs) {
      throw new SceneMakerError('queue-full', `${all} jobs already wait, the limit`, { allowed: maxQueuedJobs });
    }
    if (own >= maxQueuedJobsPerClient) {
      throw new SceneMakerError('queue-full', `${own} jobs of this client already wait, the limit`, {
        allowed: maxQueuedJobsPerClient,
      });
    }
  }

  #add(files: JobFiles): Job {
    const { jobId, client } = files.record;
    const job = new Job(files, (event) => this.#options.observe?.({ jobId, client }, event));
    this.#jobs.add(job);
    return job;
  }

  /** Gives free runners what is next. */
  #next(): void {
    for (const place of this.#places) {
      if (this.#closed || place.job) continue;
      const job = this.#order.take();
      if (!job) break;
      place.job = job;
      place.stop = undefined;
      const answer = this.#jobs.answerTo(job.record.requestKey);
      const work = answer ? repeatAnswer(job, answer) : this.#run(job, place);
      this.#start(
        work.finally(() => {
          place.job = undefined;
          this.#forgetOld();
          this.#next();
        }),
      );
    }
    if (!this.#closed) this.#tellPositions();
  }

  /** Remembers work that `close` waits for. */
  #start(work: Promise<void>): void {
    const kept = work.finally(() => this.#work.delete(kept));
    this.#work.add(kept);
  }

  async #run(job: Job, place: Place): Promise<void> {
    if (await runJob(job, place, this.#options.maxJobSeconds)) this.#jobs.remember(job);
  }

  #tellPositions(): void {
    const running = this.#running;
    for (const [index, job] of this.#order.list().entries()) {
      try {
        job.queue(running + index);
      } catch {
        // Where a position cannot be kept, its run cannot be either, and says so.
      }
    }
  }

  #forgetOld(): void {
    for (const job of this.#jobs.forgetOld(this.#options)) this.#start(job.remove().catch(() => {}));
  }
}
