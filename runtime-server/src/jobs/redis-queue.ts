/**
 * The job queue of a gateway: BullMQ on Redis holds what waits, workers on any machine take it
 * (`redis-worker.ts`), and any gateway serves any client's job.
 */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { concatenate, decode, fromWireError, type JobEvent, type JobSummary, SceneMakerError } from '@scenemaker/sdk';
import { TURN } from './fair-order.js';
import {
  DONE_HEAD_BYTES,
  encodeEvent,
  type JobCounts,
  type JobObserver,
  type JobQueue,
  type JobSubmission,
  type NumberedEvent,
} from './job-queue.js';
import { connectRedis, EVENTS_CHANNEL, PREFIX, RedisStore } from './redis-store.js';
import { requestKey } from './request-key.js';

export interface RedisQueueOptions {
  maxQueuedJobs: number;
  maxQueuedJobsPerClient: number;
  /** Undefined: no request is answered from what is kept. */
  computedBy?: (() => Promise<string>) | undefined;
  observe?: JobObserver;
}

export const BULLMQ_QUEUE = 'jobs';

/** Events read at once for a follower. */
const READ_EVENTS = 16;
/** A message of Redis may be lost with a connection: followers look for themselves this often. */
const LOOK_MILLIS = 2000;
/** BullMQ's priorities are whole numbers up to 2^21; a normal turn is this long. */
const TURN_UNITS = 4;
const MAX_PRIORITY = 2 ** 21;

export class RedisQueue implements JobQueue {
  readonly #options: RedisQueueOptions;
  readonly #store: RedisStore;
  readonly #subscriber: Redis;
  readonly #queue: Queue;
  /** Followers on this gateway that wait, by job. */
  readonly #waiting = new Map<string, Set<() => void>>();
  #closed = false;

