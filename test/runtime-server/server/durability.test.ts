/**
 * What survives `kill -9` of the server and of its inference process, in the first, a middle and the last
 * stage; SCENEMAKER_ALL_STAGES=1 takes every one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '@scenemaker/runtime-server';
import { connect, type GenerationJob, type JobEvent, PROGRESS_STAGES, type SceneMakerClient } from '@scenemaker/sdk';
import { fakeRequest, FAKE_INFERENCE, startFakeServer } from '../../support/server.js';

const STAGES = process.env['SCENEMAKER_ALL_STAGES'] ? PROGRESS_STAGES : (['segment', 'shape', 'compose'] as const);
const SERVE_FAKE = fileURLToPath(new URL('../../support/serve-fake.ts', import.meta.url));

async function freePort(): Promise<number> {
  const holder = createServer();
  holder.listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  await new Promise((resolve) => holder.close(resolve));
  return port;
}

async function reach(job: GenerationJob, wanted: (event: JobEvent) => boolean): Promise<void> {
  for await (const event of job) if (wanted(event)) return;
  throw new Error('the job ended before');
}

const inStage = (stage: string) => (event: JobEvent) => event.type === 'progress' && event.stage === stage;

async function typesOf(job: GenerationJob): Promise<string[]> {
  const types: string[] = [];
  for await (const event of job) types.push(event.type);
  return types;
}

/** A request of its own, so that no cache answers it. */
async function uniqueRequest(behaviour: 'stages' | 'block' | 'finish' | 'wait', words: string) {
  return { ...(await fakeRequest(behaviour)), objects: [{ words }] };
}

describe('kill -9 of the server', { timeout: 200_000 }, () => {
  let data: string;
  let port: number;
  let server: ChildProcess;
  let client: SceneMakerClient;

  async function startServer(): Promise<void> {
    const node = [...FAKE_INFERENCE.execArgv, SERVE_FAKE, String(port), data];
    server = spawn(process.execPath, node, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(createInterface({ input: server.stdout ?? process.stdin }), 'line');
  }
  async function killServer(): Promise<void> {
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'scenemaker-test-'));
    port = await freePort();
    await startServer();
    client = await connect(`ws://127.0.0.1:${port}`, { reconnectAttempts: 12 });
  });
  afterAll(async () => {
    client.close();
    await killServer();
    await rm(data, { recursive: true, force: true });
  });

  test.each(STAGES)(
    'in stage %s: the job runs again, its follower sees every event once, and the one behind it is kept',
    async (stage) => {
      const job = client.generate(await uniqueRequest('stages', stage));
      const behind = client.generate(await uniqueRequest('finish', stage));
      await reach(job, inStage(stage));
      await reach(behind, ({ type }) => type === 'queued');
      await killServer();
      await startServer();
      await expect(job.result).resolves.toMatchObject({ version: 1 });
      await expect(behind.result).resolves.toMatchObject({ version: 1 });
      const types = await typesOf(job);
      expect(types.filter((type) => type === 'started')).toHaveLength(2);
      expect(types.at(-1)).toBe('done');
      // Numbered without a gap, or the client would have refused them.
      expect(job.lastEvent).toBe(types.length);
    },
  );

  test('finished results are fetched by id afterwards, and answer the same request', async () => {
    const request = await uniqueRequest('finish', 'again');
    const job = client.generate(request);
    const scene = await job.result;
    await killServer();
    await startServer();
    const later = await connect(`ws://127.0.0.1:${port}`);
    expect(await later.fetch(job.jobId)).toEqual(scene);
    const again = later.generate(request);
    expect(await again.result).toEqual(scene);
    expect((await typesOf(again)).slice(0, 2)).toEqual(['queued', 'started']);
    later.close();
  });

  test('a job during which the server ends twice is reported failed with its reason', async () => {
    const job = client.generate(await uniqueRequest('wait', 'twice'));
    for (let kill = 0; kill < 2; kill++) {
      let starts = 0;
      await reach(job, ({ type }) => type === 'started' && ++starts > kill);
      await killServer();
      await startServer();
    }
    await expect(job.result).rejects.toMatchObject({ code: 'inference-crashed', retryable: true });
  });
});

describe('kill -9 of the inference process', () => {
  let server: RunningServer;
  let client: SceneMakerClient;
  beforeAll(async () => {
    server = await startFakeServer();
    client = await connect(server.url);
  });
  afterAll(async () => {
    client.close();
    await server.close();
  });

  test.each(STAGES)('in stage %s: the job runs again', async (stage) => {
    const job = client.generate(await uniqueRequest('stages', stage));
    await reach(job, inStage(stage));
    for (const pid of server.inferencePids) process.kill(pid, 'SIGKILL');
    await expect(job.result).resolves.toMatchObject({ version: 1 });
    expect((await typesOf(job)).filter((type) => type === 'started')).toHaveLength(2);
  });
});

describe('closing', { timeout: 200_000 }, () => {
  const servers: RunningServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });

  test('puts the running job back, which is no crash, however often', async () => {
    const data = await mkdtemp(join(tmpdir(), 'scenemaker-test-'));
    const port = await freePort();
    const start = async () => {
      const server = await startFakeServer({ port, data });
      servers.push(server);
      return server;
    };
    let server = await start();
    const client = await connect(server.url, { reconnectAttempts: 12 });
    const job = client.generate(await uniqueRequest('block', 'closing'));
    for (let restart = 0; restart < 3; restart++) {
      let starts = 0;
      await reach(job, ({ type }) => type === 'started' && ++starts > restart);
      await server.close();
      server = await start();
    }
    job.cancel();
    await expect(job.result).rejects.toMatchObject({ code: 'cancelled' });
    client.close();
    await server.close();
    await rm(data, { recursive: true });
  });
});
