/** Takes jobs off the Redis queue, one at a time, and runs them. */
import { type Job as BullJob, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { encode, SceneMakerError, toWireError } from '@scenemaker/sdk';
import { encodeDone, encodeEvent, type JobObserver, type JobRunner, MAX_RUNS } from './job-queue.js';
import { BULLMQ_QUEUE } from './redis-queue.js';
import { CANCEL_CHANNEL, CAPABILITIES, connectRedis, PREFIX, RedisStore } from './redis-store.js';

export interface RedisWorkerOptions {
  maxJobSeconds: number;
  observe?: JobObserver;
  /** A worker that does not say that it lives for this long is thought dead, and its job goes to another. */
  lockMillis?: number;
}

const LOCK_MILLIS = 10_000;

export class RedisWorker {
  readonly #runner: JobRunner;
  readonly #options: RedisWorkerOptions;
  readonly #store: RedisStore;
  readonly #connection: RedisStore['redis'];
  readonly #subscriber: Redis;
  readonly #worker: Worker;
  #running: string | undefined;
  #putBack: Promise<void> | undefined;
  #stop: 'cancelled' | 'timed-out' | 'closing' | undefined;

  private constructor(runner: JobRunner, store: RedisStore, subscriber: Redis, options: RedisWorkerOptions) {
    this.#runner = runner;
    this.#store = store;
    this.#subscriber = subscriber;
    this.#options = options;
    const lockDuration = options.lockMillis ?? LOCK_MILLIS;
    this.#connection = store.redis.duplicate({ lazyConnect: false });
    this.#worker = new Worker(BULLMQ_QUEUE, (job: BullJob) => this.#process(job), {
      connection: this.#connection,
      prefix: PREFIX,
      concurrency: 1,
      lockDuration,
      stalledInterval: lockDuration,
      // Runs are counted here.
      maxStalledCount: 1000,
    });
    this.#worker.on('error', () => {});
    subscriber.on('message', (_, jobId: string) => {
      if (jobId !== this.#running) return;
      this.#stop ??= 'cancelled';
      runner.cancel();
    });
  }

  /** Errors: queue-unreachable. `capabilities` is what gateways tell their clients. */
  static async open(
    url: string,
    runner: JobRunner,
    capabilities: object,
    options: RedisWorkerOptions,
  ): Promise<RedisWorker> {
    const redis = await connectRedis(url);
    const subscriber = redis.duplicate({ lazyConnect: false });
    subscriber.on('error', () => {});
    await subscriber.subscribe(CANCEL_CHANNEL);
    await redis.set(CAPABILITIES, Buffer.from(encode(capabilities)));
    return new RedisWorker(runner, new RedisStore(redis), subscriber, options);
  }

  /** Puts the running job back. */
  async close(): Promise<void> {
    this.#stop ??= 'closing';
    await this.#runner.close();
    while (this.#running !== undefined && !this.#putBack) await new Promise((resolve) => setTimeout(resolve, 10));
    await this.#putBack;
    await this.#worker.close(true);
    // BullMQ leaves open what it was given.
    this.#connection.disconnect();
    this.#subscriber.disconnect();
    this.#store.redis.disconnect();
  }

  async #process({ id: jobId = '' }: BullJob): Promise<void> {
    this.#running = jobId;
    this.#stop = undefined;
    try {
      while (!(await this.#runOnce(jobId)));
    } finally {
      this.#running = undefined;
    }
  }

  /** Gives whether the job needs no other run here. */
  async #runOnce(jobId: string): Promise<boolean> {
    const store = this.#store;
    const { client, cancel, key, state } = await store.find(jobId);
    if (state !== 'queued' && state !== 'running') return true;
    const run = await store.startRun(jobId);
    const end = async (event: Parameters<RedisStore['append']>[2]): Promise<true> => {
      if (await store.append(jobId, run, event)) this.#options.observe?.({ jobId, client }, event.type);
      return true;
    };
    const fail = (error: SceneMakerError) => end(encodeEvent({ type: 'failed', error: toWireError(error) }));
    if (cancel) return end(encodeEvent({ type: 'cancelled' }));
    if (run > MAX_RUNS) return fail(new SceneMakerError('inference-crashed', `its worker ended in ${MAX_RUNS} runs`));
    const answer = await store.answer(key);
    if (answer !== null) return this.#repeat(jobId, run, answer);
    const timer = setTimeout(() => {
      this.#stop ??= 'timed-out';
      this.#runner.cancel();
    }, this.#options.maxJobSeconds * 1000);
    // Events go to Redis one after the other, in the order in which they happened.
    let sent: Promise<unknown> = end(encodeEvent({ type: 'started' }));
    try {
      const request = await store.request(jobId);
      if (!request) throw new SceneMakerError('internal', 'the request of the job is gone');
      const scene = await this.#runner.run(request, (event) => {
        sent = sent.then(() => store.append(jobId, run, event));
        sent.catch(() => {});
      });
      await sent;
      await store.append(jobId, run, encodeDone(scene));
      await store.setAnswer(key, jobId);
      this.#options.observe?.({ jobId, client }, 'done');
      return true;
    } catch (thrown) {
      await sent.catch(() => {});
      const error = SceneMakerError.from(thrown);
      if (this.#stop === 'closing') {
        // A worker that is shut down is no crash: the run does not count. Its lock runs out, and another takes the job.
        this.#putBack = store.putBack(jobId, run);
        await this.#putBack;
        return new Promise(() => {});
      }
      if (this.#stop === 'cancelled') return end(encodeEvent({ type: 'cancelled' }));
      if (this.#stop === 'timed-out') {
        const { maxJobSeconds } = this.#options;
        return fail(new SceneMakerError('timed-out', `the job ran longer than ${maxJobSeconds} s, the limit`));
      }
      if (error.code === 'inference-crashed' && run < MAX_RUNS) return false;
      return fail(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #repeat(jobId: string, run: number, answer: string): Promise<true> {
    const store = this.#store;
    await store.append(jobId, run, encodeEvent({ type: 'started', fromCache: true }));
    const last = (await store.summary(answer, 0)).lastEvent;
    const events = await store.read(answer, 0, last);
    const start = events.findLastIndex(({ type }) => type === 'started');
    for (const event of events.slice(start + 1)) {
      if (event.type !== 'progress') await store.append(jobId, run, event);
    }
    return true;
  }
}
