import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '@scenemaker/runtime-server';
import {
  connect,
  type ConnectOptions,
  type GenerateRequest,
  type GenerationJob,
  type JobEvent,
  type SceneMakerClient,
} from '@scenemaker/sdk';
import { exampleScene } from '../../support/example-scene.js';
import { FAKE_INFERENCE, fakeRequest, startFakeServer } from '../../support/server.js';

let server: RunningServer;
const clients: SceneMakerClient[] = [];

beforeAll(async () => {
  server = await startFakeServer();
});
afterAll(() => server.close());
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function open(options: ConnectOptions = {}): Promise<SceneMakerClient> {
  const client = await connect(server.url, options);
  clients.push(client);
  return client;
}

async function collect(job: GenerationJob): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of job) events.push(event);
  return events;
}

async function until(job: GenerationJob, type: JobEvent['type']): Promise<void> {
  for await (const event of job) if (event.type === type) return;
  throw new Error(`the job ended without ${type}`);
}

describe('a job from beginning to end', () => {
  test('the server says what it can do', async () => {
    const client = await open();
    expect(client.capabilities).toMatchObject({
      pack: 'fake@1.0.0',
      executionProvider: 'none',
      hints: ['mask', 'words'],
    });
    expect(client.limits.maxPicturePixels).toBe(50_000_000);
  });

  test('events come in the order in which they happened, and end with the scene', async () => {
    const client = await open();
    const job = client.generate(await fakeRequest());
    const events = await collect(job);
    const scene = exampleScene();
    expect(events.map((event) => event.type)).toEqual([
      'queued',
      'started',
      'progress',
      'preview',
      'progress',
      'preview',
      'preview',
      ...scene.objects.flatMap(() => ['object', 'progress']),
      'warning',
      'progress',
      'done',
    ]);
    const result = await job.result;
    expect(result).toEqual({ ...scene, provenance: { ...scene.provenance, options: expect.anything() } });
    expect(result.provenance.options).toMatchObject({ seed: 0, quality: 'standard', maxObjects: 16 });
    expect(events.flatMap((event) => (event.type === 'object' ? [event.object] : []))).toEqual(scene.objects);
  });

  test('previews arrive as masks, a depth map of bounded size, and PNG crops', async () => {
    const client = await open();
    const events = await collect(client.generate(await fakeRequest()));
    const previews = events.flatMap((event) => (event.type === 'preview' ? [event.preview] : []));
    expect(previews).toEqual([
      { kind: 'segment', segments: [{ mask: exampleScene().objects[0]?.mask, label: expect.any(String), score: 0.5 }] },
      { kind: 'depth', width: 434, height: 4, depth: new Float32Array(434 * 4).fill(2) },
      {
        kind: 'deocclude',
        objectId: exampleScene().objects[0]?.id,
        window: { x: 1, y: 2, side: 3 },
        before: expect.any(Uint8Array),
        after: expect.any(Uint8Array),
      },
    ]);
    const crop = previews[2]?.kind === 'deocclude' ? previews[2].after : new Uint8Array();
    expect(Buffer.from(crop.subarray(1, 4)).toString()).toBe('PNG');
  });

  test('only the outputs asked for are sent', async () => {
    const client = await open();
    const typesWith = async (outputs: GenerateRequest['outputs']) =>
      new Set(
        (await collect(client.generate({ ...(await fakeRequest()), outputs: outputs ?? [] }))).map(({ type }) => type),
      );
    expect(await typesWith([])).not.toContain('preview');
    const objects = await typesWith(['objects']);
    expect(objects).toContain('object');
    expect(objects).not.toContain('preview');
  });

  test('further depth frames fill the holes of that of the picture', async () => {
    const client = await open();
    const [width, height] = [64, 48];
    const intrinsics = { fx: 60, fy: 60, cx: 32, cy: 24 };
    const cameraToWorld = { rotation: [0, 0, 0, 1] as const, translation: [0, 0, 0] as const };
    const map = (valid: (x: number) => boolean) => ({
      encoding: 'float32' as const,
      width,
      height,
      meters: Float32Array.from({ length: width * height }, (_, i) => (valid(i % width) ? 2 : NaN)),
    });
    const request = { ...(await fakeRequest()), intrinsics, cameraToWorld, depth: map((x) => x < 20) };
    const frames = [{ intrinsics, cameraToWorld, depth: map((x) => x >= 30) }];
    const alone = await client.generate(request).result;
    const fused = await client.generate({ ...request, frames }).result;
    expect(alone.provenance.options['depths']).toBe(20 * height);
    expect(fused.provenance.options['depths']).toBe((20 + 34) * height);
    const { depth: _, ...without } = request;
    expect(() => client.generate({ ...without, frames })).toThrow(/frames to fuse without depth/);
  });

  test('two loops over one job see the same events, also when one begins late', async () => {
    const client = await open();
    const job = client.generate(await fakeRequest());
    const first = await collect(job);
    expect(await collect(job)).toEqual(first);
  });

  test('jobs run one after the other and are told their place', async () => {
    const client = await open();
    const request = await fakeRequest('slow');
    const jobs = [0, 1, 2].map(() => client.generate(request));
    const positions = await Promise.all(
      jobs.map(async (job) =>
        (await collect(job)).flatMap((event) => (event.type === 'queued' ? [event.position] : [])),
      ),
    );
    expect(positions).toEqual([[0], [1], [2, 1]]);
  });

  test('a result is fetched again by id, by any client, and listed to the one that asked for it', async () => {
    const clientId = 'a-client-of-this-test';
    const job = (await open({ clientId })).generate(await fakeRequest());
    const scene = await job.result;
    const other = await open();
    expect(await other.fetch(job.jobId)).toEqual(scene);
    expect(await other.list()).toEqual([]);
    const same = await open({ clientId });
    expect(await same.list()).toMatchObject([{ jobId: job.jobId, state: 'done', lastEvent: job.lastEvent }]);
  });

  test('asking twice with one job id runs the job once', async () => {
    const request = await fakeRequest('slow');
    const jobId = 'the-same-job';
    const first = (await open()).generate(request, { jobId });
    const second = (await open()).generate(request, { jobId });
    expect(await collect(second)).toEqual(await collect(first));
    expect(await first.result).toEqual(await second.result);
  });
});

