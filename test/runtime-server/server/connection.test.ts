import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '@scenemaker/runtime-server';
import { CHUNK_BYTES, connect, type ConnectOptions, type JobEvent, MAX_FRAME_BYTES } from '@scenemaker/sdk';
import { openRawSocket } from '../../support/raw-socket.js';
import { fakeRequest, startFakeServer } from '../../support/server.js';
import { startTcpProxy } from '../../support/tcp-proxy.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startFakeServer({ token: 'the secret', maxMessageBytes: 600_000, maxQueuedJobs: 2, helloMillis: 500 });
});
afterAll(() => server.close());

const token = 'the secret';
const hello = { op: 'hello', client: 'test', token };

const openRaw = (url = server.url, options: Parameters<typeof openRawSocket>[1] = {}) => openRawSocket(url, options);

/** Past `welcome`. */
async function openGreeted() {
  const raw = await openRaw();
  raw.send(hello);
  expect(await raw.next()).toMatchObject({ op: 'welcome' });
  return raw;
}

describe('who may connect', () => {
  test.each([undefined, 'wrong'])('token %s: unauthorized', async (wrong) => {
    await expect(connect(server.url, wrong === undefined ? {} : { token: wrong })).rejects.toMatchObject({
      code: 'unauthorized',
    });
  });

  test('a page of another site is refused, one of this machine is not', async () => {
    await expect(openRaw(server.url, { origin: 'https://example.com' })).rejects.toThrow('403');
    const { socket } = await openRaw(server.url, { origin: 'http://localhost:5173' });
    socket.close();
  });

  test('another subprotocol is refused', async () => {
    await expect(openRaw(server.url, { protocol: 'scenemaker.v99' })).rejects.toThrow('426');
  });

  test('no server: connection-lost', async () => {
    await expect(connect('ws://127.0.0.1:9')).rejects.toMatchObject({ code: 'connection-lost' });
  });

  test('not an address: bad-request', async () => {
    await expect(connect('nonsense')).rejects.toMatchObject({ code: 'bad-request' });
  });
});

test('welcome tells the limits and nothing else of how the server was started', async () => {
  const raw = await openRaw();
  raw.send(hello);
  const welcome = await raw.next();
  expect(Object.keys(welcome).sort()).toEqual(['capabilities', 'limits', 'op', 'server']);
  expect(welcome['limits']).toEqual({
    maxMessageBytes: 600_000,
    maxPictureBytes: 64 * 1024 * 1024,
    maxPicturePixels: 50_000_000,
    maxQueuedJobs: 2,
    maxQueuedJobsPerClient: 100,
    maxMessagesPerSecond: 50,
    maxJobSeconds: 3600,
  });
  expect(JSON.stringify(welcome)).not.toContain(token);
  raw.socket.close();
});

describe('what breaks the protocol ends the connection', () => {
  test.each<[string, (raw: Awaited<ReturnType<typeof openRaw>>) => void]>([
    ['text', ({ socket }) => socket.send('{"op":"list"}')],
    ['bytes that are not msgpack', ({ socket }) => socket.send(Uint8Array.of(0xc1))],
    [
      'a chunk that starts in the middle',
      ({ send }) => send({ op: 'chunk', totalBytes: 9, offset: 3, bytes: Uint8Array.of(1) }),
    ],
    [
      'a chunk beyond the limit',
      ({ send }) => send({ op: 'chunk', totalBytes: 600_001, offset: 0, bytes: Uint8Array.of(1) }),
    ],
    [
      'a message between two chunks',
      ({ send }) => {
        send({ op: 'chunk', totalBytes: 9, offset: 0, bytes: Uint8Array.of(1) });
        send({ op: 'list' });
      },
    ],
  ])('%s', async (_, break_) => {
    const raw = await openGreeted();
    break_(raw);
    expect(await raw.next()).toMatchObject({ op: 'error', inReplyTo: null, error: { code: 'bad-request' } });
    expect(await raw.closed).toBe(4400);
  });

  test('a frame beyond the limit', async () => {
    const raw = await openGreeted();
    raw.socket.send(new Uint8Array(MAX_FRAME_BYTES + 1));
    expect(await raw.closed).toBe(1009);
  });

  test('another message before hello', async () => {
    const raw = await openRaw();
    raw.send({ op: 'list' });
    expect(await raw.next()).toMatchObject({ op: 'error', inReplyTo: 'list', error: { code: 'bad-request' } });
    expect(await raw.closed).toBe(4400);
  });

  test('silence instead of hello', async () => {
    const raw = await openRaw();
    expect(await raw.closed).toBe(4400);
  });
});

