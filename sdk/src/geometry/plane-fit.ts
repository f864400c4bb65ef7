/** Fitting a plane to points, most of which may belong to something else. */
import * as mat3 from './mat3.js';
import type { Mat3, Vec3 } from './mesh.js';
import * as quat from './quat.js';
import { createRandom } from './random.js';
import * as vec3 from './vec3.js';

/** Points p with `dot(normal, p) = offset`. */
export interface Plane {
  normal: Vec3;
  offset: number;
}

export interface PlaneFit extends Plane {
  /** Share of the points within the tolerance, 0 to 1. */
  inlierShare: number;
  /** 1 for each point within the tolerance. */
  inliers: Uint8Array;
}

export interface PlaneFitOptions {
  /** How far from the plane a point may lie, in the points' unit. */
  tolerance: number;
  /** Tries. 500 find a plane that holds a quarter of the points with a chance of 0.9996. */
  iterations?: number;
  seed?: number;
  /** Where given, planes whose normal is farther from it than `maxTiltRadians` are not considered; the normal found lies on its side. */
  towards?: Vec3;
  maxTiltRadians?: number;
}

export const PLANE_FIT_DEFAULTS = { iterations: 500, seed: 0, maxTiltRadians: Math.PI / 2 } as const;

/** RANSAC, then least squares over what it found. Null where no three points span an allowed plane. */
export function fitPlane(points: ArrayLike<number>, options: PlaneFitOptions): PlaneFit | null {
  const { iterations, seed, maxTiltRadians } = { ...PLANE_FIT_DEFAULTS, ...options };
  const { tolerance, towards } = options;
  const count = Math.floor(points.length / 3);
  if (count < 3) return null;
  const random = createRandom(seed);
  const leastCosine = Math.cos(maxTiltRadians);
  const allowed = (normal: Vec3): boolean => !towards || vec3.dot(normal, towards) >= leastCosine - 1e-9;
  let best: Plane | null = null;
  let bestCount = 0;
  for (let i = 0; i < iterations; i++) {
    const plane = planeThrough(points, random.integer(count), random.integer(count), random.integer(count), towards);
    if (!plane || !allowed(plane.normal)) continue;
    const inliers = countInliers(points, plane, tolerance, bestCount);
    if (inliers > bestCount) {
      bestCount = inliers;
      best = plane;
    }
  }
  if (!best) return null;
  for (let round = 0; round < 3; round++) {
    const refined = leastSquares(points, best, tolerance);
    if (!allowed(refined.normal) || countInliers(points, refined, tolerance) < countInliers(points, best, tolerance))
      break;
    best = refined;
  }
  const inliers = new Uint8Array(count);
  for (let i = 0; i < count; i++) inliers[i] = Math.abs(height(points, i, best)) <= tolerance ? 1 : 0;
  return { ...best, inliers, inlierShare: countInliers(points, best, tolerance) / count };
}

/** Signed distance of point `index` from the plane. */
const height = (points: ArrayLike<number>, index: number, { normal, offset }: Plane): number =>
  normal[0] * points[3 * index] + normal[1] * points[3 * index + 1] + normal[2] * points[3 * index + 2] - offset;

/** Stops counting, at fewer, where they cannot be more than `toBeat`. */
function countInliers(points: ArrayLike<number>, plane: Plane, tolerance: number, toBeat = -1): number {
  const count = Math.floor(points.length / 3);
  let outliers = 0;
  for (let i = 0; i < count && outliers < count - toBeat; i++)
    if (!(Math.abs(height(points, i, plane)) <= tolerance)) outliers++;
  return count - outliers;
}

function planeThrough(
  points: ArrayLike<number>,
  i: number,
  j: number,
  k: number,
  towards: Vec3 | undefined,
): Plane | null {
  const a = vec3.at(points, i);
  const raw = vec3.cross(vec3.sub(vec3.at(points, j), a), vec3.sub(vec3.at(points, k), a));
  const norm = vec3.length(raw);
  if (!(norm > 0) || !Number.isFinite(norm)) return null;
  const facing = towards && vec3.dot(raw, towards) < 0 ? -1 : 1;
  const normal = vec3.scale(raw, facing / norm);
  return { normal, offset: vec3.dot(normal, a) };
}

/** The plane with the least squared distances to the inliers of `plane`, facing the same way. */
function leastSquares(points: ArrayLike<number>, plane: Plane, tolerance: number): Plane {
  const inliers: Vec3[] = [];
  let sum: Vec3 = vec3.ZERO;
  for (let i = 0; 3 * i + 2 < points.length; i++) {
    if (Math.abs(height(points, i, plane)) > tolerance) continue;
    const point = vec3.at(points, i);
    inliers.push(point);
    sum = vec3.add(sum, point);
  }
  const mean = vec3.scale(sum, 1 / inliers.length);
  const [xx, xy, xz, yy, yz, zz] = [[0, 0], [0, 1], [0, 2], [1, 1], [1, 2], [2, 2]].map(([r, c]) =>
    inliers.reduce((total, p) => total + (p[r] - mean[r]) * (p[c] - mean[c]), 0),
  ); // prettier-ignore
  const covariance: Mat3 = [xx, xy, xz, xy, yy, yz, xz, yz, zz];
  const axes = mat3.eigenSymmetric(covariance);
  const least = quat.rotate(axes.rotation, [1, 0, 0]);
  const normal = vec3.dot(least, plane.normal) < 0 ? vec3.scale(least, -1) : least;
  return { normal, offset: vec3.dot(normal, mean) };
}