  private constructor(store: RedisStore, subscriber: Redis, queue: Queue, options: RedisQueueOptions) {
    this.#store = store;
    this.#subscriber = subscriber;
    this.#queue = queue;
    this.#options = options;
    subscriber.on('message', (_, jobId: string) => this.#wake(jobId));
    subscriber.on('ready', () => [...this.#waiting.keys()].forEach((jobId) => this.#wake(jobId)));
  }

  /** Errors: queue-unreachable. */
  static async open(url: string, options: RedisQueueOptions): Promise<RedisQueue> {
    const redis = await connectRedis(url);
    const subscriber = redis.duplicate({ lazyConnect: false });
    subscriber.on('error', () => {});
    await subscriber.subscribe(EVENTS_CHANNEL);
    const queue = new Queue(BULLMQ_QUEUE, { connection: redis, prefix: PREFIX });
    queue.on('error', () => {});
    return new RedisQueue(new RedisStore(redis), subscriber, queue, options);
  }

  async submit(submission: JobSubmission): Promise<JobSummary> {
    const { jobId, request, client } = submission;
    const computedBy = await this.#options.computedBy?.();
    const key = computedBy === undefined ? '' : requestKey(request, computedBy);
    const known = await this.#store.find(jobId).catch(() => undefined);
    if (!known) {
      await this.#checkRoom(client);
      if (await this.#store.create(submission, key)) this.#options.observe?.({ jobId, client }, 'queued');
    }
    // Again for one that is known, in case the gateway that took it came no further. BullMQ ignores a known id.
    const { state, priority } = known ?? { state: 'queued', priority: submission.priority };
    if (state === 'queued') {
      await this.#queue.add(
        'generate',
        { client },
        {
          jobId,
          priority: await this.#turnOf(client, TURN[priority]),
          removeOnComplete: true,
          removeOnFail: true,
        },
      );
      if ((await this.#store.read(jobId, 0, 1)).length === 0) await this.#tellPosition(jobId);
    }
    return this.find(jobId);
  }

  async find(jobId: string): Promise<JobSummary> {
    return this.#store.summary(jobId, await this.#position(jobId));
  }

  async *follow(
    jobId: string,
    afterEvent: number,
    signal: AbortSignal,
  ): AsyncGenerator<NumberedEvent, void, undefined> {
    await this.#store.find(jobId);
    for (let last = afterEvent, ended = false; !signal.aborted;) {
      const arrived = this.#next(jobId, signal);
      const events = await this.#store.read(jobId, last, READ_EVENTS);
      for (const event of events) {
        last = event.number;
        yield event;
        if (event.type === 'done' || event.type === 'failed' || event.type === 'cancelled') return;
      }
      if (events.length > 0) continue;
      if (ended) return;
      const { state } = await this.#store.find(jobId);
      if (state === 'queued') await this.#tellPosition(jobId);
      // It may have ended since its events were read: its last ones are read before this ends too.
      ended = state !== 'queued' && state !== 'running';
      if (!ended) await arrived;
    }
  }

  async cancel(jobId: string): Promise<void> {
    const { state } = await this.#store.find(jobId);
    if (state !== 'queued' && state !== 'running') return;
    await this.#store.cancel(jobId);
    // One that no worker has taken is taken out; a worker that has it stops it.
    const removed = await this.#queue.remove(jobId).catch(() => 0);
    if (removed === 1) await this.#store.append(jobId, 0, encodeEvent({ type: 'cancelled' }));
  }

  async fetch(jobId: string, head: Uint8Array = new Uint8Array(0)): Promise<Uint8Array<ArrayBuffer>> {
    const { state, lastEvent } = await this.find(jobId);
    const [last] = await this.#store.read(jobId, lastEvent - 1, 1);
    if (last?.type === 'done') return concatenate([head, last.bytes.subarray(DONE_HEAD_BYTES)]);
    if (last?.type === 'failed') {
      const event = decode(last.bytes) as Extract<JobEvent, { type: 'failed' }>;
      throw fromWireError(event.error);
    }
    if (state === 'cancelled') throw new SceneMakerError('cancelled', `job ${jobId} was cancelled`);
    throw new SceneMakerError('bad-request', `job ${jobId} is ${state}, not done`, { given: state, allowed: 'done' });
  }

  async list(client: string): Promise<JobSummary[]> {
    return Promise.all((await this.#store.jobsOf(client)).map((jobId) => this.find(jobId)));
  }

  async counts(): Promise<JobCounts> {
    const { wait = 0, prioritized = 0, active = 0 } = await this.#queue.getJobCounts('wait', 'prioritized', 'active');
    return { waiting: wait + prioritized, running: active };
  }

  async ready(): Promise<boolean> {
    return !this.#closed && this.#store.redis.status === 'ready' && (await this.#queue.getWorkersCount()) > 0;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#queue.close();
    this.#subscriber.disconnect();
    this.#store.redis.disconnect();
  }

  get store(): RedisStore {
    return this.#store;
  }

  /** Errors: queue-full. */
  async #checkRoom(client: string): Promise<void> {
    const { maxQueuedJobs, maxQueuedJobsPerClient } = this.#options;
    const { waiting } = await this.counts();
    if (waiting >= maxQueuedJobs) {
      throw new SceneMakerError('queue-full', `${waiting} jobs already wait, the limit`, { allowed: maxQueuedJobs });
    }
    const own = (await this.list(client)).filter(({ state }) => state === 'queued').length;
    if (own >= maxQueuedJobsPerClient) {
      throw new SceneMakerError('queue-full', `${own} jobs of this client already wait, the limit`, {
        allowed: maxQueuedJobsPerClient,
      });
    }
  }

  /**
   * When a new job of this client is due: as in `FairOrder`, one turn after its last, but not before the clock,
   * which is where the queue is. All start over when nothing waits.
   */
  async #turnOf(client: string, turn: number): Promise<number> {
    const { redis } = this.#store;
    const turns = `${PREFIX}:turns`;
    const [next] = await this.#queue.getPrioritized(0, 0);
    if (!next) await redis.del(turns);
    const clock = next?.opts.priority ?? 0;
    const last = Number((await redis.hget(turns, client)) ?? 0);
    const due = Math.min(MAX_PRIORITY, Math.max(clock - 1, last) + Math.ceil(turn * TURN_UNITS));
    await redis.hset(turns, client, due);
    return due;
  }

  /** How many jobs are ahead; 0 for one that does not wait. */
  async #position(jobId: string): Promise<number> {
    const rank = await this.#store.redis.zrank(`${PREFIX}:${BULLMQ_QUEUE}:prioritized`, jobId);
    return rank === null ? 0 : rank + (await this.#queue.getActiveCount());
  }

  async #tellPosition(jobId: string): Promise<void> {
    const position = await this.#position(jobId);
    const { lastEvent } = await this.find(jobId);
    const [newest] = await this.#store.read(jobId, Math.max(0, lastEvent - 1), 1);
    const told = newest?.type === 'queued' ? (decode(newest.bytes) as { position: number }).position : undefined;
    if (told !== position) await this.#store.append(jobId, 0, encodeEvent({ type: 'queued', position }));
  }

  #wake(jobId: string): void {
    const waiting = this.#waiting.get(jobId);
    this.#waiting.delete(jobId);
    for (const wake of waiting ?? []) wake();
  }

  #next(jobId: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(jobId) ?? new Set();
      this.#waiting.set(jobId, waiting);
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, LOOK_MILLIS);
      signal.addEventListener('abort', wake);
      waiting.add(wake);
    });
  }
}
