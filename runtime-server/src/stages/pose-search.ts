/**
 * Other turns and sizes of an object than those that were sampled. How an object is turned, and how large it is
 * where little of it shows, is what a pose model is least sure of, and most things stand or lie on a face: so
 * these are tried, not trusted.
 */
import { type Mesh, type Pose, quat, type Quat } from '@scenemaker/sdk';
import { registerPoints, type RefinedPose } from './pose-refine.js';
import { type Evidence, highestScore, type MeshDistance, pointDistance, scorePose } from './pose-score.js';

/** Turns about the vertical, evenly spread: registration closes what is left between two. */
const TURNS = 8;
const SIZES = [1, 0.7, 1.4] as const;
/** Registered with a few points and steps first; the share that fits best goes on with more. */
const ROUNDS = [
  { points: 64, iterations: 3, kept: 96 },
  { points: 128, iterations: 4, kept: 48 },
] as const;

const X = [1, 0, 0] as const;
const Y = [0, 1, 0] as const;
const Z = [0, 0, 1] as const;
/** Canonical y up, and lying on each of the four sides. */
const ATTITUDES: readonly Quat[] = [
  [0, 0, 0, 1],
  quat.fromAxisAngle(X, Math.PI / 2),
  quat.fromAxisAngle(X, -Math.PI / 2),
  quat.fromAxisAngle(Z, Math.PI / 2),
  quat.fromAxisAngle(Z, -Math.PI / 2),
];

/**
 * Poses around `starts`, roughly registered, of which the nearest to the points are compared with the silhouette too:
 * each as it is, and the first in every attitude above, all turned about the vertical and at other sizes. Poses are in
 * the upright frame; the scores are coarse.
 *
 * @param rivals Scores of other poses: what cannot be among the best `wanted` of all is left out.
 */
export function searchPoses(
  starts: readonly Pose[],
  mesh: Mesh,
  field: MeshDistance,
  evidence: Evidence,
  rivals: readonly number[] = [],
  wanted = Infinity,
): RefinedPose[] {
  let poses = starts.flatMap((start, i) => around(start, [start.rotation, ...(i === 0 ? ATTITUDES : [])]));
  let few = evidence;
  let nearest: { pose: Pose; distance: number }[] = [];
  for (const { points, iterations, kept } of ROUNDS) {
    few = { ...evidence, points: evidence.points.subarray(0, 3 * points) };
    nearest = poses
      .map((from) => registerPoints(from, field, few, { iterations }))
      .map((pose) => ({ pose, distance: pointDistance(pose, field, few) }))
      .sort((a, b) => a.distance - b.distance)
      .slice(0, kept);
    poses = nearest.map(({ pose }) => pose);
  }
  const found: RefinedPose[] = [];
  let best = bestOf(rivals, wanted);
  for (const { pose, distance } of nearest) {
    // All that come after it are farther away.
    if (best.length === wanted && highestScore(distance) <= best[wanted - 1]) break;
    const score = scorePose(pose, mesh, field, few, distance);
    found.push({ pose, score });
    best = bestOf([...best, score.score], wanted);
  }
  return found;
}

const bestOf = (scores: readonly number[], wanted: number): number[] =>
  [...scores].sort((a, b) => b - a).slice(0, wanted);

function around(start: Pose, attitudes: readonly Quat[]): Pose[] {
  const poses: Pose[] = [];
  for (const factor of SIZES) {
    for (const attitude of attitudes) {
      for (let turn = 0; turn < TURNS; turn++) {
        const about = quat.fromAxisAngle(Y, (2 * Math.PI * turn) / TURNS);
        poses.push({ ...start, rotation: quat.multiply(about, attitude), size: start.size * factor });
      }
    }
  }
  return poses;
}
