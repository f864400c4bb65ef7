/** Two inference processes against one, each with one thread: jobs one after the other, and two at once. */
import { connect } from '@scenemaker/sdk';
import { type Figure, median } from '../figures.js';
import { sampleRequest, startRealServer } from './real-server.js';

const ROUNDS = 3;

export async function measureWorkers(): Promise<Figure[]> {
  const server = await startRealServer({ workers: 2, threads: 1 });
  const client = await connect(server.url);
  const request = await sampleRequest({ quality: 'fast', maxObjects: 2 });
  const run = () => client.generate(request).result;
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const begin = performance.now();
    await work();
    return performance.now() - begin;
  };
  await Promise.all([run(), run()]);
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const one = await timed(async () => (await run(), await run()));
    ratios.push(one / (await timed(() => Promise.all([run(), run()]))));
  }
  client.close();
  await server.close();
  const value = median(ratios);
  return [
    { name: 'two workers against one', value, unit: 'times', goal: { least: 1.8 }, note: 'needs two idle cores' },
  ];
}
