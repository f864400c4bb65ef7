/** Servers that end, hang or lose their jobs, in every phase of a connection: a job always comes to an end. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CHUNK_BYTES, connect, type ConnectionState, type GenerationJob } from '@scenemaker/sdk';
import { type Fate, FATES, MemoryServer } from '../../support/memory-server.js';

const HOUR = 3_600_000;
const URL = 'ws://memory';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A connection that is there, whatever becomes of those after it. */
async function start(server: MemoryServer, fates: readonly Fate[]) {
  server.fates.push(...fates);
  const states: ConnectionState[] = [];
  const connecting = connect(URL, {
    WebSocket: server.WebSocket,
    reconnectAttempts: Infinity,
    onConnection: (state) => states.push(state),
  });
  await vi.advanceTimersByTimeAsync(100);
  return { client: await connecting, states };
}

/** `done`, or the code of the error. */
async function outcomeOf(job: GenerationJob): Promise<string> {
  const outcome = job.result.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );
  for (let turn = 0; turn < 60 && !job.ended; turn++) await vi.advanceTimersByTimeAsync(HOUR / 60);
  return job.ended ? outcome : 'waits for ever';
}

const FAULTS = FATES.slice(1);
const small = { picture: Uint8Array.of(1) };
const large = { picture: new Uint8Array(5 * CHUNK_BYTES) };

describe.each(FAULTS)('a server that does this: %s', (fate) => {
  test('connect says so, or gives a client that comes back', async () => {
    const server = new MemoryServer();
    server.fates.push(fate);
    const outcome = connect(URL, { WebSocket: server.WebSocket }).then(
      (client) => client.generate(small).result.then(() => 'done'),
      (error: { code: string }) => error.code,
    );
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(['done', 'connection-lost']).toContain(await outcome);
  });

  test('a job that it has not accepted is made by the one that comes after it', async () => {
    const server = new MemoryServer();
    const { client } = await start(server, ['end when asked', fate]);
    const job = client.generate(large);
    const before = server.accepted.has(job.jobId);
    expect({ before, outcome: await outcomeOf(job) }).toEqual({ before: false, outcome: 'done' });
    client.close();
  });

  test('a job that it has accepted is unknown to the one that comes after it', async () => {
    const server = new MemoryServer();
    const { client, states } = await start(server, ['end as it accepts', fate]);
    const job = client.generate(small);
    await vi.advanceTimersByTimeAsync(50);
    expect(server.accepted).toContain(job.jobId);
    server.jobs.clear();
    expect(await outcomeOf(job)).toBe('job-unknown');
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(states.at(-1)).toBe('back');
    const list = client.list();
    await vi.advanceTimersByTimeAsync(100);
    expect(await list).toEqual([]);
    client.close();
  });
});

/** Numbers from 0 to 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = 1_000_003 * seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

test('whatever befalls a few hundred clients, each of their jobs ends as it should', async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = randomFrom(seed);
    const server = new MemoryServer();
    const fates = Array.from({ length: Math.floor(7 * random()) }, () => FAULTS[Math.floor(FAULTS.length * random())]);
    const { client, states } = await start(server, [random() < 0.5 ? 'end when asked' : 'end as it accepts', ...fates]);
    const jobs = [client.generate(small), client.generate(large)];
    if (random() < 0.5) setTimeout(() => server.jobs.clear(), 2000 * random());
    for (const job of jobs) {
      const outcome = await outcomeOf(job);
      expect({ seed, fates, outcome }).toEqual({ seed, fates, outcome: expect.stringMatching(/^done$|^job-unknown$/) });
    }
    expect(states.filter((state) => state === 'ended')).toEqual([]);
    client.close();
  }
});
