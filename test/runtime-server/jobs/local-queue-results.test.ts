import { describe, expect, test, vi } from 'vitest';
import { decode, encode, SceneMakerError } from '@scenemaker/sdk';
import { exampleScene } from '../../support/example-scene.js';
import { expectStates, follow, PATIENCE, start } from './queue-support.js';

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
