import { mkdtemp, rm, appendFile, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { decode, encode, type JobEvent, type Priority, SceneMakerError } from '@scenemaker/sdk';
import { LocalQueue, type LocalQueueOptions } from '../../../runtime-server/src/jobs/local-queue.js';
import { type EncodedJobEvent, encodeEvent, type JobRunner } from '../../../runtime-server/src/jobs/job-queue.js';
import { exampleScene } from '../../support/example-scene.js';

const request = encode({ picture: Uint8Array.of(1) });

/** How long a busy machine may take. */
const PATIENCE = { timeout: 10_000, interval: 5 };

/** Runs whatever it is given, when told to. */
class ManualRunner implements JobRunner {
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

const queues = new Set<LocalQueue>();
afterEach(async () => {
  for (const queue of queues) await queue.close();
  queues.clear();
});

async function start(options?: LocalQueueOptions) {
  const runner = new ManualRunner();
  const queue = await LocalQueue.open([runner], options);
  queues.add(queue);
  const submit = (jobId: string, client = 'me', priority: Priority = 'normal', asked = request) =>
    queue.submit({ jobId, client, priority, request: asked });
  return { runner, queue, submit };
}

function follow(queue: LocalQueue, jobId: string, afterEvent = 0) {
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

async function expectStates(queue: LocalQueue, expected: Record<string, string>): Promise<void> {
  await vi.waitFor(async () => expect(await states(queue)).toEqual(expected), PATIENCE);
}

describe('events', () => {
  test('are numbered from 1 without a gap, for those who follow from the start and those who come later', async () => {
    const { queue, runner, submit } = await start();
    await submit('job');
    const early = follow(queue, 'job');
    await expectStates(queue, { job: 'running' });
    await vi.waitFor(() => expect(runner.runs).toBe(1), PATIENCE);
    runner.emit({ type: 'progress', stage: 'depth', fraction: 0.5 });
    const late = follow(queue, 'job', 2);
    await runner.finish();
    await Promise.all([early.ended, late.ended]);
    expect(early.types()).toEqual(['queued', 'started', 'progress', 'done']);
    expect(early.numbers()).toEqual([1, 2, 3, 4]);
    expect(late.numbers()).toEqual([3, 4]);
  });

  test('stop when the follower does', async () => {
    const { queue, runner, submit } = await start();
    await submit('job');
    const some = follow(queue, 'job');
    await vi.waitFor(() => expect(some.types()).toEqual(['queued', 'started']), PATIENCE);
    some.stop();
    await some.ended;
    await runner.finish();
    await expectStates(queue, { job: 'done' });
    expect(some.types()).toEqual(['queued', 'started']);
  });
});

describe('jobs', () => {
  test('run in the order they came, one at a time', async () => {
    const { queue, runner, submit } = await start();
    for (const jobId of ['a', 'b', 'c']) await submit(jobId);
    await expectStates(queue, { a: 'running', b: 'queued', c: 'queued' });
    await runner.finish();
    await expectStates(queue, { a: 'done', b: 'running', c: 'queued' });
    expect(await queue.counts()).toEqual({ waiting: 1, running: 1 });
  });

  test('of two runners run two at a time', async () => {
    const runners = [new ManualRunner(), new ManualRunner()];
    const queue = await LocalQueue.open(runners);
    queues.add(queue);
    for (const jobId of ['a', 'b', 'c']) await queue.submit({ jobId, client: 'me', priority: 'normal', request });
    await expectStates(queue, { a: 'running', b: 'running', c: 'queued' });
    expect((await queue.find('c')).queuePosition).toBe(2);
    await runners[1]?.finish();
    await expectStates(queue, { a: 'running', b: 'done', c: 'running' });
  });

  test('one that fails leaves the next its turn, and keeps its error', async () => {
    const { queue, runner, submit } = await start();
    await submit('a');
    await submit('b');
    await runner.fail(new SceneMakerError('depth-invalid', 'no', { given: 1 }));
    await expectStates(queue, { a: 'failed', b: 'running' });
    await expect(queue.fetch('a')).rejects.toMatchObject({ code: 'depth-invalid', details: { given: 1 } });
  });

  test('one that reports cancelled without having been cancelled has failed', async () => {
    const { queue, runner, submit } = await start();
    await submit('a');
    await runner.fail(new SceneMakerError('cancelled', 'the server is closing'));
    await expectStates(queue, { a: 'failed' });
  });

  test('one whose run crashes runs again, and fails when it crashes again', async () => {
    const { queue, runner, submit } = await start();
    await submit('a');
    await submit('b');
    const events = follow(queue, 'a');
    for (let run = 0; run < 2; run++) await runner.fail(new SceneMakerError('inference-crashed', 'it crashed'));
    await events.ended;
    expect(events.types()).toEqual(['queued', 'started', 'started', 'failed']);
    expect(events.events().at(-1)).toMatchObject({ error: { code: 'inference-crashed' } });
    await expectStates(queue, { a: 'failed', b: 'running' });
  });

  test('one that runs too long is ended', async () => {
    const { queue, submit } = await start({ maxJobSeconds: 0.05 });
    await submit('a');
    await expectStates(queue, { a: 'failed' });
    await expect(queue.fetch('a')).rejects.toMatchObject({ code: 'timed-out', details: { allowed: 0.05 } });
  });

  test('cancelling moves up those behind', async () => {
    const { queue, submit } = await start();
    for (const jobId of ['a', 'b', 'c']) await submit(jobId);
    await expectStates(queue, { a: 'running', b: 'queued', c: 'queued' });
    await queue.cancel('b');
    expect((await queue.list('me')).map(({ queuePosition }) => queuePosition)).toEqual([0, 0, 1]);
    await queue.cancel('a');
    await expectStates(queue, { a: 'cancelled', b: 'cancelled', c: 'running' });
  });

  test('cancelling one that has ended changes nothing', async () => {
    const { queue, runner, submit } = await start();
    await submit('a');
    await runner.finish();
    await expectStates(queue, { a: 'done' });
    await queue.cancel('a');
    await expectStates(queue, { a: 'done' });
  });

  test('a second one by the same name is the first, also while the first is being accepted', async () => {
    const { queue, submit } = await start();
    await Promise.all([submit('a'), submit('a')]);
    await expectStates(queue, { a: 'running' });
    expect(await submit('a')).toMatchObject({ jobId: 'a', state: 'running' });
    expect(await queue.counts()).toEqual({ waiting: 0, running: 1 });
  });

  test('more than may wait are refused, and fit again when there is room', async () => {
    const { queue, runner, submit } = await start({ maxQueuedJobs: 1 });
    await submit('a');
    await expectStates(queue, { a: 'running' });
    await submit('b');
    await expect(submit('c')).rejects.toMatchObject({ code: 'queue-full', details: { allowed: 1 } });
    await runner.finish();
    await expectStates(queue, { a: 'done', b: 'running' });
    await expect(submit('c')).resolves.toMatchObject({ queuePosition: 1 });
  });

  test('of a client that has as many waiting as it may are refused, those of others are not', async () => {
    const { queue, submit } = await start({ maxQueuedJobsPerClient: 1 });
    await submit('a');
    await expectStates(queue, { a: 'running' });
    await submit('b');
    await expect(submit('c')).rejects.toMatchObject({ code: 'queue-full', details: { allowed: 1 } });
    await expect(submit('d', 'other')).resolves.toMatchObject({ state: 'queued' });
  });

  test('are listed to the client that asked for them', async () => {
    const { queue, submit } = await start();
    await submit('a', 'me', 'high');
    await submit('b', 'other');
    expect(await queue.list('me')).toMatchObject([{ jobId: 'a', priority: 'high' }]);
    expect(await queue.list('other')).toMatchObject([{ jobId: 'b' }]);
    expect(await queue.list('nobody')).toEqual([]);
  });
});

describe('results', () => {
  test('are kept, the oldest going first when there are too many', async () => {
    const { queue, runner, submit } = await start({ maxKeptJobs: 2 });
    for (const jobId of ['a', 'b', 'c']) {
      await submit(jobId);
      await runner.finish();
      await vi.waitFor(async () => expect(await queue.counts()).toEqual({ waiting: 0, running: 0 }), PATIENCE);
    }
    await expectStates(queue, { b: 'done', c: 'done' });
    expect(decode(await queue.fetch('c'))).toEqual(exampleScene());
    await expect(queue.fetch('a')).rejects.toMatchObject({ code: 'job-unknown' });
  });

  test('are bounded in bytes, but the newest is always kept', async () => {
    const { queue, runner, submit } = await start({ maxKeptBytes: 10 });
    for (const jobId of ['a', 'b']) {
      await submit(jobId);
      await runner.finish();
      await vi.waitFor(async () => expect(await queue.counts()).toEqual({ waiting: 0, running: 0 }), PATIENCE);
    }
    await expectStates(queue, { b: 'done' });
  });

  test('are not there before the job is done', async () => {
    const { queue, submit } = await start();
    await submit('a');
    await expect(queue.fetch('a')).rejects.toMatchObject({ code: 'bad-request', details: { allowed: 'done' } });
  });

  test('of an unknown job: job-unknown', async () => {
    const { queue } = await start();
    const unknown = { code: 'job-unknown', details: { given: 'x' } };
    for (const method of ['cancel', 'fetch', 'find'] as const) {
      await expect(queue[method]('x')).rejects.toMatchObject(unknown);
    }
    expect(() => queue.follow('x', 0, new AbortController().signal)).toThrow(expect.objectContaining(unknown));
  });
});

describe('the same request', () => {
  test('is answered from what is kept, without progress, also of another client', async () => {
    const { queue, runner, submit } = await start({ computedBy: 'models 1' });
    await submit('a');
    await vi.waitFor(() => expect(runner.runs).toBe(1), PATIENCE);
    runner.emit({ type: 'progress', stage: 'depth', fraction: 0.5 });
    runner.emit({ type: 'warning', message: 'something' });
    await runner.finish();
    await expectStates(queue, { a: 'done' });
    await submit('b', 'other');
    const again = follow(queue, 'b');
    await again.ended;
    expect(again.events()).toEqual([
      { type: 'queued', position: 0 },
      { type: 'started', fromCache: true },
      { type: 'warning', message: 'something' },
      { type: 'done', scene: exampleScene() },
    ]);
    expect(runner.runs).toBe(1);
  });

  test('waiting behind itself runs once', async () => {
    const { queue, runner, submit } = await start({ computedBy: 'models 1' });
    await submit('a');
    await submit('b');
    await runner.finish();
    await expectStates(queue, { a: 'done', b: 'done' });
    expect(runner.runs).toBe(1);
  });

  test('with other options, or after a failure, runs', async () => {
    const { queue, runner, submit } = await start({ computedBy: 'models 1' });
    await submit('a');
    await runner.fail(new SceneMakerError('depth-invalid', 'no'));
    await submit('b');
    await runner.finish();
    await submit('c', 'me', 'normal', encode({ picture: Uint8Array.of(2) }));
    await runner.finish();
    await expectStates(queue, { a: 'failed', b: 'done', c: 'done' });
    expect(runner.runs).toBe(3);
  });
});

describe('on disk', () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });
  const newFolder = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'scenemaker-test-'));
    folders.push(folder);
    return folder;
  };

  test('waiting and running jobs go on, finished ones are still there', async () => {
    const folder = await newFolder();
    const first = await start({ folder, computedBy: 'models 1' });
    await first.submit('a');
    await first.runner.finish();
    await expectStates(first.queue, { a: 'done' });
    const other = encode({ picture: Uint8Array.of(2) });
    await first.submit('b', 'me', 'normal', other);
    await first.submit('c', 'me', 'high', encode({ picture: Uint8Array.of(3) }));
    await expectStates(first.queue, { a: 'done', b: 'running', c: 'queued' });
    await first.queue.close();

    const second = await start({ folder, computedBy: 'models 1' });
    expect(decode(await second.queue.fetch('a'))).toEqual(exampleScene());
    const b = follow(second.queue, 'b');
    for (let run = 0; run < 2; run++) await second.runner.finish();
    await b.ended;
    // Put back by closing, which is no crash; then behind the job of higher priority.
    expect(b.types()).toEqual(['queued', 'started', 'queued', 'queued', 'started', 'done']);
    await expectStates(second.queue, { a: 'done', b: 'done', c: 'done' });
    await second.submit('d');
    await expectStates(second.queue, { a: 'done', b: 'done', c: 'done', d: 'done' });
    expect(second.runner.runs).toBe(2);
  });

  test('other models do not answer with what these made', async () => {
    const folder = await newFolder();
    const first = await start({ folder, computedBy: 'models 1' });
    await first.submit('a');
    await first.runner.finish();
    await expectStates(first.queue, { a: 'done' });
    await first.queue.close();
    const second = await start({ folder, computedBy: 'models 2' });
    await second.submit('b');
    await second.runner.finish();
    await expectStates(second.queue, { a: 'done', b: 'done' });
    expect(second.runner.runs).toBe(1);
  });

  test('requests of ended jobs are not kept', async () => {
    const folder = await newFolder();
    const { queue, runner, submit } = await start({ folder });
    await submit('a');
    await runner.finish();
    await expectStates(queue, { a: 'done' });
    expect(await readdir(join(folder, Buffer.from('a').toString('hex')))).toEqual(['events', 'job']);
  });

  test('an event that was not written whole is cut off, whatever is left of it', async () => {
    const folder = await newFolder();
    const first = await start({ folder });
    await first.submit('a');
    await expectStates(first.queue, { a: 'running' });
    await first.queue.close();
    const events = join(folder, Buffer.from('a').toString('hex'), 'events');
    const whole = await readFile(events);
    const torn = Buffer.concat([Buffer.of(9, 0, 0, 0), Buffer.alloc(8), Buffer.of(2), Buffer.alloc(5)]);
    for (let left = 1; left <= torn.length; left++) {
      await appendFile(events, torn.subarray(0, left));
      const { queue } = await start({ folder });
      await expectStates(queue, { a: 'running' });
      await queue.close();
      expect((await readFile(events)).subarray(0, whole.length)).toEqual(whole);
    }
  });

  test('a job that cannot be read is reported and left; the others go on', async () => {
    const folder = await newFolder();
    const first = await start({ folder });
    await first.submit('a');
    await first.submit('b');
    await first.queue.close();
    await appendFile(join(folder, Buffer.from('a').toString('hex'), 'job'), 'x');
    const unreadable: string[] = [];
    const second = await start({ folder, onUnreadable: (path) => unreadable.push(path) });
    await expectStates(second.queue, { b: 'running' });
    expect(unreadable).toEqual([join(folder, Buffer.from('a').toString('hex'))]);
  });

  test('a folder that another server uses: folder-in-use, until it is closed', async () => {
    const folder = await newFolder();
    const first = await start({ folder });
    await expect(start({ folder })).rejects.toMatchObject({ code: 'folder-in-use' });
    await first.queue.close();
    await expect(start({ folder })).resolves.toBeDefined();
  });

  test('a folder that cannot be made: output-unwritable', async () => {
    await expect(start({ folder: '/dev/null/jobs' })).rejects.toMatchObject({ code: 'output-unwritable' });
  });
});
