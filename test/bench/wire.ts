/** What the wire costs: a 20 MB message coded, and sent over loopback beside the bare socket. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { decode, encode, Transport } from '@scenemaker/sdk';

const ROUNDS = 7;
const message = { op: 'bench', mesh: new Float32Array(5_000_000).fill(0.5) };
const bytes = encode(message);

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
await once(server, 'listening');
const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function openPair(): Promise<[WebSocket, WebSocket]> {
  const near = new WebSocket(url, { perMessageDeflate: false });
  const [[far]] = (await Promise.all([once(server, 'connection'), once(near, 'open')])) as [[WebSocket], unknown];
  return [near, far];
}

/** Median milliseconds. */
async function measure(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    await work();
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? NaN;
}

const [bareNear, bareFar] = await openPair();
const [near, far] = await openPair();
let arrived = (): void => {};
const options = {
  maxMessageBytes: 1e9,
  onMessage: () => arrived(),
  onViolation: (error: Error) => {
    throw error;
  },
};
const receiver = new Transport(near, options);
const sender = new Transport(far, options);

const bare = await measure(async () => {
  bareFar.send(bytes);
  await once(bareNear, 'message');
});
const chunked = await measure(async () => {
  const done = new Promise<void>((resolve) => (arrived = resolve));
  sender.sendEncoded(bytes);
  await done;
});
const encoding = await measure(() => encode(message));
const decoding = await measure(() => decode(bytes));

const megabytes = bytes.length / 1e6;
const row = (name: string, millis: number) =>
  `${name.padEnd(34)} ${millis.toFixed(1).padStart(7)} ms ${(megabytes / (millis / 1000)).toFixed(0).padStart(6)} MB/s`;
console.log(`${megabytes.toFixed(0)} MB, median of ${ROUNDS}`);
console.log(row('encode', encoding));
console.log(row('decode', decoding));
console.log(row('bare WebSocket, one frame', bare));
console.log(row('our transport, chunks, decoded', chunked));
console.log(`throughput against the bare socket: ${((100 * bare) / chunked).toFixed(0)} %`);
if (receiver.waitingBytes > 0) throw new Error('the receiver has something to send');
for (const socket of [bareNear, near]) socket.close();
server.close();
