/**
 * What the server costs. Every figure is a ratio or a difference within one run, since machines and their load
 * differ; the absolute ones (memory, delays) are of this machine as it is loaded.
 *
 *   npm run bench [-- SUBJECT…] [-- --json FILE]
 */
import { parseArgs } from 'node:util';
import { type Figure, formatFigures, writeFigures } from './figures.js';
import { measureCrowd } from './server/crowd.js';
import { measureGrowth } from './server/growth.js';
import { measureJobs } from './server/jobs.js';
import { measureThroughput } from './server/throughput.js';
import { measureWorkers } from './server/workers.js';

const SUBJECTS: Record<string, () => Promise<Figure[]>> = {
  throughput: measureThroughput,
  jobs: measureJobs,
  workers: measureWorkers,
  crowd: measureCrowd,
  growth: measureGrowth,
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
const unknown = positionals.find((name) => !Object.hasOwn(SUBJECTS, name));
if (unknown !== undefined)
  throw new RangeError(`there is no ${unknown}; there are ${Object.keys(SUBJECTS).join(', ')}`);

const figures: Figure[] = [];
for (const [name, measure] of Object.entries(SUBJECTS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.error(`${name} …`);
  figures.push(...(await measure()));
}
console.log(formatFigures(figures));
if (values.json !== undefined) await writeFigures(values.json, figures);
