/**
 * Table `pose`: rotation, place and size of the true meshes, from true masks, camera and depth. Further tables:
 * `poseCompletePoints` (points from all round instead of those the camera sees), `poseWithEstimatedDepth` (depth,
 * camera and gravity from the depth stage; up to scale), `poseWithoutIcp`, and the steps on the way to `pose`:
 * `poseOneSample` (drawn blindly) and `poseBestSample` (the best of those drawn, before search and registration).
 */
import { type Pose, sampleSurface, type Vec3 } from '@scenemaker/sdk';
import { maskBox } from '../../stages/mask-ops.js';
import { firmEdges } from '../../stages/depth-edges.js';
import { observedPoints } from '../../stages/observed-points.js';
import type { DepthOutput, Intrinsics, PoseInput, PoseOutput, Stage } from '../../stages/stage.js';
import { alignScale, cameraPose, type PlacedScene, posedPositions } from '../placed.js';
import { scoreScene } from '../score-scene.js';
import type { Scores, Table } from '../scores.js';
import type { TrueObject, TrueScene } from '../truth.js';

/** Fewer observed points do not say where an object is: it is left out, as the pipeline leaves it out. */
export const FEWEST_POINTS = 16;
/** Points from all round each object. */
const COMPLETE_POINTS = 4096;

const STEPS = [['poseOneSample', 'first'], ['poseBestSample', 'best']] as const; // prettier-ignore

/** A placed scene, and the same at earlier steps where the stage tells them. */
type SteppedScene = PlacedScene & { drawn: { first?: PlacedScene; best?: PlacedScene } };

export interface PoseBench {
  stage: Stage<PoseInput, PoseOutput>;
  scores: Scores;
  points: number;
  seed: number;
}

/** `estimate` is the depth stage's answer where that stage takes part. */
export async function evaluatePose(
  scene: TrueScene,
  bench: PoseBench,
  estimate: DepthOutput | undefined,
): Promise<void> {
  const { intrinsics, up } = scene;
  const camera = { intrinsics, up };
  const seen = await place(scene, bench, camera, (object) => seenPoints(object, scene.depth, intrinsics));
  add('pose', scene, seen, bench, 'poseWithoutIcp');
  for (const [table, step] of STEPS) {
    if (seen.drawn[step] !== undefined) add(table, scene, seen.drawn[step], bench);
  }
  add('poseCompletePoints', scene, await place(scene, bench, camera, completePoints), bench);
  if (estimate === undefined) return;
  const masks = scene.objects.map(({ mask }) => mask);
  const depth = firmEdges(estimate.depth, masks, estimate.edgeReach ?? 0);
  const placed = await place(scene, bench, estimate, (object) => seenPoints(object, depth, estimate.intrinsics));
  add('poseWithEstimatedDepth', scene, alignScale(placed, scene), bench);
}

function add(
  table: Table,
  scene: TrueScene,
  placed: PlacedScene,
  { scores, points }: PoseBench,
  withoutIcp?: Table,
): void {
  const score = scoreScene(placed, scene, { points, rotations: true });
  scores.add(table, scene.index, score.scene);
  for (const row of score.objects) scores.add(table, scene.index, row);
  if (withoutIcp === undefined) return;
  scores.add(withoutIcp, scene.index, score.sceneWithoutIcp);
  for (const row of score.objectsWithoutIcp) scores.add(withoutIcp, scene.index, row);
}

async function place(
  scene: TrueScene,
  { stage, seed }: PoseBench,
  { intrinsics, up }: { intrinsics: Intrinsics; up: Vec3 },
  pointsOf: (object: TrueObject) => Float32Array,
): Promise<SteppedScene> {
  const inputs = scene.objects.map((object) => ({
    mesh: object.shape.mesh,
    mask: object.mask,
    points: pointsOf(object),
  }));
  const objects = inputs.filter(({ points }) => points.length / 3 >= FEWEST_POINTS);
  const estimates = await stage.run({ picture: scene.picture, intrinsics, up, objects }, { seed });
  const answers = inputs.map((input) => estimates[objects.indexOf(input)] as PoseOutput[number] | undefined);
  const placedBy = (poseOf: (estimate: PoseOutput[number]) => Pose): PlacedScene => ({
    objects: answers.map(
      (estimate, index) => estimate && { mesh: inputs[index].mesh, pose: cameraPose(poseOf(estimate), up) },
    ),
    others: [],
    intrinsics,
  });
  const told = estimates.length > 0 && estimates.every(({ drawn }) => drawn !== undefined);
  const drawn = told && {
    first: placedBy(({ drawn, pose }) => drawn?.first ?? pose),
    best: placedBy(({ drawn, pose }) => drawn?.best ?? pose),
  };
  return { ...placedBy(({ pose }) => pose), drawn: drawn || {} };
}

/** Of an object in a depth map: camera frame, stride 3. */
export function seenPoints({ mask }: TrueObject, depth: Float32Array, intrinsics: Intrinsics): Float32Array {
  const box = maskBox(mask);
  return box === undefined ? new Float32Array(0) : observedPoints(mask, box, depth, intrinsics);
}

const completePoints = ({ shape, pose }: TrueObject): Float32Array =>
  posedPositions(sampleSurface(shape.mesh, COMPLETE_POINTS, 13).points, pose);
