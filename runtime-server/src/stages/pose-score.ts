/** How well a posed mesh explains what the camera saw of an object: its points and its silhouette. */
import {
  type DistanceField,
  type Mat3,
  type Mesh,
  type Pose,
  quat,
  transformPositions,
  type Vec3,
  vec3,
} from '@scenemaker/sdk';
import { rasteriseDepth } from '@scenemaker/sdk/render';
import { splatPoints } from './observed-field.js';
import { maskBox, othersOf } from './mask-ops.js';
import { resampleMask, windowRect } from './picture-ops.js';
import type { Intrinsics, Mask, Window } from './stage.js';
import { turnPose, windowIntrinsics } from './upright.js';

/** Side of the picture that silhouettes are compared in, pixels. */
const SILHOUETTE_SIDE = 48;
/** Room around the visible pixels, so that a mesh that is too large shows. */
const SILHOUETTE_ROOM = 1.8;
/** Distances count up to this share of the observed points' extent. */
const FARTHEST = 0.1;
/** Shares of points, silhouette and depth in the score. */
const WEIGHTS = { points: 0.4, silhouette: 0.4, depth: 0.2 } as const;

/** Signed distance around a mesh in canonical space. */
export type MeshDistance = Pick<DistanceField, 'resolution' | 'halfExtent' | 'values'>;

/** The distance at (x, y, z), and its gradient in `gradient`. Beyond the grid, the way to the grid is added. */
export function sampleDistance(field: MeshDistance, x: number, y: number, z: number, gradient: Float64Array): number {
  const { resolution: n, halfExtent, values } = field;
  const cell = (2 * halfExtent) / n;
  const edge = halfExtent - cell / 2;
  const px = Math.min(edge, Math.max(-edge, x));
  const py = Math.min(edge, Math.max(-edge, y));
  const pz = Math.min(edge, Math.max(-edge, z));
  const gx = (px + edge) / cell;
  const gy = (py + edge) / cell;
  const gz = (pz + edge) / cell;
  const ix = Math.min(n - 2, Math.floor(gx));
  const iy = Math.min(n - 2, Math.floor(gy));
  const iz = Math.min(n - 2, Math.floor(gz));
  const tx = gx - ix;
  const ty = gy - iy;
  const tz = gz - iz;
  const i = (iz * n + iy) * n + ix;
  const k = i + n * n;
  // Differences along x on the four edges of the cell, then interpolation across them.
  const e00 = values[i + 1] - values[i];
  const e10 = values[i + n + 1] - values[i + n];
  const e01 = values[k + 1] - values[k];
  const e11 = values[k + n + 1] - values[k + n];
  const v00 = values[i] + tx * e00;
  const v10 = values[i + n] + tx * e10;
  const v01 = values[k] + tx * e01;
  const v11 = values[k + n] + tx * e11;
  const near = v00 + ty * (v10 - v00);
  const far = v01 + ty * (v11 - v01);
  const value = near + tz * (far - near);
  const bx = x - px;
  const by = y - py;
  const bz = z - pz;
  if (bx === 0 && by === 0 && bz === 0) {
    const d0 = e00 + ty * (e10 - e00);
    const d1 = e01 + ty * (e11 - e01);
    gradient[0] = (d0 + tz * (d1 - d0)) / cell;
    gradient[1] = (v10 - v00 + tz * (v11 - v01 - v10 + v00)) / cell;
    gradient[2] = (far - near) / cell;
    return value;
  }
  const beyond = Math.sqrt(bx * bx + by * by + bz * bz);
  gradient[0] = bx / beyond;
  gradient[1] = by / beyond;
  gradient[2] = bz / beyond;
  return value + beyond;
}

/**
 * The signed distance of each point to the posed mesh, and the way from the pose's origin to the point and the
 * gradient there, stride 3; all in the points' frame and unit.
 */
export interface Residuals {
  distance: Float64Array;
  offset: Float64Array;
  gradient: Float64Array;
}

export function createResiduals(count: number): Residuals {
  return {
    distance: new Float64Array(count),
    offset: new Float64Array(3 * count),
    gradient: new Float64Array(3 * count),
  };
}

/** Fills `residuals`, made for as many points. */
export function measurePoints(pose: Pose, field: MeshDistance, points: Float32Array, residuals: Residuals): void {
  const { distance, offset, gradient } = residuals;
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = quat.toMat3(pose.rotation);
  const [tx, ty, tz] = pose.translation;
  const { size } = pose;
  const slope = new Float64Array(3);
  for (let i = 0; i < points.length; i += 3) {
    const x = points[i] - tx;
    const y = points[i + 1] - ty;
    const z = points[i + 2] - tz;
    // The transposed rotation leads to canonical space.
    const u = (xx * x + yx * y + zx * z) / size;
    const v = (xy * x + yy * y + zy * z) / size;
    const w = (xz * x + yz * y + zz * z) / size;
    distance[i / 3] = sampleDistance(field, u, v, w, slope) * size;
    offset[i] = x;
    offset[i + 1] = y;
    offset[i + 2] = z;
    gradient[i] = xx * slope[0] + xy * slope[1] + xz * slope[2];
    gradient[i + 1] = yx * slope[0] + yy * slope[1] + yz * slope[2];
    gradient[i + 2] = zx * slope[0] + zy * slope[1] + zz * slope[2];
  }
}

