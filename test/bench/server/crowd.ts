/** The memory of a server that 500 clients are connected to, with 200 jobs waiting. */
import { connect, type GenerationJob, type SceneMakerClient } from '@scenemaker/sdk';
import { fakeRequest } from '../../support/server.js';
import type { Figure } from '../figures.js';
import { residentMegabytes, startFakeProcess } from './processes.js';

const CONNECTIONS = 500;
const JOBS = 200;
const PICTURE_BYTES = 1_000_000;

export async function measureCrowd(): Promise<Figure[]> {
  const server = await startFakeProcess();
  const clients: SceneMakerClient[] = [];
  for (let i = 0; i < CONNECTIONS; i++) clients.push(await connect(server.url));
  const request = await fakeRequest('wait');
  const jobs: GenerationJob[] = [];
  // One runs, and the others wait.
  for (let i = 0; i <= JOBS; i++) {
    // Bytes after the end of a PNG do not matter to it, and make each request another one.
    const picture = new Uint8Array(PICTURE_BYTES).fill(i & 255);
    picture.set(request.picture);
    const job = clients[i % CONNECTIONS]?.generate({ ...request, picture });
    if (job) jobs.push(job);
    for await (const { type } of job ?? []) if (type === 'queued') break;
  }
  const memory = await Promise.all(server.pids.map((pid) => residentMegabytes(pid, 'most')));
  for (const client of clients) client.close();
  await server.stop();
  const value = memory.reduce((total, each) => total + each, 0);
  const note = `server ${memory[0]?.toFixed(0)}, inference without models ${memory[1]?.toFixed(0)}; pictures of 1 MB`;
  return [{ name: '500 connections and 200 waiting jobs', value, unit: 'MB', goal: { most: 1500 }, note }];
}
