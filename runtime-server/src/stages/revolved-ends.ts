/**
 * Where a solid of revolution ends. Seen from above, a silhouette does not tell a flat end from a cone on it, which the
 * end hides: of all that is possible the visual hull is the largest, and ends in cones.
 */
import { fromGrid } from '@scenemaker/sdk';
import type { Intrinsics } from './stage.js';
import type { UprightAxis } from './symmetry.js';
import { cubeToCamera, type ObjectCube, projectPoint } from './upright.js';

/** Circles whose rims are seen within so many pixels of each other have them in one place. */
const SAME_PLACE = 2;
/** An end of fewer circles is none. */
const LEAST_CONE = 2;
/** A body that narrows towards its end by more than this share of the cone is round there, and not flat. */
const ROUND = 0.3;
/** The share of the heights that lies between the ends. */
const LEAST_KEPT = 1 / 3;
/** Heights between those that tell how round. */
const APART = 4;

/**
 * The radii without those of the cones at both ends: flat where the wall is steep, as round as the wall elsewhere.
 *
 * @param radii Of one connected solid, at the heights of a grid in the cube, in half sides of it; 0 where it is not.
 */
export function endsOf(cube: ObjectCube, intrinsics: Intrinsics, axis: UprightAxis, radii: Float32Array): Float32Array {
  /** Rows of the picture in which the rim of circle `j` is nearest to the viewer and farthest. */
  const rows = (j: number): [number, number] => {
    const y = fromGrid(j, { resolution: radii.length, halfExtent: 1 });
    const row = (side: number): number =>
      projectPoint(intrinsics, cubeToCamera(cube, [axis.x, y, axis.z + side * radii[j]]))[1];
    return [row(1), row(-1)];
  };
  const there = [...radii.keys()].filter((j) => radii[j] > 0);
  const lower = (j: number): number => Math.max(...rows(j));
  const upper = (j: number): number => -Math.min(...rows(j));
  const low = lastInPlace(there, lower);
  const high = lastInPlace(there.toReversed(), upper);
  const ended = radii.slice();
  // What is itself flat or a cone would lose most of it.
  if ((high ?? there.at(-1) ?? 0) - (low ?? there[0] ?? 0) < LEAST_KEPT * there.length) return ended;
  endAt(ended, low, -1);
  endAt(ended, high, 1);
  return ended;
}

/** Of the circles, from the end of the solid inwards, the innermost whose rim is where the solid's end is seen. */
function lastInPlace(circles: readonly number[], reach: (circle: number) => number): number | undefined {
  const reached = circles.map(reach);
  const end = Math.max(...reached);
  const last = reached.findLastIndex((value) => value >= end - SAME_PLACE);
  return last < LEAST_CONE ? undefined : circles[last];
}

/** Ends the solid, in place, at circle `last`: beyond it, in the direction of `out`, it is empty or closes like an ellipsoid. */
function endAt(radii: Float32Array, last: number | undefined, out: 1 | -1): void {
  if (last === undefined) return;
  const [cone, wall] = [radii[last] - radii[last + 2 * out], radii[last - 2 * out] - radii[last]];
  const close = wall > ROUND * cone ? ellipsoid(radii, last, out) : undefined;
  for (let j = last + out, n = 1; radii[j] !== undefined; j += out, n++) {
    radii[j] = Math.min(radii[j], close?.(n) ?? 0);
  }
}

/** The radius `n` circles beyond `last`, as three of those before it tell: squares of an ellipsoid's radii are a parabola. */
function ellipsoid(radii: Float32Array, last: number, out: 1 | -1): ((n: number) => number) | undefined {
  const [a, b, c] = [0, 1, 2].map((k) => (radii[last - k * APART * out] ?? 0) ** 2);
  const slope = (3 * a - 4 * b + c) / (2 * APART);
  const bend = (a - 2 * b + c) / (2 * APART ** 2);
  if (!(slope < 0) || !(bend < 0)) return undefined;
  return (n) => Math.sqrt(Math.max(0, a + slope * n + bend * n * n));
}
