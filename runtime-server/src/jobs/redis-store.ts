/**
 * Jobs in Redis, for all machines alike. Of each job:
 *
 *   PREFIX:job:ID           hash: client, priority, createdAt, state, runs, cancel, key
 *   PREFIX:job:ID:request   the request as msgpack; removed when the job has ended
 *   PREFIX:job:ID:events    stream: type, event as msgpack; entry N-0 is event N
 *   PREFIX:client:CLIENT    sorted set of job ids by createdAt
 *   PREFIX:answer:KEY       the finished job that answers this request
 *
 * What is told to others: channel PREFIX:events, the id of a job with a new event; channel PREFIX:cancel, the
 * id of a job to stop. Whoever misses one sees it at the next look.
 */
import { Redis } from 'ioredis';
import { isFinal, type JobState, type JobSummary, type Priority, SceneMakerError } from '@scenemaker/sdk';
import { type EncodedJobEvent, encodeEvent, type JobSubmission, type NumberedEvent } from './job-queue.js';

export const PREFIX = 'scenemaker';
export const EVENTS_CHANNEL = `${PREFIX}:events`;
export const CANCEL_CHANNEL = `${PREFIX}:cancel`;
export const CAPABILITIES = `${PREFIX}:capabilities`;

const jobKey = (jobId: string): string => `${PREFIX}:job:${jobId}`;
const clientKey = (client: string): string => `${PREFIX}:client:${client}`;
const answerKey = (key: string): string => `${PREFIX}:answer:${key}`;

/** How long an ended job is kept. */
const KEPT_SECONDS = 24 * 3600;

/**
 * Appends an event, unless the job has ended or is in a later run than the writer's: a worker that was
 * thought dead writes nothing more. Run 0 is any run. Gives the event's number, or 0.
 * KEYS: job, events. ARGV: run, type, event, milliseconds, state or '', final (1 or 0).
 */
const APPEND = `
local state = redis.call('HGET', KEYS[1], 'state')
if not state or state == 'done' or state == 'failed' or state == 'cancelled' then return 0 end
if ARGV[1] ~= '0' and redis.call('HGET', KEYS[1], 'runs') ~= ARGV[1] then return 0 end
if ARGV[1] == '0' and ARGV[2] == 'queued' and state ~= 'queued' then return 0 end
local number = redis.call('XLEN', KEYS[2]) + 1
redis.call('XADD', KEYS[2], number .. '-0', 'type', ARGV[2], 'event', ARGV[3], 'at', ARGV[4])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'state', ARGV[5]) end
return number`;