describe('what is merely wrong is answered, and the connection goes on', () => {
  test.each<[string, object, object]>([
    ['an unknown op', { op: 'destroy' }, { inReplyTo: null, error: { code: 'bad-request' } }],
    ['a field too many', { op: 'list', x: 1 }, { inReplyTo: 'list', error: { code: 'bad-request' } }],
    ['a second hello', hello, { inReplyTo: 'hello', error: { code: 'bad-request' } }],
    [
      'cancelling an unknown job',
      { op: 'cancel', jobId: 'no-such-job' },
      { inReplyTo: 'cancel', jobId: 'no-such-job', error: { code: 'job-unknown' } },
    ],
    [
      'following an unknown job',
      { op: 'resume', jobId: 'no-such-job', afterEvent: 0 },
      { inReplyTo: 'resume', error: { code: 'job-unknown' } },
    ],
    [
      'fetching an unknown job',
      { op: 'fetch', jobId: 'no-such-job' },
      { inReplyTo: 'fetch', error: { code: 'job-unknown' } },
    ],
    [
      'a picture that is none',
      { op: 'generate', jobId: 'bad-picture', request: { picture: Uint8Array.of(1, 2, 3) } },
      { inReplyTo: 'generate', jobId: 'bad-picture', error: { code: 'image-unreadable', retryable: false } },
    ],
  ])('%s', async (_, message, answer) => {
    const raw = await openGreeted();
    raw.send(message);
    expect(await raw.next()).toMatchObject({ op: 'error', ...answer });
    raw.send({ op: 'list' });
    expect(await raw.next()).toMatchObject({ op: 'jobs' });
    raw.socket.close();
  });

  test('a hint that the models do not understand is refused with what they do', async () => {
    const client = await connect(server.url, { token });
    const job = client.generate({ ...(await fakeRequest()), objects: [{ box: [0, 0, 9, 9] }] });
    await expect(job.result).rejects.toMatchObject({
      code: 'bad-request',
      details: { given: 'box', allowed: ['mask', 'words'] },
    });
    client.close();
  });

  test('a full queue: queue-full, retryable', async () => {
    const client = await connect(server.url, { token });
    const request = await fakeRequest('wait');
    const running = client.generate(request);
    for await (const event of running) if (event.type === 'started') break;
    const jobs = [client.generate(request), client.generate(request), client.generate(request)];
    await expect(jobs[2]?.result).rejects.toMatchObject({
      code: 'queue-full',
      retryable: true,
      details: { allowed: 2 },
    });
    for (const job of [...jobs, running]) job.cancel();
    await expect(running.result).rejects.toMatchObject({ code: 'cancelled' });
    client.close();
  });

  test('a request that no server would take is refused by the client itself', async () => {
    const client = await connect(server.url, { token });
    expect(() => client.generate({ picture: new Uint8Array() })).toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    );
    client.close();
  });
});

test('a message longer than a chunk arrives whole', async () => {
  const client = await connect(server.url, { token });
  const request = await fakeRequest();
  // Bytes after the end of a PNG do not matter to it.
  const picture = new Uint8Array(2 * CHUNK_BYTES + 17);
  picture.set(request.picture);
  await expect(client.generate({ ...request, picture }).result).resolves.toMatchObject({ version: 1 });
  client.close();
});

