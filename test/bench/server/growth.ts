/** What 500 jobs leave behind in the memory of a server, after as many that it is warm. */
import { connect } from '@scenemaker/sdk';
import { fakeRequest } from '../../support/server.js';
import { type Figure, median } from '../figures.js';
import { residentMegabytes, startFakeProcess } from './processes.js';

const WARM = 500;
const JOBS = 500;
const SAMPLE_EVERY = 25;

export async function measureGrowth(): Promise<Figure[]> {
  const server = await startFakeProcess();
  const client = await connect(server.url);
  const request = await fakeRequest('finish');
  const samples: number[] = [];
  for (let i = 1; i <= WARM + JOBS; i++) {
    // Each is another request, which no cache answers.
    await client.generate({ ...request, objects: [{ words: `job ${i}` }] }).result;
    if (i > WARM && i % SAMPLE_EVERY === 0) samples.push(await residentMegabytes(server.pids[0] ?? 0, 'now'));
  }
  client.close();
  await server.stop();
  const fifth = samples.length / 5;
  const [first, last] = [median(samples.slice(0, fifth)), median(samples.slice(-fifth))];
  const note = `${first.toFixed(0)} MB to ${last.toFixed(0)} MB`;
  return [
    {
      name: 'growth of memory over 500 jobs',
      value: (100 * (last - first)) / first,
      unit: '%',
      goal: { most: 5 },
      note,
    },
  ];
}