/** What was observed of one object, ready to compare poses with. */
export interface Evidence {
  /** Upright frame, stride 3. */
  points: Float32Array;
  /** The points' extent: twice the 90 % quantile of the distance to their median. */
  extent: number;
  /** The silhouette's picture: visible, not to be judged (another object's, outside), z of the points or 0. */
  seen: Uint8Array;
  ignored: Uint8Array;
  depth: Float32Array;
  camera: Intrinsics;
  cameraFromUpright: Mat3;
}

/** One of the objects of a picture. */
export interface SeenObject {
  /** Upright frame, stride 3. */
  points: Float32Array;
  cameraPoints: Float32Array;
  mask: Mask;
}

/** Of each object, the others' pixels left out. Throws a RangeError for an empty mask. */
export function gatherEvidence(
  objects: readonly SeenObject[],
  intrinsics: Intrinsics,
  cameraFromUpright: Mat3,
): Evidence[] {
  if (objects.length === 0) return [];
  const size = SILHOUETTE_SIDE;
  const masks = objects.map(({ mask }) => mask);
  const others = othersOf(masks, masks[0].width, masks[0].height);
  return objects.map(({ mask, points, cameraPoints }, index) => {
    const box = maskBox(mask);
    if (box === undefined) throw new RangeError('an object has no visible pixels');
    const side = Math.max(box.x1 - box.x0, box.y1 - box.y0) * SILHOUETTE_ROOM;
    const window: Window = { x: (box.x0 + box.x1 - side) / 2, y: (box.y0 + box.y1 - side) / 2, side };
    return {
      points,
      extent: pointExtent(points),
      seen: resampleMask(mask, windowRect(window), size, size).data,
      ignored: resampleMask(others[index], windowRect(window), size, size, 1).data,
      depth: splatPoints(cameraPoints, window, intrinsics, size),
      camera: windowIntrinsics(intrinsics, window, size),
      cameraFromUpright,
    };
  });
}

export interface PoseScore {
  /** 0 to 1. */
  score: number;
  /** Mean distance of the points to the mesh, at most `FARTHEST` of their extent, over that. */
  distance: number;
  /** Overlap over union of the silhouettes where it can be judged. */
  silhouetteIou: number;
  /** Mean error of depth where both have one, likewise over the farthest that counts. */
  depthError: number;
}

/** Mean distance of the points to the posed mesh, at most `FARTHEST` of their extent, over that. */
export function pointDistance(pose: Pose, field: MeshDistance, { points, extent }: Evidence): number {
  const farthest = FARTHEST * extent;
  const residuals = createResiduals(points.length / 3);
  measurePoints(pose, field, points, residuals);
  let sum = 0;
  for (const distance of residuals.distance) sum += Math.min(Math.abs(distance), farthest);
  return sum / (residuals.distance.length * farthest);
}

/** The score of a pose at this distance is no higher, whatever its silhouette. */
export const highestScore = (distance: number): number =>
  WEIGHTS.points * (1 - distance) + WEIGHTS.silhouette + WEIGHTS.depth;

/** @param distance The pose's `pointDistance`, where it is known. */
export function scorePose(
  pose: Pose,
  mesh: Mesh,
  field: MeshDistance,
  evidence: Evidence,
  distance: number = pointDistance(pose, field, evidence),
): PoseScore {
  const { extent, seen, ignored, camera, cameraFromUpright } = evidence;
  const farthest = FARTHEST * extent;
  const { rotation, translation, size } = turnPose(pose, cameraFromUpright);
  const positions = transformPositions(mesh.positions, rotation, translation, size);
  const view = { ...camera, width: SILHOUETTE_SIDE, height: SILHOUETTE_SIDE };
  const depth = rasteriseDepth({ positions, indices: mesh.indices }, view);
  let overlap = 0;
  let union = 0;
  let depthError = 0;
  let compared = 0;
  for (let i = 0; i < depth.length; i++) {
    const drawn = depth[i] < Infinity;
    if (seen[i] !== 0) {
      union++;
      if (drawn) overlap++;
    } else if (drawn && ignored[i] === 0) union++;
    if (evidence.depth[i] > 0) {
      compared++;
      depthError += drawn ? Math.min(1, Math.abs(depth[i] - evidence.depth[i]) / farthest) : 1;
    }
  }
  const silhouetteIou = union === 0 ? 0 : overlap / union;
  depthError = compared === 0 ? 1 : depthError / compared;
  const score = WEIGHTS.points * (1 - distance) + WEIGHTS.silhouette * silhouetteIou + WEIGHTS.depth * (1 - depthError);
  return { score, distance, silhouetteIou, depthError };
}

function pointExtent(points: Float32Array): number {
  const coordinate = (axis: number): Float32Array => points.filter((_, i) => i % 3 === axis).sort();
  const middle = [0, 1, 2].map((axis) => coordinate(axis)[(points.length / 3) >> 1]) as unknown as Vec3;
  const distances = new Float32Array(points.length / 3);
  for (let i = 0; i < distances.length; i++) {
    distances[i] = vec3.distance([points[3 * i], points[3 * i + 1], points[3 * i + 2]], middle);
  }
  const extent = 2 * distances.sort()[Math.floor(0.9 * (distances.length - 1))];
  return extent > 0 ? extent : 1e-6;
}