const STATES: Partial<Record<EncodedJobEvent['type'], JobState>> = {
  queued: 'queued',
  started: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

export interface StoredJob {
  client: string;
  priority: Priority;
  createdAt: number;
  state: JobState;
  runs: number;
  /** Someone wants it stopped. */
  cancel: boolean;
  key: string;
}

export class RedisStore {
  readonly redis: Redis;

  constructor(redis: Redis) {
    this.redis = redis;
  }

  /** Whether it is new. */
  async create({ jobId, client, priority, request }: JobSubmission, key: string): Promise<boolean> {
    const createdAt = Date.now();
    if ((await this.redis.hsetnx(jobKey(jobId), 'client', client)) === 0) return false;
    await this.redis
      .multi()
      .set(`${jobKey(jobId)}:request`, Buffer.from(request))
      .hset(jobKey(jobId), { priority, createdAt, runs: 0, key, state: 'queued' })
      .zadd(clientKey(client), createdAt, jobId)
      .exec();
    return true;
  }

  /** Errors: job-unknown. */
  async find(jobId: string): Promise<StoredJob> {
    const { client, priority, createdAt, state, runs, cancel, key } = await this.redis.hgetall(jobKey(jobId));
    if (client === undefined || state === undefined) {
      throw new SceneMakerError('job-unknown', `no job ${jobId} is known`, { given: jobId });
    }
    return {
      client,
      priority: priority as Priority,
      createdAt: Number(createdAt),
      state: state as JobState,
      runs: Number(runs),
      cancel: cancel === '1',
      key: key ?? '',
    };
  }

  async summary(jobId: string, queuePosition: number): Promise<JobSummary> {
    const { state, priority, createdAt } = await this.find(jobId);
    const lastEvent = await this.redis.xlen(`${jobKey(jobId)}:events`);
    return { jobId, state, priority, createdAt, lastEvent, queuePosition: state === 'queued' ? queuePosition : 0 };
  }

  async jobsOf(client: string): Promise<string[]> {
    const ids = await this.redis.zrange(clientKey(client), '0', '-1');
    const known = await Promise.all(ids.map((id) => this.redis.exists(jobKey(id))));
    const gone = ids.filter((_, i) => known[i] === 0);
    if (gone.length > 0) await this.redis.zrem(clientKey(client), ...gone);
    return ids.filter((_, i) => known[i] === 1);
  }

  request(jobId: string): Promise<Buffer | null> {
    return this.redis.getBuffer(`${jobKey(jobId)}:request`);
  }

  /** The number of this run, from 1. */
  startRun(jobId: string): Promise<number> {
    return this.redis.hincrby(jobKey(jobId), 'runs', 1);
  }

  /** Takes back a run that was broken off on purpose. */
  async putBack(jobId: string, run: number): Promise<void> {
    await this.append(jobId, run, encodeEvent({ type: 'queued', position: 0 }));
    await this.redis.hincrby(jobKey(jobId), 'runs', -1);
  }

  /** Gives whether it was taken. */
  async append(jobId: string, run: number, event: EncodedJobEvent): Promise<boolean> {
    const events = `${jobKey(jobId)}:events`;
    const [state = '', at] = [STATES[event.type], String(Date.now())];
    const args = [String(run), event.type, Buffer.from(event.bytes), at, state];
    const number = await this.redis.eval(APPEND, 2, jobKey(jobId), events, ...args);
    if (number === 0) return false;
    if (isFinal(event)) {
      const { client } = await this.find(jobId);
      await this.redis
        .multi()
        .del(`${jobKey(jobId)}:request`)
        .expire(jobKey(jobId), KEPT_SECONDS)
        .expire(events, KEPT_SECONDS)
        .expire(clientKey(client), KEPT_SECONDS)
        .exec();
    }
    await this.redis.publish(EVENTS_CHANNEL, jobId);
    return true;
  }

  /** The events after `afterEvent`, at most `count`. */
  async read(jobId: string, afterEvent: number, count: number): Promise<NumberedEvent[]> {
    const from = `(${afterEvent}-0`;
    const entries = await this.redis.xrangeBuffer(`${jobKey(jobId)}:events`, from, '+', 'COUNT', String(count));
    return entries.map(([id, fields]) => {
      const [, type, , bytes, , at] = fields;
      return {
        number: Number.parseInt(String(id), 10),
        type: String(type) as NumberedEvent['type'],
        bytes: new Uint8Array(bytes),
        at: Number(String(at)),
      };
    });
  }

  async answer(key: string): Promise<string | null> {
    if (key === '') return null;
    const jobId = await this.redis.get(answerKey(key));
    return jobId !== null && (await this.redis.exists(jobKey(jobId))) === 1 ? jobId : null;
  }

  async setAnswer(key: string, jobId: string): Promise<void> {
    if (key !== '') await this.redis.set(answerKey(key), jobId, 'EX', KEPT_SECONDS - 60);
  }

  async cancel(jobId: string): Promise<void> {
    await this.redis.hset(jobKey(jobId), 'cancel', '1');
    await this.redis.publish(CANCEL_CHANNEL, jobId);
  }
}

/** Errors: queue-unreachable, when nothing answers there. */
export async function connectRedis(url: string): Promise<Redis> {
  // BullMQ waits on connections for as long as it takes; the first answer must come soon.
  const redis = new Redis(url, {
    maxRetriesPerRequest: null,
    lazyConnect: true,
    connectTimeout: 5000,
    retryStrategy: (times) => Math.min(2000, 100 * times),
  });
  let problem: Error | undefined;
  redis.on('error', (error: Error) => (problem = error));
  const answered = await Promise.race([
    redis.connect().then(
      () => true,
      () => false,
    ),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 6000)),
  ]);
  if (answered) return redis;
  redis.disconnect();
  throw new SceneMakerError('queue-unreachable', `no Redis answers at ${url}`, { given: url, cause: problem });
}
