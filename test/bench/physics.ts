/**
 * What physics costs and what it is worth, in figures of `design/physics.md`.
 *
 *   npm run bench:physics -- [--time] [--hard] [--scene FILE.glb ...]
 *                            [--dataset DIR [--from N] [--scenes N] [--magnitude M]] [--records FILE.jsonl]
 *
 * `--dataset` takes a folder of `make_dataset.py`, whose true poses are disturbed (physics/disturb.ts); `--scene` takes
 * scenes as the pipeline made them, unsettled. `--records` keeps what is measured of each scene in a file, skips scenes
 * that it has already, and prints tables over all of it: long runs can be made in pieces. Seconds are of processor time.
 */
import { appendFile, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '@scenemaker/sdk/geometry';
import { createHavokEngine, type PhysicsEngine, settleScene } from '@scenemaker/sdk/physics';
import type { SceneDescription } from '@scenemaker/sdk/scene';
import { readGlb } from '@scenemaker/sim-adapters';
import { createMujocoEngine } from '@scenemaker/sim-adapters/environments';
import { readDataset } from '../../runtime-server/src/evaluate/dataset.js';
import { trueDescription } from '../../runtime-server/src/evaluate/true-description.js';
import { TruthReader } from '../../runtime-server/src/evaluate/truth.js';
import { crowdScene, HARD_CASES } from '../sdk/physics/hard-cases/cases.js';
import { disturbed } from './physics/disturb.js';
import { measureScene, type SceneRecord } from './physics/measure.js';
import { printRecords } from './physics/table.js';

const { values: options } = parseArgs({
  options: {
    time: { type: 'boolean', default: false },
    hard: { type: 'boolean', default: false },
    dataset: { type: 'string' },
    from: { type: 'string', default: '0' },
    scenes: { type: 'string', default: '200' },
    magnitude: { type: 'string', default: '1' },
    scene: { type: 'string', multiple: true, default: [] },
    records: { type: 'string' },
  },
});

const havok = await createHavokEngine();
const referee = await createMujocoEngine();
const records: Record<string, SceneRecord[]> = {};
if (options.records !== undefined) {
  const lines = (await readFile(options.records, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  for (const line of lines) keep(...(JSON.parse(line) as [string, SceneRecord]));
}

function keep(title: string, record: SceneRecord): void {
  (records[title] ??= []).push(record);
}

interface Made {
  scene: SceneDescription;
  truth?: SceneDescription;
}

async function measure(title: string, name: string, make: () => Promise<Made>): Promise<void> {
  if (records[title]?.some((record) => record.name === name)) return;
  const { scene, truth } = await make();
  const record = measureScene(name, scene, { havok, referee }, truth);
  keep(title, record);
  if (options.records !== undefined) await appendFile(options.records, `${JSON.stringify([title, record])}\n`);
}

/** Processor seconds for crowds of growing size, and the exponent of their growth. */
async function printTimes(engine: PhysicsEngine): Promise<void> {
  await settleScene(crowdScene(5), { engine });
  const rows: { objects: number; seconds: number; withoutColliders: number }[] = [];
  for (const objects of [2, 5, 10, 20, 50, 100]) {
    const begin = process.cpuUsage();
    const { physics } = await settleScene(crowdScene(objects), { engine });
    const { user, system } = process.cpuUsage(begin);
    const wall = Object.values(physics?.seconds ?? {}).reduce((sum, value) => sum + value, 0);
    const seconds = (user + system) / 1e6;
    rows.push({ objects, seconds, withoutColliders: seconds * (1 - (physics?.seconds['colliders'] ?? 0) / wall) });
  }
  console.table(rows);
  const [first, last] = [rows[1], rows[rows.length - 1]];
  const exponent = Math.log(last.seconds / first.seconds) / Math.log(last.objects / first.objects);
  console.log(`growth exponent from ${first.objects} to ${last.objects} objects: ${exponent.toFixed(2)}`);
}

if (options.time) await printTimes(havok);
if (options.hard) {
  for (const [name, { scene }] of Object.entries(HARD_CASES)) {
    await measure('hard cases', name, async () => ({ scene: scene() }));
  }
}
for (const file of options.scene) {
  await measure('pipeline outputs', basename(file), async () => ({
    scene: await readGlb(new Uint8Array(await readFile(file))),
  }));
}
if (options.dataset !== undefined) {
  const magnitude = Number(options.magnitude);
  const dataset = await readDataset(options.dataset, Number(options.from) + Number(options.scenes));
  const reader = new TruthReader(dataset, 16);
  for (const [index, entry] of dataset.scenes.entries()) {
    if (index < Number(options.from)) continue;
    await measure(`disturbed scenes, magnitude ${magnitude}`, `${index}`, async () => {
      const truth = trueDescription(await reader.read(entry, index));
      return { scene: disturbed(truth, createRandom(1000 + index), magnitude), truth };
    });
  }
}
for (const [title, of] of Object.entries(records)) printRecords(title, of);
