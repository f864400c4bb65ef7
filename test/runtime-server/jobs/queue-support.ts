/** A local queue whose jobs run when the test says so. Queues are closed after each test. */
import { afterEach, expect, vi } from 'vitest';
import { decode, encode, type JobEvent, type Priority, SceneMakerError } from '@scenemaker/sdk';
import { LocalQueue, type LocalQueueOptions } from '../../../runtime-server/src/jobs/local-queue.js';
import { type EncodedJobEvent, encodeEvent, type JobRunner } from '../../../runtime-server/src/jobs/job-queue.js';
import { exampleScene } from '../../support/example-scene.js';

export const request = encode({ picture: Uint8Array.of(1) });

/** How long a busy machine may take. */
export const PATIENCE = { timeout: 10_000, interval: 5 };

/** Runs whatever it is given, when told to. */
export class ManualRunner implements JobRunner {
  #settle: { resolve: (scene: Uint8Array) => void; reject: (error: unknown) => void } | undefined;
  emit: (event: JobEvent) => void = () => {};
  runs = 0;

  run(_: Uint8Array, onEvent: (event: EncodedJobEvent) => void): Promise<Uint8Array> {
    this.emit = (event) => onEvent(encodeEvent(event));
    this.runs++;
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }
  finish = (): Promise<void> => this.#end(() => this.#settle?.resolve(encode(exampleScene())));
  fail = (error: unknown): Promise<void> => this.#end(() => this.#settle?.reject(error));
  cancel = (): void => this.#settle?.reject(new SceneMakerError('cancelled', 'cancelled'));
  close = async (): Promise<void> => this.#settle?.reject(new SceneMakerError('cancelled', 'closing'));

  async #end(settle: () => void): Promise<void> {
    await vi.waitUntil(() => this.#settle !== undefined, PATIENCE);
    settle();
    this.#settle = undefined;
  }
}

export const queues = new Set<LocalQueue>();
afterEach(async () => {
  for (const queue of queues) await queue.close();
  queues.clear();
});

export async function start(options?: LocalQueueOptions) {
  const runner = new ManualRunner();
  const queue = await LocalQueue.open([runner], options);
  queues.add(queue);
  const submit = (jobId: string, client = 'me', priority: Priority = 'normal', asked = request) =>
    queue.submit({ jobId, client, priority, request: asked });
  return { runner, queue, submit };
}

export function follow(queue: LocalQueue, jobId: string, afterEvent = 0) {
  const events: { number: number; event: JobEvent }[] = [];
  const abort = new AbortController();
  const ended = (async () => {
    for await (const { number, bytes } of queue.follow(jobId, afterEvent, abort.signal)) {
      events.push({ number, event: decode(bytes) as JobEvent });
    }
  })();
  return {
    stop: () => abort.abort(),
    ended,
    events: () => events.map(({ event }) => event),
    types: () => events.map(({ event }) => event.type),
    numbers: () => events.map(({ number }) => number),
  };
}

async function states(queue: LocalQueue): Promise<Record<string, string>> {
  return Object.fromEntries((await queue.list('me')).map(({ jobId, state }) => [jobId, state]));
}

export async function expectStates(queue: LocalQueue, expected: Record<string, string>): Promise<void> {
  await vi.waitFor(async () => expect(await states(queue)).toEqual(expected), PATIENCE);
}
