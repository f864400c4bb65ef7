/** Two gateways and workers on a real Redis. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '@scenemaker/runtime-server';
import { connect, type GenerationJob, type JobEvent, type SceneMakerClient } from '@scenemaker/sdk';
import { spawnScenemaker } from '../../support/command.js';
import { freePorts } from '../../support/free-ports.js';
import { FAKE_INFERENCE, fakeRequest, startFakeServer } from '../../support/server.js';

const WORK_FAKE = fileURLToPath(new URL('../../support/work-fake.ts', import.meta.url));

function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const redisIsHere = hasRedis();
if (!redisIsHere) console.warn('The Redis queue is not tested: no redis-server on this machine.');

test('no Redis where the address says: queue-unreachable', async () => {
  await expect(startFakeServer({ queue: 'redis://127.0.0.1:9' })).rejects.toMatchObject({ code: 'queue-unreachable' });
});

describe.skipIf(!redisIsHere)('a queue on Redis', { timeout: 120_000 }, () => {
  let folder: string;
  let redis: ChildProcess;
  let url: string;
  const workers: ChildProcess[] = [];
  let gateways: RunningServer[] = [];
  let clients: SceneMakerClient[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scenemaker-redis-'));
    const [port] = await freePorts(1);
    redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: redis.stdout ?? process.stdin })) {
      if (line.includes('Ready to accept connections')) break;
    }
    url = `redis://127.0.0.1:${port}`;
    await startWorker();
    gateways = [await startFakeServer({ queue: url, cache: true }), await startFakeServer({ queue: url, cache: true })];
    clients = await Promise.all(gateways.map((gateway) => connect(gateway.url, { clientId: 'the-same-client' })));
  }, 120_000);
  afterAll(async () => {
    for (const client of clients) client.close();
    for (const gateway of gateways) await gateway.close();
    for (const worker of workers) worker.kill('SIGKILL');
    redis.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }, 120_000);

  async function startWorker(): Promise<ChildProcess> {
    const worker = spawn(process.execPath, [...FAKE_INFERENCE.execArgv, WORK_FAKE, url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    workers.push(worker);
    await once(createInterface({ input: worker.stdout ?? process.stdin }), 'line');
    return worker;
  }

  /** Runs a command; gives the first line that it prints. */
  async function startCommand(...args: string[]) {
    const command = spawnScenemaker(...args);
    workers.push(command);
    const [line] = (await once(createInterface({ input: command.stdout }), 'line')) as [string];
    return { command, line };
  }

  const [here, there] = [() => clients[0], () => clients[1]];

  async function request(behaviour: Parameters<typeof fakeRequest>[0], words: string) {
    return { ...(await fakeRequest(behaviour)), objects: [{ words }] };
  }

  async function collect(job: GenerationJob): Promise<JobEvent[]> {
    const events: JobEvent[] = [];
    for await (const event of job) events.push(event);
    return events;
  }

  async function reach(job: GenerationJob, wanted: (event: JobEvent) => boolean): Promise<void> {
    for await (const event of job) if (wanted(event)) return;
    throw new Error('the job ended before');
  }

  test('any gateway serves the job, its events, its result, its list and the answer to the same request', async () => {
    const asked = await request('finish', 'any gateway');
    const job = here().generate(asked);
    const events = await collect(job);
    expect(
      events
        .map(({ type }) => type)
        .filter((type) => type !== 'queued')
        .slice(0, 1),
    ).toEqual(['started']);
    expect(events.at(-1)?.type).toBe('done');
    expect(await collect(there().follow(job.jobId))).toEqual(events);
    expect(await there().fetch(job.jobId)).toEqual(await job.result);
    expect(await there().list()).toMatchObject([{ jobId: job.jobId, state: 'done' }]);
    const again = await collect(there().generate(asked));
    expect(again).toContainEqual({ type: 'started', fromCache: true });
    expect(again.at(-1)).toEqual(events.at(-1));
  });

  test('jobs wait, are told their place, and are cancelled waiting and running, through another gateway', async () => {
    const running = here().generate(await request('block', 'cancel'));
    await reach(running, ({ type }) => type === 'preview');
    const waiting = here().generate(await request('finish', 'cancel'));
    await reach(waiting, (event) => event.type === 'queued' && event.position === 1);
    there().follow(waiting.jobId).cancel();
    await expect(waiting.result).rejects.toMatchObject({ code: 'cancelled' });
    there().follow(running.jobId).cancel();
    await expect(running.result).rejects.toMatchObject({ code: 'cancelled' });
    await expect(here().generate(await request('finish', 'next')).result).resolves.toMatchObject({ version: 1 });
  });

  test('is shared by the commands: a gateway that waits, and the first worker, with the pack that ships', async () => {
    const own = `${url}/1`;
    const [port] = await freePorts(1);
    const starting = startCommand('serve', '--queue', own, '--port', String(port), '--log', 'error');
    const readiness = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status;
    await expect.poll(() => readiness().catch(() => 0), { timeout: 20_000 }).toBe(503);
    const worker = await startCommand('worker', '--queue', own, '--device', 'cpu');
    expect(worker.line).toMatch(/with embedded@\S+ on cpu/);
    const gateway = await starting;
    expect(await readiness()).toBe(200);
    const client = await connect(/ws:\S+/.exec(gateway.line)?.[0] ?? '');
    expect(client.capabilities.pack).toMatch(/^embedded@/);
    client.close();
    for (const { command } of [gateway, worker]) {
      command.kill('SIGINT');
      expect(await once(command, 'close')).toEqual([0, null]);
    }
  });

  test('a gateway that is killed loses nothing: another one serves the job, its events and its result', async () => {
    const gateway = await startCommand('serve', '--queue', url, '--port', '0', '--log', 'error');
    const client = await connect(/ws:\S+/.exec(gateway.line)?.[0] ?? '', { reconnectAttempts: 0 });
    const job = client.generate(await request('slow', 'a killed gateway'));
    await reach(job, ({ type }) => type === 'preview');
    gateway.command.kill('SIGKILL');
    await expect(job.result).rejects.toMatchObject({ code: 'connection-lost' });
    const events = await collect(there().follow(job.jobId));
    expect(events.filter(({ type }) => type === 'started')).toEqual([{ type: 'started' }]);
    expect(events.at(-1)).toEqual({ type: 'done', scene: await here().fetch(job.jobId) });
  });

  test('an error of the pipeline keeps its code', async () => {
    const job = here().generate(await request('refuse', 'error'));
    await expect(job.result).rejects.toMatchObject({ code: 'depth-invalid' });
    await expect(there().fetch(job.jobId)).rejects.toMatchObject({ code: 'depth-invalid' });
  });

  test('killing the worker moves the job to another, and its followers see every event once', async () => {
    const job = here().generate(await request('stages', 'kill'));
    await reach(job, (event) => event.type === 'progress' && event.stage === 'shape');
    workers[0]?.kill('SIGKILL');
    await startWorker();
    await expect(job.result).resolves.toMatchObject({ version: 1 });
    const types = (await collect(job)).map(({ type }) => type);
    expect(types.filter((type) => type === 'started')).toHaveLength(2);
    expect(job.lastEvent).toBe(types.length);
  });

  test('the end of a gateway loses nothing', async () => {
    const job = here().generate(await request('stages', 'gateway'));
    await reach(job, ({ type }) => type === 'started');
    const { jobId } = job;
    await gateways[0]?.close();
    await expect(there().follow(jobId).result).resolves.toMatchObject({ version: 1 });
  });
});
