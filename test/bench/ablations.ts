/**
 * Pose models side by side (the paper's Table 5): draws of each, nothing after them, on the scenes of an evaluation
 * data set with true meshes, masks, depth and camera. All packs are given the same noise. Beside each of the other packs:
 * the first pack minus it, scene by scene, whose interval is much narrower than those of the two.
 *
 *   npm run bench:ablations -- DATASET [PACK ...] [--limit N] [--draws 4] [--points 512]
 */
import { parseArgs } from 'node:util';
import type { Pose } from '@scenemaker/sdk';
import { formatTable, numbers, words } from '../../runtime-server/src/cli/table.js';
import { type Compute, computeHere } from '../../runtime-server/src/compute/tasks.js';
import { readDataset } from '../../runtime-server/src/evaluate/dataset.js';
import { cameraPose } from '../../runtime-server/src/evaluate/placed.js';
import { scoreScene } from '../../runtime-server/src/evaluate/score-scene.js';
import { type Sample, summarise } from '../../runtime-server/src/evaluate/statistics.js';
import { type TrueScene, TruthReader } from '../../runtime-server/src/evaluate/truth.js';
import { loadPack } from '../../runtime-server/src/models/index.js';
import { EMBEDDED_PACK } from '../../runtime-server/src/packs.js';
import { FEWEST_POINTS, seenPoints } from '../../runtime-server/src/evaluate/tables/pose.js';
import { PoseStage } from '../../runtime-server/src/stages/pose.js';
import type { PoseInput } from '../../runtime-server/src/stages/stage.js';

const METRICS = ['fScoreS', 'iouB', 'fScoreO', 'rotationDeg', 'sizeError'] as const;
type Measured = Record<(typeof METRICS)[number], number>;

const { values, positionals } = parseArgs({
  options: {
    limit: { type: 'string', default: '1000' },
    draws: { type: 'string', default: '4' },
    points: { type: 'string', default: '512' },
  },
  allowPositionals: true,
});
const [folder, ...named] = positionals;
if (folder === undefined) throw new Error('usage: npm run bench:ablations -- DATASET [PACK ...]');
const packs = named.length > 0 ? named : [EMBEDDED_PACK];
const [draws, points] = [Number(values.draws), Number(values.points)];

const dataset = await readDataset(folder, Number(values.limit));
const reader = new TruthReader(dataset, points);
const stages = await Promise.all(packs.map(async (pack) => PoseStage.open(await loadPack(pack))));
/** Of each pack, the scenes' means over their draws and objects. */
const measured: { scene: number; row: Measured }[][] = packs.map(() => []);
for (const [index, entry] of dataset.scenes.entries()) {
  const whole = await reader.read(entry, index);
  const { depth, intrinsics } = whole;
  const seen = whole.objects
    .map((object) => ({ object, points: seenPoints(object, depth, intrinsics) }))
    .filter(({ points }) => points.length / 3 >= FEWEST_POINTS);
  if (seen.length === 0) continue;
  const scene = { ...whole, objects: seen.map(({ object }) => object) };
  const inputs = seen.map(({ object, points }) => ({ mesh: object.shape.mesh, mask: object.mask, points }));
  for (const [pack, stage] of stages.entries()) {
    const drawn = await drawPoses(stage, scene, inputs);
    const rows = drawn.flatMap((poses) => measure(scene, poses));
    measured[pack].push({ scene: index, row: meanOf(rows) });
  }
}
for (const stage of stages) await stage.dispose();
print();

/** Poses [draw][object] as the model draws them, before any is compared with what was seen. */
async function drawPoses(stage: PoseStage, scene: TrueScene, objects: PoseInput['objects']): Promise<Pose[][]> {
  const { picture, intrinsics, up } = scene;
  const drawn: Pose[][] = [];
  const compute: Compute = {
    ...computeHere,
    fitPose: async (_mesh, _distances, _evidence, poses) => {
      if (poses.length < draws)
        throw new Error(`--draws ${draws}: at most ${poses.length}, as many as a pose stage draws`);
      drawn.push(poses.slice(0, draws));
      return { pose: poses[0], score: 0 };
    },
  };
  await stage.run({ picture, intrinsics, up, objects }, { seed: 7, compute });
  return Array.from({ length: draws }, (_, draw) => drawn.map((poses) => cameraPose(poses[draw], up)));
}

function measure(scene: TrueScene, poses: readonly Pose[]): Measured[] {
  const objects = poses.map((pose, i) => ({ mesh: scene.objects[i].shape.mesh, pose }));
  const score = scoreScene({ objects, others: [], intrinsics: scene.intrinsics }, scene, { points, rotations: true });
  return score.objects.map(
    (row) => Object.fromEntries(METRICS.map((metric) => [metric, score.scene[metric] ?? row[metric]])) as Measured,
  );
}

function meanOf(rows: readonly Measured[]): Measured {
  const mean = (metric: (typeof METRICS)[number]): number =>
    rows.reduce((sum, row) => sum + row[metric], 0) / rows.length;
  return Object.fromEntries(METRICS.map((metric) => [metric, mean(metric)])) as Measured;
}

function print(): void {
  interface Line {
    name: string;
    valueOf: (scene: number, metric: keyof Measured) => number;
  }
  const lines = packs.flatMap((name, pack): Line[] => {
    const own: Line['valueOf'] = (i, metric) => measured[pack][i].row[metric];
    const less: Line['valueOf'] = (i, metric) => measured[0][i].row[metric] - own(i, metric);
    return pack === 0 ? [{ name, valueOf: own }] : [{ name, valueOf: own }, { name: '  first - it', valueOf: less }]; // prettier-ignore
  });
  const summary = ({ valueOf }: Line, metric: keyof Measured): string => {
    const samples = measured[0].map(({ scene }, i): Sample => ({ value: valueOf(i, metric), group: scene }));
    const { mean, low, high } = summarise(samples);
    return `${mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
  };
  const columns = METRICS.map((metric) => numbers<Line>(metric, (line) => summary(line, metric)));
  console.log(`${measured[0].length} scenes, ${draws} draws of each model; mean [95 % interval]\n`);
  console.log(formatTable(lines, [words<Line>('pack', ({ name }) => name), ...columns]));
}
