/** Whole jobs through the embedded pack: where their time goes, how late their events are, how soon they stop. */
import { connect, PROGRESS_STAGES, type SceneMakerClient } from '@scenemaker/sdk';
import { type Figure, median, quantile } from '../figures.js';
import { sampleRequest, startRealServer } from './real-server.js';
import type { Clocks } from './timed-inference.js';

/** Node still compiles in the first jobs. */
const WARM = 3;
const JOBS = 3;

export async function measureJobs(): Promise<Figure[]> {
  const server = await startRealServer();
  const client = await connect(server.url);
  const jobs: TimedJob[] = [];
  for (let job = 0; job < WARM; job++) await runJob(client, job);
  for (let job = 0; job < JOBS; job++) jobs.push(await runJob(client, WARM + job));
  const stops = await measureCancel(client);
  client.close();
  await server.close();

  const outside = ({ runMillis, modelMillis }: Clocks): number => runMillis - sum(Object.values(modelMillis));
  const percent = (part: (clocks: Clocks) => number): number =>
    100 * median(jobs.map(({ clocks }) => part(clocks) / clocks.runMillis));
  const inStage = (stage: string) => (job: TimedJob) =>
    1000 * (job.stageSeconds[stage] ?? 0) - (job.clocks.modelMillis[stage] ?? 0);
  const outsideByStage = PROGRESS_STAGES.map(
    (stage) => `${stage} ${(100 * median(jobs.map((job) => inStage(stage)(job) / job.clocks.runMillis))).toFixed(1)}`,
  );
  const delays = jobs.flatMap(({ delays }) => delays);
  return [
    {
      name: 'pipeline time outside session.run',
      value: percent(outside),
      unit: '%',
      goal: { most: 10 },
      note: `${outsideByStage.join(', ')}; a job is ${(median(jobs.map(({ clocks }) => clocks.runMillis)) / 1000).toFixed(1)} s`,
    },
    {
      name: '… of the CPU time of the inference process; what runs beside models does not count',
      value: 100 * median(jobs.map(({ clocks: { cpuMillis } }) => 1 - cpuMillis.model / cpuMillis.all)),
      unit: '%',
      note: `${(median(jobs.map(({ clocks }) => clocks.cpuMillis.all)) / 1000).toFixed(1)} s of CPU`,
    },
    {
      name: 'wire and queue, of a job',
      value: 100 * median(jobs.map(({ wallMillis, clocks }) => wallMillis / clocks.runMillis - 1)),
      unit: '%',
      goal: { most: 2 },
    },
    {
      name: 'delay of events while the pipeline is busy, p99',
      value: quantile(delays, 0.99),
      unit: 'ms',
      goal: { most: 50 },
      note: `median ${quantile(delays, 0.5).toFixed(1)}, longest ${Math.max(...delays).toFixed(0)}, of ${delays.length}`,
    },
    {
      name: 'from cancel to cancelled, slowest stage',
      value: Math.max(...Object.values(stops)),
      unit: 'ms',
      goal: { most: 1000 },
      note: Object.entries(stops)
        .map(([stage, millis]) => `${stage} ${millis.toFixed(0)}`)
        .join(', '),
    },
  ];
}

interface TimedJob {
  wallMillis: number;
  clocks: Clocks;
  stageSeconds: Record<string, number>;
  /** Of each progress event, from where it happened to here, milliseconds. */
  delays: number[];
}

async function runJob(client: SceneMakerClient, seed: number): Promise<TimedJob> {
  const request = await sampleRequest({ seed });
  const begin = performance.now();
  const job = client.generate(request);
  const arrivals: number[] = [];
  let clocks: Clocks | undefined;
  for await (const event of job) {
    if (event.type === 'progress') arrivals.push(performance.timeOrigin + performance.now());
    if (event.type === 'warning' && event.message.startsWith('{')) clocks = JSON.parse(event.message) as Clocks;
  }
  const scene = await job.result;
  const wallMillis = performance.now() - begin;
  if (clocks?.progressAt.length !== arrivals.length) throw new Error('an event is missing');
  const delays = arrivals.map((at, i) => at - (clocks.progressAt[i] ?? NaN));
  return { wallMillis, clocks, delays, stageSeconds: scene.provenance.seconds };
}

/** Milliseconds from asking for it to the last event, by the stage that is interrupted. */
async function measureCancel(client: SceneMakerClient): Promise<Record<string, number>> {
  const stops: Record<string, number> = {};
  for (const stage of PROGRESS_STAGES) {
    const job = client.generate(await sampleRequest({ quality: 'fast', maxObjects: 1 }));
    let asked = 0;
    for await (const event of job) {
      if (event.type === 'progress' && event.stage === stage && asked === 0) {
        asked = performance.now();
        job.cancel();
      } else if (event.type === 'cancelled') stops[stage] = performance.now() - asked;
    }
    await job.result.catch(() => {});
  }
  return stops;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
