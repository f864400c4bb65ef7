import { describe, expect, test, vi } from 'vitest';
import { SceneMakerError } from '@scenemaker/sdk';
import { LocalQueue } from '../../../runtime-server/src/jobs/local-queue.js';
import { expectStates, follow, ManualRunner, PATIENCE, queues, request, start } from './queue-support.js';

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
