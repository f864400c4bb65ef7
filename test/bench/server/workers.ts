/**
 * Two inference processes against one, each with one thread: jobs one after the other, and two at once. The same is
 * measured of processes that do nothing but the models' runs of these jobs: two cores that share their caches, memory
 * and clock do less than twice as much as one, and what no model runs is not to blame for that.
 */
import { connect } from '@scenemaker/sdk';
import { type Figure, median } from '../figures.js';
import { type InferenceModule, sampleRequest, startRealServer } from './real-server.js';

/** Node still compiles in the first jobs, in threads of its own, for which two workers leave no core. */
const WARM = 4;
const ROUNDS = 3;

export async function measureWorkers(): Promise<Figure[]> {
  const machine = await gainOfTwo('models-only.ts');
  const value = await gainOfTwo('timed-inference.ts');
  return [
    { name: 'two workers against one', value, unit: 'times', goal: { least: 1.8 }, note: 'needs two idle cores' },
    { name: '… the same of the models alone: what the machine gives', value: machine, unit: 'times' },
    { name: '… of what the machine gives', value: (100 * value) / machine, unit: '%' },
  ];
}

/** How many times as fast two jobs are at once as one after the other, where `module` runs them. */
async function gainOfTwo(module: InferenceModule): Promise<number> {
  const server = await startRealServer({ module, workers: 2, threads: 1 });
  const client = await connect(server.url);
  const request = await sampleRequest({ quality: 'fast', maxObjects: 2 });
  const run = () => client.generate(request).result;
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const begin = performance.now();
    await work();
    return performance.now() - begin;
  };
  for (let warm = 0; warm < WARM; warm++) await Promise.all([run(), run()]);
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const one = await timed(async () => (await run(), await run()));
    ratios.push(one / (await timed(() => Promise.all([run(), run()]))));
  }
  client.close();
  await server.close();
  return median(ratios);
}
