/** How well a posed mesh explains what the camera saw of an object: its points and its silhouette. */
import {
  mat3,
  type Mat3,
  type Mesh,
  meshToDistanceField,
  type Pose,
  quat,
  transformPositions,
  type Vec3,
  vec3,
} from '@scenemaker/sdk';
import { rasteriseDepth } from '@scenemaker/sdk/render';
import { splatPoints } from './observed-field.js';
import { type PixelBox } from './mask-ops.js';
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

/** Signed distance around a mesh in canonical space, with its gradient. */
export interface MeshDistance {
  resolution: number;
  halfExtent: number;
  values: Float32Array;
}

export function meshDistance(mesh: Mesh, resolution = 40, halfExtent = 0.75): MeshDistance {
  return meshToDistanceField(mesh, { resolution, halfExtent });
}

/** The distance at (x, y, z), and its gradient in `gradient`. Beyond the grid, the way to the grid is added. */
export function sampleDistance(field: MeshDistance, x: number, y: number, z: number, gradient: Float64Array): number {
  const { resolution: n, halfExtent, values } = field;
  const cell = (2 * halfExtent) / n;
  const edge = halfExtent - cell / 2;
  const [px, py, pz] = [clamp(x, -edge, edge), clamp(y, -edge, edge), clamp(z, -edge, edge)];
  const gx = (px + edge) / cell;
  const gy = (py + edge) / cell;
  const gz = (pz + edge) / cell;
  const ix = Math.min(n - 2, Math.floor(gx));
  const iy = Math.min(n - 2, Math.floor(gy));
  const iz = Math.min(n - 2, Math.floor(gz));
  const [tx, ty, tz] = [gx - ix, gy - iy, gz - iz];
  const i = (iz * n + iy) * n + ix;
  const layer = n * n;
  // Differences along x on the four edges of the cell, then interpolation across them.
  const v00 = values[i] + tx * (values[i + 1] - values[i]);
  const v10 = values[i + n] + tx * (values[i + n + 1] - values[i + n]);
  const v01 = values[i + layer] + tx * (values[i + layer + 1] - values[i + layer]);
  const v11 = values[i + layer + n] + tx * (values[i + layer + n + 1] - values[i + layer + n]);
  const d0 = values[i + 1] - values[i] + ty * (values[i + n + 1] - values[i + n] - values[i + 1] + values[i]);
  const k = i + layer;
  const d1 = values[k + 1] - values[k] + ty * (values[k + n + 1] - values[k + n] - values[k + 1] + values[k]);
  const near = v00 + ty * (v10 - v00);
  const far = v01 + ty * (v11 - v01);
  gradient[0] = (d0 + tz * (d1 - d0)) / cell;
  gradient[1] = (v10 - v00 + tz * (v11 - v01 - v10 + v00)) / cell;
  gradient[2] = (far - near) / cell;
  const value = near + tz * (far - near);
  const beyond = Math.hypot(x - px, y - py, z - pz);
  if (beyond === 0) return value;
  gradient[0] = (x - px) / beyond;
  gradient[1] = (y - py) / beyond;
  gradient[2] = (z - pz) / beyond;
  return value + beyond;
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

export interface EvidenceInput {
  /** Upright frame, stride 3. */
  points: Float32Array;
  cameraPoints: Float32Array;
  mask: Mask;
  box: PixelBox;
  /** The other objects' pixels. */
  hidden: Mask;
  intrinsics: Intrinsics;
  cameraFromUpright: Mat3;
}

export function gatherEvidence(input: EvidenceInput): Evidence {
  const { points, mask, box, hidden, intrinsics } = input;
  const size = SILHOUETTE_SIDE;
  const side = Math.max(box.x1 - box.x0, box.y1 - box.y0) * SILHOUETTE_ROOM;
  const window: Window = { x: (box.x0 + box.x1 - side) / 2, y: (box.y0 + box.y1 - side) / 2, side };
  return {
    points,
    extent: pointExtent(points),
    seen: resampleMask(mask, windowRect(window), size, size).data,
    ignored: resampleMask(hidden, windowRect(window), size, size, 1).data,
    depth: splatPoints(input.cameraPoints, window, intrinsics, size),
    camera: windowIntrinsics(intrinsics, window, size),
    cameraFromUpright: input.cameraFromUpright,
  };
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
  const toCanonical = mat3.transpose(quat.toMat3(pose.rotation));
  const gradient = new Float64Array(3);
  let distance = 0;
  for (let i = 0; i < points.length; i += 3) {
    const offset = vec3.sub([points[i], points[i + 1], points[i + 2]], pose.translation);
    const [x, y, z] = vec3.scale(mat3.apply(toCanonical, offset), 1 / pose.size);
    distance += Math.min(Math.abs(sampleDistance(field, x, y, z, gradient)) * pose.size, farthest);
  }
  return distance / ((points.length / 3) * farthest);
}

export function scorePose(pose: Pose, mesh: Mesh, field: MeshDistance, evidence: Evidence): PoseScore {
  const { extent, seen, ignored, camera, cameraFromUpright } = evidence;
  const farthest = FARTHEST * extent;
  const distance = pointDistance(pose, field, evidence);
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

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
