/**
 * How far two clouds of surface points lie apart, as MIDI-3D's evaluation measures it.
 *
 * Clouds are stride 3. Distances are in the units of the clouds, so their frame has to be normalised first:
 * see `normalise.ts`.
 */
import { PointTree } from './point-tree.js';

/** Points nearer than this count for the F-Score, in units of the normalised frame. */
export const F_SCORE_DISTANCE = 0.1;

export interface CloudScore {
  /** Chamfer distance: the mean squared distance to the nearest point of the other cloud, both ways, summed. */
  cd: number;
  /** Harmonic mean of the shares, both ways, of points that have one of the other cloud nearer than 0.1. */
  fScore: number;
}

/**
 * The clouds in two trees, or, after a registration, `moved`: A brought onto B, and `back`: B brought onto A by
 * the inverse motion. A rigid motion changes no distance, so neither tree has to be built again.
 */
export function scoreClouds(
  a: PointTree,
  b: PointTree,
  aligned?: { moved: Float32Array; back: Float32Array },
): CloudScore {
  const toB = oneWay(aligned?.moved ?? a.points, b);
  const toA = oneWay(aligned?.back ?? b.points, a);
  const sum = toB.near + toA.near;
  return { cd: toB.squared + toA.squared, fScore: (2 * toB.near * toA.near) / (sum + 1e-8) };
}

/** Of two clouds as they lie. */
export const compareClouds = (a: Float32Array, b: Float32Array): CloudScore =>
  scoreClouds(new PointTree(a), new PointTree(b));

/** Mean squared distance from `points` to the cloud in `tree`, and the share that is strictly nearer than 0.1. */
function oneWay(points: Float32Array, tree: PointTree): { squared: number; near: number } {
  let squared = 0;
  let near = 0;
  let guess = -1;
  for (let i = 0; i < points.length; i += 3) {
    guess = tree.nearest(points[i], points[i + 1], points[i + 2], guess);
    squared += tree.squared;
    if (tree.squared < F_SCORE_DISTANCE * F_SCORE_DISTANCE) near++;
  }
  const count = points.length / 3;
  return { squared: squared / count, near: near / count };
}
