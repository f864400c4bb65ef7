/** What the camera saw of an object, as a grid: the projective distance to the observed surface. */
import { fromGrid, vec3, type Vec3 } from '@scenemaker/sdk';
import { type Tensor, zeros } from '../models/tensor.js';
import { truncated } from './shape-grid.js';
import type { Intrinsics, Mask, Window } from './stage.js';
import { cubeToCamera, type ObjectCube, windowIntrinsics } from './upright.js';

/**
 * The nearest z of the points that fall on each pixel of the window, 0 where none does.
 *
 * A point covers the picture pixel that it came from, so that a window finer than the picture has no holes.
 * @param points Camera frame, stride 3. @returns `size * size`, row by row.
 */
export function splatPoints(points: Float32Array, window: Window, intrinsics: Intrinsics, size: number): Float32Array {
  const { fx, fy, cx, cy } = windowIntrinsics(intrinsics, window, size);
  const depth = new Float32Array(size * size);
  const half = Math.max(0, (size / window.side - 1) / 2);
  for (let i = 0; i < points.length; i += 3) {
    const z = points[i + 2];
    if (!(z > 0)) continue;
    const u = (fx * points[i]) / z + cx;
    const v = (fy * points[i + 1]) / z + cy;
    const x1 = Math.min(size - 1, Math.floor(u + half));
    const y1 = Math.min(size - 1, Math.floor(v + half));
    for (let y = Math.max(0, Math.floor(v - half)); y <= y1; y++) {
      for (let x = Math.max(0, Math.floor(u - half)); x <= x1; x++) {
        const k = y * size + x;
        if (depth[k] === 0 || z < depth[k]) depth[k] = z;
      }
    }
  }
  return depth;
}

export interface ObservedFieldOptions {
  /** Voxels along a side. */
  resolution: number;
  /** The distance that is 1 in the field, in half sides of the cube. */
  truncation: number;
  /** 0 to 1: 1 for a surface that was measured. */
  trust: number;
}

/**
 * [1, 2, R, R, R], indexed [channel, z, y, x]: how far in front of the observed surface each voxel lies,
 * along the optical axis, over `truncation` cube half sides, clipped to -1 to 1 and 0 where not known;
 * and how far it is known: `trust` behind and before what was seen, 1 where free. Voxels on pixels that show neither the object nor what may hide it are free: 1, and so
 * are those beside the window.
 *
 * @param depth From `splatPoints`. @param free The same window and size; absent: nothing is known to be free.
 */
export function observedField(
  cube: ObjectCube,
  window: Window,
  intrinsics: Intrinsics,
  depth: Float32Array,
  free: Mask | undefined,
  { resolution, truncation, trust }: ObservedFieldOptions,
): Tensor {
  const size = Math.round(Math.sqrt(depth.length));
  const { fx, fy, cx, cy } = windowIntrinsics(intrinsics, window, size);
  const field = zeros([1, 2, resolution, resolution, resolution]);
  const cells = resolution ** 3;
  const shape = { resolution, halfExtent: 1 };
  // Cube to camera is affine: one voxel on along an axis is always the same step.
  const [first, second] = [fromGrid(0, shape), fromGrid(1, shape)];
  const start = cubeToCamera(cube, [first, first, first]);
  const stepTo = (next: Vec3): Vec3 => vec3.sub(cubeToCamera(cube, next), start);
  const alongX = stepTo([second, first, first]);
  const alongY = stepTo([first, second, first]);
  const alongZ = stepTo([first, first, second]);
  for (let k = 0, i = 0; k < resolution; k++) {
    for (let j = 0; j < resolution; j++) {
      for (let h = 0; h < resolution; h++, i++) {
        const x = start[0] + h * alongX[0] + j * alongY[0] + k * alongZ[0];
        const y = start[1] + h * alongX[1] + j * alongY[1] + k * alongZ[1];
        const z = start[2] + h * alongX[2] + j * alongY[2] + k * alongZ[2];
        const column = Math.floor((fx * x) / Math.max(z, 1e-4) + cx);
        const row = Math.floor((fy * y) / Math.max(z, 1e-4) + cy);
        const inside = column >= 0 && row >= 0 && column < size && row < size;
        const pixel = row * size + column;
        if (inside && depth[pixel] > 0) {
          field.data[cells + i] = trust;
          field.data[i] = truncated(depth[pixel] - z, cube.halfSide * truncation);
        } else if (!inside || (free !== undefined && free.data[pixel] !== 0)) {
          field.data[i] = 1;
          field.data[cells + i] = 1;
        }
      }
    }
  }
  return field;
}

/** [1, 512, 2]: where the centre of each of the latent's 8^3 cells projects in the window, -1 to 1, x then y. */
export function latentLift(cube: ObjectCube, window: Window, intrinsics: Intrinsics, cellsPerSide: number): Tensor {
  const { fx, fy, cx, cy } = windowIntrinsics(intrinsics, window, 2);
  const lift = zeros([1, cellsPerSide ** 3, 2]);
  const shape = { resolution: cellsPerSide, halfExtent: 1 };
  for (let k = 0, i = 0; k < cellsPerSide; k++) {
    for (let j = 0; j < cellsPerSide; j++) {
      for (let h = 0; h < cellsPerSide; h++, i++) {
        const [x, y, z] = cubeToCamera(cube, [fromGrid(h, shape), fromGrid(j, shape), fromGrid(k, shape)]);
        lift.data[2 * i] = (fx * x) / Math.max(z, 1e-4) + cx - 1;
        lift.data[2 * i + 1] = (fy * y) / Math.max(z, 1e-4) + cy - 1;
      }
    }
  }
  return lift;
}
