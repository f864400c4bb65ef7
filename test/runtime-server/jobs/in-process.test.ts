import { describe, expect, test } from 'vitest';
import { decode, type JobEvent, SceneMakerError, type SceneDescription } from '@scenemaker/sdk';
import { InProcessQueue, type InProcessQueueOptions } from '../../../runtime-server/src/jobs/in-process.js';
import type { JobRunner } from '../../../runtime-server/src/jobs/job-queue.js';
import { exampleScene } from '../../support/example-scene.js';

const request = { picture: Uint8Array.of(1) };

/** Runs whatever it is given, when told to. */
class ManualRunner implements JobRunner {
  #settle: { resolve: (scene: SceneDescription) => void; reject: (error: unknown) => void } | undefined;
  emit: (event: JobEvent) => void = () => {};

  run(_: unknown, onEvent: (event: JobEvent) => void): Promise<SceneDescription> {
    this.emit = onEvent;
    return new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }
  finish = (): Promise<void> => this.#end(() => this.#settle?.resolve(exampleScene()));
  fail = (error: unknown): Promise<void> => this.#end(() => this.#settle?.reject(error));
  cancel = (): void => this.#settle?.reject(new SceneMakerError('cancelled', 'cancelled'));
  close = async (): Promise<void> => {};

  async #end(settle: () => void): Promise<void> {
    settle();
    await turn();
  }
}

/** Lets everything that is due happen. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}

function start(options?: InProcessQueueOptions) {
  const runner = new ManualRunner();
  return { runner, queue: new InProcessQueue(runner, options) };
}

async function follow(queue: InProcessQueue, jobId: string, afterEvent = 0) {
  const events: { number: number; event: JobEvent }[] = [];
  const { stop } = await queue.follow(jobId, afterEvent, ({ bytes }) => {
    events.push(decode(bytes) as (typeof events)[number]);
  });
  return {
    stop,
    types: () => events.map(({ event }) => event.type),
    numbers: () => events.map(({ number }) => number),
  };
}

async function states(queue: InProcessQueue): Promise<Record<string, string>> {
  return Object.fromEntries((await queue.list()).map(({ jobId, state }) => [jobId, state]));
}

describe('events', () => {
  test('are numbered from 1 without a gap, for those who follow from the start and those who come later', async () => {
    const { queue, runner } = start();
    await queue.submit('job', request);
    const early = await follow(queue, 'job');
    await turn();
    runner.emit({ type: 'progress', stage: 'depth', fraction: 0.5 });
    const late = await follow(queue, 'job', 2);
    await turn();
    await runner.finish();
    expect(early.types()).toEqual(['queued', 'started', 'progress', 'done']);
    expect(early.numbers()).toEqual([1, 2, 3, 4]);
    expect(late.numbers()).toEqual([3, 4]);
  });

  test('stop when the follower does, also before the first one', async () => {
    const { queue, runner } = start();
    await queue.submit('job', request);
    const never = await follow(queue, 'job');
    never.stop();
    const some = await follow(queue, 'job');
    await turn();
    some.stop();
    await runner.finish();
    expect(never.types()).toEqual([]);
    expect(some.types()).toEqual(['queued', 'started']);
  });
});

describe('jobs', () => {
  test('run in the order they came, one at a time', async () => {
    const { queue, runner } = start();
    for (const jobId of ['a', 'b', 'c']) await queue.submit(jobId, request);
    await turn();
    expect(await states(queue)).toEqual({ a: 'running', b: 'queued', c: 'queued' });
    await runner.finish();
    expect(await states(queue)).toEqual({ a: 'done', b: 'running', c: 'queued' });
    expect(queue.counts()).toEqual({ waiting: 1, running: 1 });
  });

  test('one that fails leaves the next its turn, and keeps its error', async () => {
    const { queue, runner } = start();
    await queue.submit('a', request);
    await queue.submit('b', request);
    await turn();
    await runner.fail(new SceneMakerError('depth-invalid', 'no', { given: 1 }));
    expect(await states(queue)).toEqual({ a: 'failed', b: 'running' });
    await expect(queue.fetch('a')).rejects.toMatchObject({ code: 'depth-invalid', details: { given: 1 } });
  });

  test('one that reports cancelled without having been cancelled has failed', async () => {
    const { queue, runner } = start();
    await queue.submit('a', request);
    await turn();
    await runner.fail(new SceneMakerError('cancelled', 'the server is closing'));
    expect(await states(queue)).toEqual({ a: 'failed' });
  });

  test('cancelling moves up those behind', async () => {
    const { queue } = start();
    for (const jobId of ['a', 'b', 'c']) await queue.submit(jobId, request);
    await turn();
    await queue.cancel('b');
    expect((await queue.list()).map(({ queuePosition }) => queuePosition)).toEqual([0, 0, 1]);
    await queue.cancel('a');
    await turn();
    expect(await states(queue)).toEqual({ a: 'cancelled', b: 'cancelled', c: 'running' });
  });

  test('cancelling one that has ended changes nothing', async () => {
    const { queue, runner } = start();
    await queue.submit('a', request);
    await turn();
    await runner.finish();
    await queue.cancel('a');
    expect(await states(queue)).toEqual({ a: 'done' });
  });

  test('a second one by the same name is the first', async () => {
    const { queue } = start();
    await queue.submit('a', request);
    await turn();
    expect(await queue.submit('a', request)).toMatchObject({ jobId: 'a', state: 'running' });
    expect(queue.counts()).toEqual({ waiting: 0, running: 1 });
  });

  test('more than may wait are refused, and fit again when there is room', async () => {
    const { queue, runner } = start({ maxQueuedJobs: 1 });
    await queue.submit('a', request);
    await turn();
    await queue.submit('b', request);
    await expect(queue.submit('c', request)).rejects.toMatchObject({ code: 'queue-full', details: { allowed: 1 } });
    await runner.finish();
    await expect(queue.submit('c', request)).resolves.toMatchObject({ queuePosition: 1 });
  });
});

describe('results', () => {
  test('are kept, the oldest going first when there are too many', async () => {
    const { queue, runner } = start({ maxKeptJobs: 2 });
    for (const jobId of ['a', 'b', 'c']) {
      await queue.submit(jobId, request);
      await turn();
      await runner.finish();
    }
    expect(Object.keys(await states(queue))).toEqual(['b', 'c']);
    await expect(queue.fetch('c')).resolves.toEqual(exampleScene());
    await expect(queue.fetch('a')).rejects.toMatchObject({ code: 'job-unknown' });
  });

  test('are bounded in bytes, but the newest is always kept', async () => {
    const { queue, runner } = start({ maxKeptBytes: 10 });
    for (const jobId of ['a', 'b']) {
      await queue.submit(jobId, request);
      await turn();
      await runner.finish();
    }
    expect(await states(queue)).toEqual({ b: 'done' });
  });

  test('are not there before the job is done', async () => {
    const { queue } = start();
    await queue.submit('a', request);
    await expect(queue.fetch('a')).rejects.toMatchObject({
      code: 'bad-request',
      details: { given: 'queued', allowed: 'done' },
    });
  });

  test.each(['cancel', 'fetch', 'follow'] as const)('%s of an unknown job: job-unknown', async (method) => {
    const { queue } = start();
    await expect(queue[method]('x', 0, () => {})).rejects.toMatchObject({
      code: 'job-unknown',
      details: { given: 'x' },
    });
  });
});
