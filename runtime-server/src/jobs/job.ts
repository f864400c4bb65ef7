/** One job's state and its numbered events. */
import {
  encode,
  type GenerateRequest,
  isFinal,
  type JobEvent,
  type JobState,
  type JobSummary,
  type ServerMessage,
} from '@scenemaker/sdk';
import type { EncodedEvent, EventListener } from './job-queue.js';

export class Job {
  readonly jobId: string;
  readonly createdAt = Date.now();
  state: JobState = 'queued';
  queuePosition = 0;
  /** Set free when the job has ended. */
  request: GenerateRequest | undefined;
  /** Bytes that the events take. */
  eventBytes = 0;
  readonly #events: EncodedEvent[] = [];
  readonly #listeners = new Set<EventListener>();

  constructor(jobId: string, request: GenerateRequest) {
    this.jobId = jobId;
    this.request = request;
  }

  get ended(): boolean {
    return this.state !== 'queued' && this.state !== 'running';
  }

  get summary(): JobSummary {
    const { jobId, state, queuePosition, createdAt } = this;
    return { jobId, state, queuePosition, lastEvent: this.#events.length, createdAt };
  }

  get newest(): EncodedEvent | undefined {
    return this.#events.at(-1);
  }

  /** Numbers an event, keeps it and tells the followers. */
  append(event: JobEvent): void {
    const number = this.#events.length + 1;
    const message = { op: 'event', jobId: this.jobId, number, at: Date.now(), event } satisfies ServerMessage;
    const encoded = { number, final: isFinal(event), bytes: encode(message) };
    this.#events.push(encoded);
    this.eventBytes += encoded.bytes.length;
    if (encoded.final) this.request = undefined;
    for (const listener of this.#listeners) listener(encoded);
    if (encoded.final) this.#listeners.clear();
  }

  follow(afterEvent: number, listener: EventListener): () => void {
    for (const event of this.#events.slice(afterEvent)) listener(event);
    if (!this.ended) this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
