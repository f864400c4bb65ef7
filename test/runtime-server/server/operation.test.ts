/** What whoever runs a server looks at: health, readiness, metrics, and how it stops. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '@scenemaker/runtime-server';
import { connect } from '@scenemaker/sdk';
import { FAKE_INFERENCE, fakeRequest, startFakeServer } from '../../support/server.js';

describe('over HTTP', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startFakeServer({ token: 'the secret', cache: true });
  });
  afterAll(() => server.close());

  const ask = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
  const metrics = async (): Promise<Record<string, number>> => {
    const response = await ask('/metrics', { headers: { authorization: 'Bearer the secret' } });
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const samples = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return Object.fromEntries(
      samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
    );
  };

  test('healthz says that it lives, readyz that it takes jobs', async () => {
    expect(await (await ask('/healthz')).json()).toMatchObject({ status: 'ok' });
    const ready = await ask('/readyz');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({ status: 'ready', jobs: { waiting: 0, running: 0 } });
  });

  test.each([
    ['/nothing', {}, 404],
    ['/healthz', { method: 'POST' }, 405],
    ['/metrics', {}, 401],
    ['/metrics', { headers: { authorization: 'Bearer wrong' } }, 401],
  ])('%s with %j: %i', async (path, init, status) => {
    expect((await ask(path, init)).status).toBe(status);
  });

  test('metrics count jobs by how they end, events, refusals and connections', async () => {
    const client = await connect(server.url, { token: 'the secret' });
    await client.generate(await fakeRequest('finish')).result;
    await client.generate(await fakeRequest('finish')).result;
    await client.generate(await fakeRequest('refuse')).result.catch(() => {});
    await client.fetch('no-such-job').catch(() => {});
    expect(await metrics()).toMatchObject({
      'scenemaker_job_events_total{type="started"}': 3,
      'scenemaker_job_events_total{type="done"}': 2,
      'scenemaker_job_events_total{type="failed"}': 1,
      'scenemaker_job_seconds_count{outcome="done"}': 2,
      'scenemaker_job_seconds_count{outcome="failed"}': 1,
      'scenemaker_refused_total{code="job-unknown"}': 1,
      'scenemaker_jobs{state="waiting"}': 0,
      'scenemaker_jobs{state="running"}': 0,
      scenemaker_connections: 1,
      scenemaker_unfinished_message_bytes: 0,
      process_resident_memory_bytes: expect.any(Number),
    });
    const blocked = client.generate(await fakeRequest('wait'));
    const waiting = client.generate(await fakeRequest('slow'));
    for await (const { type } of blocked) if (type === 'started') break;
    for await (const { type } of waiting) if (type === 'queued') break;
    expect(await metrics()).toMatchObject({
      'scenemaker_jobs{state="waiting"}': 1,
      'scenemaker_jobs{state="running"}': 1,
    });
    for (const job of [waiting, blocked]) job.cancel();
    await blocked.result.catch(() => {});
    expect(await metrics()).toMatchObject({ 'scenemaker_job_events_total{type="cancelled"}': 2 });
    client.close();
  });
});

describe('SIGTERM', { timeout: 200_000 }, () => {
  const SERVE_FAKE = fileURLToPath(new URL('../../support/serve-fake.ts', import.meta.url));
  const processes: ChildProcess[] = [];
  let data: string;
  beforeAll(async () => (data = await mkdtemp(join(tmpdir(), 'scenemaker-test-'))));
  afterEach(() => processes.splice(0).forEach((child) => child.kill('SIGKILL')));
  afterAll(() => rm(data, { recursive: true, force: true }));

  async function start(): Promise<{ child: ChildProcess; url: string }> {
    const child = spawn(process.execPath, [...FAKE_INFERENCE.execArgv, SERVE_FAKE, '0', data], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    processes.push(child);
    const [line] = (await once(createInterface({ input: child.stdout ?? process.stdin }), 'line')) as [string];
    return { child, url: (JSON.parse(line) as { url: string }).url };
  }

  test('ends the server with status 0 and its connections with 1001; jobs go on when it is started again', async () => {
    const first = await start();
    const client = await connect(first.url, { reconnectAttempts: 0 });
    const running = client.generate({ ...(await fakeRequest('stages')), objects: [{ words: 'running' }] });
    const waiting = client.generate({ ...(await fakeRequest('finish')), objects: [{ words: 'waiting' }] });
    for await (const { type } of running) if (type === 'preview') break;
    for await (const { type } of waiting) if (type === 'queued') break;
    const exited = once(first.child, 'exit');
    first.child.kill('SIGTERM');
    await expect(waiting.result).rejects.toMatchObject({
      code: 'connection-lost',
      message: expect.stringContaining('the server is closing, code 1001'),
    });
    expect(await exited).toEqual([0, null]);

    const second = await start();
    const again = await connect(second.url);
    await expect(again.follow(running.jobId).result).resolves.toMatchObject({ version: 1 });
    await expect(again.follow(waiting.jobId).result).resolves.toMatchObject({ version: 1 });
    again.close();
  });
});
