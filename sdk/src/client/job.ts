/** One job as the client sees it. */
import type { SceneDescription } from '../scene/description.js';
import {
  type ClientMessage,
  fromWireError,
  isFinal,
  type JobEvent,
  SceneMakerError,
  type ServerMessage,
} from '../protocol/index.js';

export type GenerateMessage = Extract<ClientMessage, { op: 'generate' }>;
type EventMessage = Extract<ServerMessage, { op: 'event' }>;

/** What a job needs of its client. */
export interface JobOwner {
  requestCancel(job: GenerationJob): void;
}

/**
 * A scene in the making. `for await (const event of job)` gives every event from the first one
 * on, whenever the loop begins, and ends after the final one; `await job.result` gives the scene.
 */
export class GenerationJob implements AsyncIterable<JobEvent> {
  readonly jobId: string;
  /** The finished scene. Rejects with the job's error, `cancelled`, or `connection-lost`. */
  readonly result: Promise<SceneDescription>;

  readonly #owner: JobOwner;
  readonly #events: JobEvent[] = [];
  /** Loops that wait for the next event. */
  #wake: (() => void)[] = [];
  #lastEvent: number;
  #ended = false;
  #failure: SceneMakerError | undefined;
  #settle!: { resolve: (scene: SceneDescription) => void; reject: (error: SceneMakerError) => void };

  /** @internal */
  constructor(owner: JobOwner, jobId: string, afterEvent = 0) {
    this.#owner = owner;
    this.jobId = jobId;
    this.#lastEvent = afterEvent;
    this.result = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    // Whoever only loops over the events sees the failure there.
    this.result.catch(() => {});
  }

  /** Number of the newest event seen: what `follow` takes to go on from here. */
  get lastEvent(): number {
    return this.#lastEvent;
  }

  /** Whether the final event came, or none can come any more. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Stops the job on the server; `result` then rejects with `cancelled`. Does nothing once it has ended. */
  cancel(): void {
    if (!this.#ended) this.#owner.requestCancel(this);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<JobEvent, void, undefined> {
    for (let next = 0; ;) {
      const event = this.#events[next];
      if (event) {
        next++;
        yield event;
      } else if (this.#ended) {
        if (this.#failure) throw this.#failure;
        return;
      } else {
        await new Promise<void>((resolve) => this.#wake.push(resolve));
      }
    }
  }

  /** @internal Takes an event off the wire. A number already seen is a repetition after a reconnect. */
  accept({ number, event }: EventMessage): void {
    if (this.#ended || number <= this.#lastEvent) return;
    if (number !== this.#lastEvent + 1) {
      throw new SceneMakerError('bad-request', `event ${number} of job ${this.jobId} came after ${this.#lastEvent}`);
    }
    this.#lastEvent = number;
    this.#events.push(event);
    if (event.type === 'done') this.#settle.resolve(event.scene);
    if (event.type === 'failed') this.#settle.reject(fromWireError(event.error));
    if (event.type === 'cancelled') this.#settle.reject(new SceneMakerError('cancelled', 'the job was cancelled'));
    this.#ended = isFinal(event);
    this.#wakeLoops();
  }

  /** @internal Ends the job without a final event. */
  fail(error: SceneMakerError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = error;
    this.#settle.reject(error);
    this.#wakeLoops();
  }

  #wakeLoops(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}

/** @internal A job with what is needed to ask for it again after a lost connection. */
export interface TrackedJob {
  job: GenerationJob;
  /** What to say until the server has accepted it. */
  ask?: GenerateMessage | undefined;
  cancelRequested: boolean;
}
