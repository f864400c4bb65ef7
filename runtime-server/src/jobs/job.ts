/** One job's state and its numbered events, which are kept on disk. */
import {
  fromWireError,
  decode,
  isFinal,
  type JobEvent,
  type JobEventType,
  type JobState,
  type JobSummary,
  SceneMakerError,
} from '@scenemaker/sdk';
import type { JobFiles, JobRecord } from './job-files.js';
import { DONE_HEAD_BYTES, type EncodedJobEvent, encodeEvent, type NumberedEvent } from './job-queue.js';

const STATES: Partial<Record<JobEventType, JobState>> = {
  queued: 'queued',
  started: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

export class Job {
  readonly #files: JobFiles;
  readonly #observe: (event: JobEventType) => void;
  #state: JobState;
  #runs: number;
  /** The newest event, which most followers want. */
  #newest: NumberedEvent | undefined;
  /** Those who wait for the next event. */
  #wake: (() => void)[] = [];
  /** Why events can be kept no more. */
  #broken: SceneMakerError | undefined;
  queuePosition = 0;

  constructor(files: JobFiles, observe: (event: JobEventType) => void) {
    this.#files = files;
    this.#observe = observe;
    const { types } = files;
    this.#state = types.map((type) => STATES[type]).findLast((state) => state !== undefined) ?? 'queued';
    this.#runs = types.slice(types.lastIndexOf('queued') + 1).filter((type) => type === 'started').length;
    if (this.ended) files.close();
  }

  get record(): JobRecord {
    return this.#files.record;
  }
  get client(): string {
    return this.record.client;
  }
  get priority(): JobRecord['priority'] {
    return this.record.priority;
  }
  get state(): JobState {
    return this.#state;
  }
  /** How often it was started since it last waited: more than once when runs were broken off. */
  get runs(): number {
    return this.#runs;
  }
  get ended(): boolean {
    return this.#state !== 'queued' && this.#state !== 'running';
  }
  /** Bytes on disk. */
  get bytes(): number {
    return this.#files.bytes;
  }

  get summary(): JobSummary {
    const { jobId, priority, createdAt } = this.record;
    const queuePosition = this.#state === 'queued' ? this.queuePosition : 0;
    return { jobId, state: this.#state, priority, queuePosition, lastEvent: this.#files.eventCount, createdAt };
  }

  request(): Promise<Uint8Array> {
    return this.#files.readRequest();
  }

  queue(position: number): void {
    if (this.#state === 'queued' && this.queuePosition === position && this.#files.eventCount > 0) return;
    this.queuePosition = position;
    this.#runs = 0;
    this.append(encodeEvent({ type: 'queued', position }));
  }

  start(fromCache: boolean): void {
    this.#runs++;
    this.append(encodeEvent({ type: 'started', ...(fromCache && { fromCache }) }));
  }

  /** Numbers an event other than the final one, keeps it and wakes the followers. Errors: output-unwritable. */
  append(event: EncodedJobEvent): void {
    const at = Date.now();
    try {
      this.#files.append(event, at);
    } catch (cause) {
      throw unkept(cause);
    }
    this.#newest = { ...event, number: this.#files.eventCount, at };
    this.#arrived(event.type);
  }

  /** Appends the final event; it is told when it is on disk. */
  async end(event: JobEvent | EncodedJobEvent): Promise<void> {
    try {
      await this.#files.finish('bytes' in event ? event : encodeEvent(event), Date.now());
      this.#arrived(event.type);
    } catch (cause) {
      this.#broken = unkept(cause);
      this.#state = 'failed';
      this.#files.close();
      this.#wakeAll();
      throw this.#broken;
    } finally {
      this.#newest = undefined;
    }
  }

  /** From event `afterEvent` on, to the final one or until `signal` is aborted. Errors: output-unwritable. */
  async *follow(afterEvent: number, signal: AbortSignal): AsyncGenerator<NumberedEvent, void, undefined> {
    for (let number = afterEvent + 1; !signal.aborted;) {
      if (number <= this.#toldCount) {
        const event = this.#newest?.number === number ? this.#newest : await this.#files.read(number);
        number++;
        yield event;
      } else if (this.#broken) throw this.#broken;
      else if (this.ended) return;
      else await this.#next(signal);
    }
  }

  /** The scene, behind `head`. Errors: bad-request while it is not done; the job's own failure. */
  async scene(head?: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#broken) throw this.#broken;
    const { jobId } = this.record;
    if (!this.ended) {
      throw new SceneMakerError('bad-request', `job ${jobId} is ${this.state}, not done`, {
        given: this.state,
        allowed: 'done',
      });
    }
    const { eventCount, lastType } = this.#files;
    if (lastType === 'done') return this.#files.readBehind(eventCount, DONE_HEAD_BYTES, head);
    const event = decode((await this.#files.read(eventCount)).bytes) as JobEvent;
    if (event.type === 'failed') throw fromWireError(event.error);
    throw new SceneMakerError('cancelled', `job ${jobId} was cancelled`);
  }

  /** What the run that ended it gave, without progress: what another job with the same request is answered. */
  *answer(): Generator<EncodedJobEvent> {
    const { types } = this.#files;
    for (let number = types.lastIndexOf('started') + 2; number <= types.length; number++) {
      if (types[number - 1] !== 'progress') yield this.#files.readNow(number);
    }
  }

  /** Without an end: the job goes on when its folder is opened again. */
  suspend(): void {
    this.#files.close();
  }

  remove(): Promise<void> {
    return this.#files.remove();
  }

  /** A final event counts once it is on disk. */
  get #toldCount(): number {
    const { lastType, eventCount } = this.#files;
    const pending = lastType !== undefined && isFinal({ type: lastType }) && !this.ended;
    return eventCount - (pending ? 1 : 0);
  }

  #arrived(type: JobEventType): void {
    this.#state = STATES[type] ?? this.#state;
    this.#observe(type);
    this.#wakeAll();
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }

  #next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      signal.addEventListener('abort', wake);
      this.#wake.push(wake);
    });
  }
}

function unkept(cause: unknown): SceneMakerError {
  return new SceneMakerError('output-unwritable', 'the events of the job cannot be kept', { cause });
}
