/**
 * Rigid registration: the rotation and translation that bring one cloud onto another.
 *
 * No scale is found and no reflection: a mirrored cloud stays mirrored.
 */
import { type Mat3, mat3, type Vec3 } from '@scenemaker/sdk';
import type { PointTree } from './point-tree.js';

/** Maps points as `rotation * p + translation`. */
export interface RigidMotion {
  rotation: Mat3;
  translation: Vec3;
}

export const NO_MOTION: RigidMotion = { rotation: mat3.IDENTITY, translation: [0, 0, 0] };

export interface IcpOptions {
  iterations?: number;
  /** At most so many points of the source, evenly picked, are matched; the target keeps all of its own. */
  points?: number;
  /** It ends when the mean distance to the nearest points falls by less than this, in units of the clouds. */
  tolerance?: number;
}

export const ICP_DEFAULTS: Required<IcpOptions> = { iterations: 50, tolerance: 1e-5, points: 20_480 };

/**
 * Iterated closest points (Besl and McKay, 1992), from where the clouds lie: `source` onto `target`.
 * `motion` is the best that was met.
 */
export function registerClouds(
  source: PointTree,
  target: PointTree,
  options: IcpOptions = {},
): { motion: RigidMotion; iterations: number } {
  const { iterations, tolerance, points } = { ...ICP_DEFAULTS, ...options };
  const moving = pick(source.points, points);
  const matches = new Int32Array(moving.length / 3).fill(-1);
  let motion = NO_MOTION;
  let best = motion;
  let least = Infinity;
  for (let iteration = 0; ; iteration++) {
    const distance = matchNearest(movePoints(moving, motion), target, matches);
    const gain = least - distance;
    if (distance < least) {
      least = distance;
      best = motion;
    }
    if (gain < tolerance || iteration === iterations) return { motion: best, iterations: iteration };
    motion = fitRigid(moving, target.points, matches);
  }
}

/** Every so-many-th point; in a tree's order neighbours are close, so that what is left is spread evenly. */
function pick(points: Float32Array, most: number): Float32Array {
  const count = points.length / 3;
  if (count <= most) return points;
  const picked = new Float32Array(3 * most);
  for (let i = 0; i < most; i++) {
    const k = 3 * Math.floor((i * count) / most);
    picked.set(points.subarray(k, k + 3), 3 * i);
  }
  return picked;
}

/** The nearest point of `target` for each of `points`, starting from what `matches` holds; the mean distance. */
function matchNearest(points: Float32Array, target: PointTree, matches: Int32Array): number {
  let sum = 0;
  let guess = -1;
  for (let i = 0; i < matches.length; i++) {
    const start = matches[i] < 0 ? guess : matches[i];
    guess = target.nearest(points[3 * i], points[3 * i + 1], points[3 * i + 2], start);
    matches[i] = guess;
    sum += Math.sqrt(target.squared);
  }
  return sum / matches.length;
}

/**
 * The motion with the least squared distance between `from[i]` and `to[matches[i]]` (Kabsch's problem), where
 * matches are in order when absent. The rotation always has determinant +1.
 */
export function fitRigid(from: Float32Array, to: Float32Array, matches?: Int32Array): RigidMotion {
  const count = from.length / 3;
  const meanFrom = [0, 0, 0];
  const meanTo = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const k = 3 * (matches === undefined ? i : matches[i]);
    for (let axis = 0; axis < 3; axis++) {
      meanFrom[axis] += from[3 * i + axis] / count;
      meanTo[axis] += to[k + axis] / count;
    }
  }
  // Entry (r, c) sums component r of the source times component c of the target.
  const h = new Float64Array(9);
  for (let i = 0; i < count; i++) {
    const k = 3 * (matches === undefined ? i : matches[i]);
    for (let r = 0; r < 3; r++) {
      const component = from[3 * i + r] - meanFrom[r];
      for (let c = 0; c < 3; c++) h[3 * r + c] += component * (to[k + c] - meanTo[c]);
    }
  }
  const rotation = bestRotation(h);
  const [x, y, z] = mat3.apply(rotation, [meanFrom[0], meanFrom[1], meanFrom[2]]);
  return { rotation, translation: [meanTo[0] - x, meanTo[1] - y, meanTo[2] - z] };
}

/**
 * The proper rotation R that makes the sum of `to . R from` greatest, for the covariance `h` of source (rows)
 * and target (columns): the largest eigenvector of Horn's 4 x 4 matrix is its quaternion, which is a rotation
 * and never a reflection (B. Horn, Closed-form solution of absolute orientation using unit quaternions, 1987).
 */
export function bestRotation(h: ArrayLike<number>): Mat3 {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = Array.from(h);
  const n = [
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, yy - xx - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, zz - xx - yy],
  ];
  const [w, x, y, z] = largestEigenvector(n);
  return [
    w * w + x * x - y * y - z * z,
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    w * w - x * x + y * y - z * z,
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    w * w - x * x - y * y + z * z,
  ];
}

/** Of a symmetric matrix, of unit length, by cyclic Jacobi rotations; `a` is used up. */
function largestEigenvector(a: number[][]): number[] {
  const size = a.length;
  const vectors = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 30; sweep++) {
    let rest = 0;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rest += a[p][q] ** 2;
    if (rest === 0) break;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotateAway(a, vectors, p, q);
  }
  let largest = 0;
  for (let i = 1; i < size; i++) if (a[i][i] > a[largest][largest]) largest = i;
  const vector = vectors.map((row) => row[largest]);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** One Jacobi rotation: zeroes entry (p, q) of `a` and gathers the rotation in `vectors`. */
function rotateAway(a: number[][], vectors: number[][], p: number, q: number): void {
  if (a[p][q] === 0) return;
  const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(t * t + 1);
  const sine = t * cosine;
  for (const row of [...a, ...vectors]) {
    [row[p], row[q]] = [cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]];
  }
  for (let k = 0; k < a.length; k++) {
    [a[p][k], a[q][k]] = [cosine * a[p][k] - sine * a[q][k], sine * a[p][k] + cosine * a[q][k]];
  }
  a[p][q] = 0;
  a[q][p] = 0;
}

/** `rotation * p + translation` of every point; stride 3. */
export function movePoints(points: Float32Array, { rotation, translation }: RigidMotion): Float32Array {
  const [a, b, c, d, e, f, g, h, k] = rotation;
  const [tx, ty, tz] = translation;
  const moved = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    const x = points[i];
    const y = points[i + 1];
    const z = points[i + 2];
    moved[i] = a * x + b * y + c * z + tx;
    moved[i + 1] = d * x + e * y + f * z + ty;
    moved[i + 2] = g * x + h * y + k * z + tz;
  }
  return moved;
}

export function invertMotion({ rotation, translation }: RigidMotion): RigidMotion {
  const back = mat3.transpose(rotation);
  const [x, y, z] = mat3.apply(back, translation);
  return { rotation: back, translation: [-x, -y, -z] };
}
