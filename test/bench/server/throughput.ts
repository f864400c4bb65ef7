/** A 20 MB message from another process: by our transport, and as a result from a server, beside a bare socket. */
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocket } from 'ws';
import { connect, Transport } from '@scenemaker/sdk';
import { fakeRequest } from '../../support/server.js';
import { type Figure, median } from '../figures.js';
import { start, startFakeProcess } from './processes.js';

const ROUNDS = 15;
const MEGABYTES = 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export async function measureThroughput(): Promise<Figure[]> {
  const { child, line: port } = await start(new URL('wire-sender.ts', import.meta.url));
  const sockets: WebSocket[] = [];
  const open = async (path: string): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/${path}`, { perMessageDeflate: false });
    socket.binaryType = 'arraybuffer';
    sockets.push(socket);
    await once(socket, 'open');
    return socket;
  };
  const bare = await open('bare');
  const plainly = async (): Promise<void> => {
    bare.send('now');
    await once(bare, 'message');
  };
  const [whole, chunks] = [await openTransport(await open('whole')), await openTransport(await open('chunks'))];
  const times: Record<'bare' | 'whole' | 'chunks' | 'fetch', Cost[]> = { bare: [], whole: [], chunks: [], fetch: [] };
  const timed = async (into: Cost[], work: () => Promise<unknown>): Promise<void> => {
    // The same goes before each: what one leaves in memory, the next one pays for or gains by.
    await plainly();
    collectGarbage();
    const [begin, before] = [performance.now(), process.cpuUsage()];
    await work();
    const { user, system } = process.cpuUsage(before);
    into.push({ wall: performance.now() - begin, cpu: (user + system) / 1000 });
  };
  const server = await startFakeProcess();
  const client = await connect(server.url);
  const request = await fakeRequest('large');
  const job = client.generate({ ...request, options: { ...request.options, maxObjects: MEGABYTES } });
  await job.result;
  for (let round = 0; round < ROUNDS; round++) {
    await timed(times.bare, plainly);
    await timed(times.whole, whole);
    await timed(times.chunks, chunks);
    await timed(times.fetch, () => client.fetch(job.jobId));
  }
  client.close();
  for (const socket of sockets) socket.close();
  child.kill();
  await server.stop();
  const share = (costs: Cost[], which: keyof Cost): number =>
    100 * median(costs.map((cost, round) => (times.bare[round]?.[which] ?? NaN) / cost[which]));
  return [
    {
      name: '20 MB against a bare socket: our client',
      value: share(times.whole, 'wall'),
      unit: '%',
      goal: { least: 70 },
    },
    { name: '… by CPU time of the receiver, which load does not change', value: share(times.whole, 'cpu'), unit: '%' },
    { name: '… a client that takes short frames alone', value: share(times.chunks, 'wall'), unit: '%' },
    {
      name: '… a kept result, read from disk, sent and validated',
      value: share(times.fetch, 'wall'),
      unit: '%',
      note: `bare ${median(times.bare.map(({ wall }) => wall)).toFixed(0)} ms`,
    },
  ];
}

/** Milliseconds. */
interface Cost {
  wall: number;
  cpu: number;
}

async function openTransport(socket: WebSocket): Promise<() => Promise<void>> {
  let arrived = (): void => {};
  const transport = new Transport(socket, {
    maxMessageBytes: 1e9,
    onMessage: () => arrived(),
    onViolation: (error) => {
      throw error;
    },
  });
  return () =>
    new Promise((resolve) => {
      arrived = resolve;
      transport.send({ op: 'now' });
    });
}