describe('jobs that do not finish', { timeout: 200_000 }, () => {
  test('what happened before inference blocks its thread arrives while it does, encoded pictures too', async () => {
    const client = await open();
    const job = client.generate(await fakeRequest('block'));
    for await (const event of job) if (event.type === 'preview' && event.preview.kind === 'deocclude') break;
    const [summary] = (await client.list()).filter(({ jobId }) => jobId === job.jobId);
    expect(summary?.state).toBe('running');
    job.cancel();
    await expect(job.result).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('a job that blocks inference for a minute is cancelled, and the next one runs', async () => {
    const client = await open();
    const job = client.generate(await fakeRequest('block'));
    await until(job, 'preview');
    const [pid] = server.inferencePids;
    job.cancel();
    await expect(job.result).rejects.toMatchObject({ code: 'cancelled' });
    expect(server.inferencePids).not.toContain(pid);
    await expect(client.generate(await fakeRequest()).result).resolves.toMatchObject({ version: 1 });
  });

  test('the server answers while inference blocks its process', async () => {
    const client = await open();
    const job = client.generate(await fakeRequest('block'));
    await until(job, 'preview');
    await client.list();
    const health = await fetch(`http://127.0.0.1:${server.port}/readyz`);
    expect(await health.json()).toMatchObject({ status: 'ready', jobs: { waiting: 0, running: 1 } });
    job.cancel();
    await expect(job.result).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('a waiting job is cancelled without disturbing the running one', async () => {
    const client = await open();
    const running = client.generate(await fakeRequest('slow'));
    const waiting = client.generate(await fakeRequest());
    await until(running, 'started');
    waiting.cancel();
    await expect(waiting.result).rejects.toMatchObject({ code: 'cancelled' });
    await expect(running.result).resolves.toMatchObject({ version: 1 });
  });

  test('an abort signal cancels', async () => {
    const controller = new AbortController();
    const job = (await open()).generate(await fakeRequest('block'), { signal: controller.signal });
    await until(job, 'started');
    controller.abort();
    await expect(job.result).rejects.toMatchObject({ code: 'cancelled' });
  });

  test.each(['exit', 'segfault'] as const)('inference that ends by %s fails its job alone', async (behaviour) => {
    const client = await open();
    const [crashing, next] = [client.generate(await fakeRequest(behaviour)), client.generate(await fakeRequest())];
    await expect(crashing.result).rejects.toMatchObject({ code: 'inference-crashed', retryable: true });
    expect((await collect(crashing)).at(-1)).toMatchObject({ type: 'failed', error: { code: 'inference-crashed' } });
    await expect(next.result).resolves.toMatchObject({ version: 1 });
  });

  test('an error of the pipeline keeps its code and details', async () => {
    const job = (await open()).generate(await fakeRequest('refuse'));
    await expect(job.result).rejects.toMatchObject({ code: 'depth-invalid', details: { given: 1, allowed: 2 } });
  });
});

describe('starting', () => {
  test('a port in use: port-in-use', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    await expect(startFakeServer({ port })).rejects.toMatchObject({ code: 'port-in-use', details: { given: port } });
    await new Promise((resolve) => holder.close(resolve));
  });

  test('an address that others reach needs a token', async () => {
    await expect(startFakeServer({ host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'bad-request',
      details: { given: '0.0.0.0' },
    });
  });

  test('models that cannot be loaded end the start with their own error', async () => {
    const inference = { ...FAKE_INFERENCE, args: ['broken'] };
    await expect(startFakeServer({ inference })).rejects.toMatchObject({ code: 'pack-missing' });
  });
});
