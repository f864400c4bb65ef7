/**
 * What physics costs and what it is worth, in figures of `design/physics.md`.
 *
 *   npm run bench:physics -- [--time] [--hard] [--dataset DIR [--scenes N] [--magnitude M]] [--scene FILE.glb ...]
 *
 * `--dataset` takes a folder of `make_dataset.py`; its true poses are disturbed as the pose model errs:
 * translation by a median of 0.26 of the size, size by a median of 14 %, rotation about the vertical by 10 degrees
 * and by tilts of 5 degrees, one in ten of 20 degrees (one sigma); `--magnitude` multiplies all of it. `--scene`
 * takes scenes as the pipeline made them, unsettled. Seconds are of processor time.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createRandom, quat, type Random, vec3 } from '@scenemaker/sdk/geometry';
import {
  createHavokEngine,
  createSilhouettes,
  type PhysicsEngine,
  refereeScene,
  settle,
  settleScene,
} from '@scenemaker/sdk/physics';
import type { Pose, SceneDescription } from '@scenemaker/sdk/scene';
import { readGlb } from '@scenemaker/sim-adapters';
import { createMujocoEngine } from '@scenemaker/sim-adapters/environments';
import { readDataset } from '../../runtime-server/src/evaluate/dataset.js';
import { trueDescription } from '../../runtime-server/src/evaluate/true-description.js';
import { TruthReader } from '../../runtime-server/src/evaluate/truth.js';
import { createBody } from '../../sdk/src/physics/collide/body.js';
import { prepareScene } from '../../sdk/src/physics/prepare.js';
import { settlePrepared } from '../../sdk/src/physics/settle-scene.js';
import { crowdScene, HARD_CASES } from '../sdk/physics/hard-cases/cases.js';

const { values: options } = parseArgs({
  options: {
    time: { type: 'boolean', default: false },
    hard: { type: 'boolean', default: false },
    dataset: { type: 'string' },
    scenes: { type: 'string', default: '200' },
    magnitude: { type: 'string', default: '1' },
    scene: { type: 'string', multiple: true, default: [] },
  },
});

const havok = await createHavokEngine();
const mujoco = await createMujocoEngine();

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

function disturbed(scene: SceneDescription, random: Random, magnitude: number): SceneDescription {
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.range(0, 1))) * Math.cos(random.range(0, 2 * Math.PI));
  const degrees = (sigma: number): number => (magnitude * sigma * normal() * Math.PI) / 180;
  const disturb = (pose: Pose): Pose => {
    const angle = random.range(0, 2 * Math.PI);
    const tilt = quat.fromAxisAngle([Math.cos(angle), 0, Math.sin(angle)], degrees(random.range(0, 1) < 0.1 ? 20 : 5));
    const turn = quat.multiply(tilt, quat.fromAxisAngle(vec3.UP, degrees(10)));
    // The median length of three normal numbers is 1.54, the median size of one 0.67.
    const shift = 0.26 / 1.54;
    const by = [normal(), normal(), normal()].map((value) => magnitude * shift * pose.size * value);
    return {
      rotation: quat.normalize(quat.multiply(turn, pose.rotation)),
      translation: vec3.add(pose.translation, [by[0], by[1], by[2]]),
      size: pose.size * Math.exp((magnitude * 0.14 * normal()) / 0.67),
    };
  };
  return {
    ...scene,
    scale: { measured: false, source: 'estimated' },
    objects: scene.objects.map((object) => ({
      ...object,
      pose: disturb(object.pose),
      scores: { ...object.scores, pose: 0.6 },
    })),
  };
}

interface Way {
  penetration: number[];
  stable: number[];
  phyRecon: number[];
  sceneSmith: number[];
  silhouette: number[];
  toTruth: number[];
}

/** Figures of three ways to treat the same scenes, gathered: nothing, Havok alone, and `settleScene`. */
class Tally {
  readonly #name: string;
  readonly #ways: Record<string, Way> = {};
  readonly #moved: number[] = [];
  readonly #seconds: number[] = [];
  #agreed = 0;
  #scenes = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(scene: SceneDescription, truth?: SceneDescription): void {
    const silhouettes = createSilhouettes(scene);
    const begin = process.cpuUsage();
    const prepared = prepareScene(scene);
    const settled = settlePrepared(scene, prepared, { engine: havok });
    const { user, system } = process.cpuUsage(begin);
    this.#seconds.push((user + system) / 1e6);
    this.#scenes++;
    const { objects, ground } = prepared;
    const nothing = { ...scene, ground, objects };
    const fresh = objects.map(({ id, colliders, pose, properties }) => ({
      body: createBody(id, colliders, pose),
      properties,
    }));
    const { transforms } = settle(havok, fresh, ground, { maxSeconds: 4 });
    const alone = {
      ...nothing,
      objects: objects.map((object, i) => ({ ...object, pose: { ...transforms[i], size: object.pose.size } })),
    };
    for (const [way, made] of Object.entries({ nothing, 'Havok alone': alone, SceneMaker: settled })) {
      const figures = (this.#ways[way] ??= {
        penetration: [],
        stable: [],
        phyRecon: [],
        sceneSmith: [],
        silhouette: [],
        toTruth: [],
      });
      const judged = refereeScene(made, mujoco);
      figures.penetration.push(Math.max(0, ...judged.objects.map(({ penetrationMeters }) => penetrationMeters)));
      judged.objects.forEach(({ movedMeters, turnedDegrees, byOthers }, i) => {
        figures.stable.push(movedMeters < 0.01 && turnedDegrees < 3 ? 1 : 0);
        figures.phyRecon.push(byOthers.phyRecon ? 1 : 0);
        figures.sceneSmith.push(byOthers.sceneSmith ? 1 : 0);
        const { pose } = made.objects[i];
        const seen = silhouettes[i];
        if (seen) figures.silhouette.push(seen.iou(pose));
        if (!truth) return;
        const there = truth.objects[i].pose;
        figures.toTruth.push(vec3.distance(pose.translation, there.translation) / there.size);
      });
      if (way === 'SceneMaker')
        this.#agreed += (judged.verdict === 'stable') === (made.physics?.verdict === 'stable') ? 1 : 0;
    }
    settled.physics?.objects.forEach(({ movedMeters }, i) =>
      this.#moved.push(movedMeters / settled.objects[i].pose.size),
    );
  }

  print(): void {
    const percent = (values: readonly number[]): string =>
      values.length === 0
        ? ''
        : `${(100 * (values.reduce((sum, value) => sum + value, 0) / values.length)).toFixed(1)} %`;
    console.log(`\n${this.#name}: ${this.#scenes} scenes, ${this.#moved.length} objects`);
    console.table(
      Object.fromEntries(
        Object.entries(this.#ways).map(([way, figures]) => [
          way,
          {
            'scenes overlapping by 1 mm at most': percent(figures.penetration.map((depth) => (depth <= 1e-3 ? 1 : 0))),
            'worst overlap mm': (1000 * Math.max(0, ...figures.penetration)).toFixed(1),
            'stable objects': percent(figures.stable),
            PhyRecon: percent(figures.phyRecon),
            SceneSmith: percent(figures.sceneSmith),
            'silhouette IoU': percent(figures.silhouette),
            'median distance to truth / size': figures.toTruth.length > 0 ? median(figures.toTruth).toFixed(3) : '',
          },
        ]),
      ),
    );
    console.log(
      `median way of grounding and separation / size: ${median(this.#moved).toFixed(3)}; median seconds a scene: ` +
        `${median(this.#seconds).toFixed(2)}; MuJoCo agrees with the verdict on ${this.#agreed} of ${this.#scenes}`,
    );
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

if (options.time) await printTimes(havok);
if (options.hard) {
  const tally = new Tally('hard cases');
  for (const { scene } of Object.values(HARD_CASES)) tally.add(scene());
  tally.print();
}
if (options.scene.length > 0) {
  const tally = new Tally('pipeline outputs');
  for (const file of options.scene) tally.add(await readGlb(new Uint8Array(await readFile(file))));
  tally.print();
}
if (options.dataset !== undefined) {
  const dataset = await readDataset(options.dataset, Number(options.scenes));
  const reader = new TruthReader(dataset, 16);
  const tally = new Tally(`scenes of ${options.dataset}, magnitude ${options.magnitude}`);
  for (const [index, entry] of dataset.scenes.entries()) {
    const truth = trueDescription(await reader.read(entry, index));
    tally.add(disturbed(truth, createRandom(1000 + index), Number(options.magnitude)), truth);
    if (index % 10 === 9) tally.print();
  }
  tally.print();
}
