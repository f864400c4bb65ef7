/** Clients that read slowly, vanish, or send what unfolds to far more than it weighs. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32, createDeflate } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RunningServer } from '@scenemaker/runtime-server';
import { connect, encode, type GenerateRequest, SUBPROTOCOL } from '@scenemaker/sdk';
import { openRawSocket } from '../../support/raw-socket.js';
import { fakeRequest, startFakeServer } from '../../support/server.js';
import { startTcpProxy } from '../../support/tcp-proxy.js';

const MEGABYTE = 1e6;
const hello = { op: 'hello', client: 'test' };

let server: RunningServer;
beforeAll(async () => {
  server = await startFakeServer({ maxWaitingBytes: MEGABYTE, heartbeatMillis: 500, minBytesPerSecond: 10 * MEGABYTE });
});
afterAll(() => server.close());

async function openConnections(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  return Number(/^scenemaker_connections (\d+)$/m.exec(text)?.[1]);
}

async function expectConnections(count: number): Promise<void> {
  await vi.waitFor(async () => expect(await openConnections()).toBe(count), { timeout: 20_000, interval: 50 });
}

async function makeLargeScene(megabytes: number): Promise<string> {
  const client = await connect(server.url);
  const request = await fakeRequest('large');
  const job = client.generate({ ...request, options: { ...request.options, maxObjects: megabytes } });
  await job.result;
  client.close();
  return job.jobId;
}

describe('a slow reader', () => {
  test('that asks for more than it reads is disconnected, and gets a part of it at most', async () => {
    const jobId = await makeLargeScene(4);
    const raw = await openRawSocket(server.url);
    let received = 0;
    raw.socket.on('message', (data: Buffer) => (received += data.length));
    raw.send(hello);
    await raw.next();
    raw.socket.pause();
    for (let asked = 0; asked < 40; asked++) raw.send({ op: 'fetch', jobId });
    await new Promise((resolve) => setTimeout(resolve, 300));
    raw.socket.resume();
    expect(await raw.closed).toBe(4408);
    expect(received).toBeLessThan((40 * 4 * MEGABYTE) / 2);
  });

  test('that reads nothing any more is ended, and its job goes on', async () => {
    await expectConnections(0);
    const raw = await openRawSocket(server.url);
    raw.send(hello);
    await raw.next();
    const request = await fakeRequest('large');
    raw.send({ op: 'generate', jobId: 'of-a-slow-reader', request });
    expect(await raw.next()).toMatchObject({ op: 'accepted' });
    raw.socket.pause();
    await expectConnections(0);
    const other = await connect(server.url);
    await expect(other.follow('of-a-slow-reader').result).resolves.toMatchObject({ version: 1 });
    other.close();
    raw.socket.terminate();
  });
});

test('a half-open socket, whose other end vanished without a word, is ended', async () => {
  await expectConnections(0);
  const proxy = await startTcpProxy(server.port);
  const client = await connect(proxy.url, { reconnectAttempts: 0 });
  await expectConnections(1);
  proxy.silence();
  await expectConnections(0);
  client.close();
  proxy.stop();
});

describe('what unfolds to far more than it weighs', () => {
  const blank = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#000' }, limitInputPixels: false });

  async function refusal(request: GenerateRequest): Promise<unknown> {
    const client = await connect(server.url);
    const failure = await client.generate(request).result.catch((error: unknown) => error);
    client.close();
    return failure;
  }

  /** Bytes by which the most memory ever held, here and in inference, has grown meanwhile. */
  async function peakGrowth(work: () => Promise<unknown>): Promise<number> {
    const peak = async (): Promise<number> => {
      const files = [process.pid, ...server.inferencePids].map((pid) => readFile(`/proc/${pid}/status`, 'utf8'));
      const kilobytes = (await Promise.all(files)).map((text) => Number(/VmHWM:\s+(\d+)/.exec(text)?.[1]));
      return 1024 * kilobytes.reduce((total, each) => total + each, 0);
    };
    const before = await peak();
    await work();
    return (await peak()) - before;
  }

  test('a picture of 100 million pixels: image-too-large, before it is decoded', async () => {
    const picture = await blank(10_000, 10_000).png().toBuffer();
    expect(picture.length).toBeLessThan(MEGABYTE);
    expect(await refusal({ picture })).toMatchObject({ code: 'image-too-large', details: { allowed: 50_000_000 } });
  });

  test('a depth map of 100 million pixels: depth-invalid, before it is decoded', async () => {
    const bytes = await blank(10_000, 10_000).extractChannel(0).toColourspace('grey16').png().toBuffer();
    const request = await fakeRequest();
    expect(await refusal({ ...request, depth: { encoding: 'png16', bytes } })).toMatchObject({ code: 'depth-invalid' });
  });

  test.skipIf(process.platform !== 'linux').each(['zTXt', 'iCCP'])(
    'a PNG with a %s chunk of 300 MB costs no such memory',
    async (type) => {
      const { picture } = await fakeRequest();
      const unfolded = Readable.from(Array<Buffer>(300).fill(Buffer.alloc(MEGABYTE)));
      const folded = await buffer(unfolded.pipe(createDeflate()));
      const bomb = withChunk(Buffer.from(picture), type, Buffer.concat([Buffer.from('icc\0\0'), folded]));
      expect(bomb.length).toBeLessThan(MEGABYTE);
      // Whether the chunk is passed over or the picture refused for it does not matter.
      expect(await peakGrowth(() => refusal({ picture: bomb }))).toBeLessThan(100 * MEGABYTE);
    },
  );

  test('a compressed frame is refused, as compression is never agreed on', async () => {
    const socket = connectTcp(server.port, '127.0.0.1');
    const key = randomBytes(16).toString('base64');
    socket.write(
      `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n` +
        `Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    expect(answer.toString()).toContain(accept);
    expect(answer.toString()).not.toMatch(/permessage-deflate/i);
    const payload = encode(hello);
    // FIN, RSV1 and binary; masked with zeros.
    socket.write(Buffer.concat([Buffer.of(0b1100_0010, 0x80 | payload.length, 0, 0, 0, 0), payload]));
    const [closing] = (await once(socket, 'data')) as [Buffer];
    // A close frame with 1002, protocol error.
    expect([...closing.subarray(0, 4)]).toEqual([0x88, 2, 1002 >> 8, 1002 & 255]);
    socket.destroy();
  });
});

/** The PNG with another chunk after its header. */
function withChunk(png: Buffer, type: string, data: Buffer): Buffer<ArrayBuffer> {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, 33), length, body, check, png.subarray(33)]);
}
