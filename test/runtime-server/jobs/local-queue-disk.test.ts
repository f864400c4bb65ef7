import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { decode, encode } from '@scenemaker/sdk';
import { exampleScene } from '../../support/example-scene.js';
import { expectStates, follow, start } from './queue-support.js';

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

  test('a job that comes while the queue closes is kept whole, or refused', async () => {
    const folder = await newFolder();
    const first = await start({ folder });
    const accepted = first.submit('a');
    const closed = first.queue.close();
    await expect(first.submit('b')).rejects.toMatchObject({ code: 'connection-lost', retryable: true });
    await expect(accepted).resolves.toMatchObject({ jobId: 'a' });
    await closed;
    const second = await start({ folder });
    await expectStates(second.queue, { a: 'running' });
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