describe('a connection that breaks', () => {
  const startProxy = () => startTcpProxy(server.port);

  /** A job over a connection that can be broken, once this has happened to it. */
  async function jobOverProxy(
    behaviour: Parameters<typeof fakeRequest>[0],
    begun: JobEvent['type'],
    options: ConnectOptions = {},
  ) {
    const proxy = await startProxy();
    const client = await connect(proxy.url, { token, ...options });
    const job = client.generate(await fakeRequest(behaviour));
    for await (const event of job) if (event.type === begun) break;
    return { proxy, client, job };
  }

  test('the job goes on, and every event arrives once and in order', async () => {
    const proxy = await startProxy();
    const client = await connect(proxy.url, { token });
    const job = client.generate(await fakeRequest('slow'));
    const seen: JobEvent[] = [];
    for await (const event of job) {
      seen.push(event);
      if (event.type === 'started' || event.type === 'object') proxy.drop();
    }
    const direct = await connect(server.url, { token });
    const again: JobEvent[] = [];
    for await (const event of direct.follow(job.jobId)) again.push(event);
    expect(seen).toEqual(again);
    expect(seen.at(-1)?.type).toBe('done');
    client.close();
    direct.close();
    proxy.stop();
  });

  test('a server that falls silent without a word is noticed, and the job goes on over a new connection', async () => {
    const { proxy, client, job } = await jobOverProxy('wait', 'preview', { silenceMillis: 100 });
    proxy.silence();
    // Over the silent connection neither this nor its answer would arrive.
    job.cancel();
    await expect(job.result).rejects.toMatchObject({ code: 'cancelled' });
    client.close();
    proxy.stop();
  });

  test('a quiet connection is kept', async () => {
    const proxy = await startProxy();
    const client = await connect(proxy.url, { token, silenceMillis: 200, reconnectAttempts: 0 });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await expect(client.list()).resolves.toEqual([]);
    client.close();
    proxy.stop();
  });

  test('a cancel while there is no connection takes effect after it is back', async () => {
    const states: string[] = [];
    const onConnection = (state: string) => void states.push(state);
    const { proxy, client, job } = await jobOverProxy('block', 'preview', { onConnection });
    proxy.drop();
    await new Promise((resolve) => setTimeout(resolve, 20));
    job.cancel();
    await expect(job.result).rejects.toMatchObject({ code: 'cancelled' });
    expect(states).toEqual(['lost', 'back']);
    client.close();
    proxy.stop();
  });

  test('a server that stays away: connection-lost, for the result and for the loop', async () => {
    const states: string[] = [];
    const onConnection = (state: string) => void states.push(state);
    const { proxy, client, job } = await jobOverProxy('slow', 'started', { reconnectAttempts: 1, onConnection });
    proxy.stop();
    await expect(job.result).rejects.toMatchObject({ code: 'connection-lost', retryable: true });
    await expect(
      (async () => {
        for await (const event of job) void event;
      })(),
    ).rejects.toMatchObject({ code: 'connection-lost' });
    await expect(client.list()).rejects.toMatchObject({ code: 'connection-lost' });
    expect(states).toEqual(['lost', 'ended']);
  });

  test('following from an event number gives the rest', async () => {
    const client = await connect(server.url, { token });
    const job = client.generate(await fakeRequest());
    const all: JobEvent[] = [];
    for await (const event of job) all.push(event);
    const rest: JobEvent[] = [];
    for await (const event of client.follow(job.jobId, 5)) rest.push(event);
    expect(rest).toEqual(all.slice(5));
    await expect(client.follow(job.jobId, all.length + 1).result).rejects.toMatchObject({
      code: 'bad-request',
      details: { given: all.length + 1, allowed: all.length },
    });
    client.close();
  });
});
