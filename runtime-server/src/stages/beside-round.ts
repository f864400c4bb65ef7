/**
 * What is seen beside a solid of revolution, as a handle or a spout: it is taken to lie in the plane through the axis
 * that faces the viewer, and to be as thick as it is wide.
 */
import { fromGrid } from '@scenemaker/sdk';
import { components, dilate, emptyMask, erode, maskArea } from './mask-ops.js';
import type { Revolved, Silhouette } from './revolved.js';
import { truncated } from './shape-grid.js';
import type { Mask } from './stage.js';
import { cubeToCamera, type ObjectCube, projectPoint } from './upright.js';

/** Smaller parts, as a share of what is seen, are the ragged edge of a mask. */
const SMALLEST = 0.015;
/** Pixels that a part reaches into the solid, to hold on to it. */
const HOLD = 3;
/** Pixels from the edge to the middle of the thickest part. */
const THICKEST = 12;

/** Signed distances [z][y][x] over `truncation` half sides of the cube, -1 to 1; undefined where nothing is beside it. */
export function fieldBeside(
  cube: ObjectCube,
  { seen, intrinsics }: Silhouette,
  { axis, radii, covered }: Revolved,
  truncation: number,
): Float32Array | undefined {
  const { width, height } = seen;
  const parts = partsBeside(seen, covered);
  if (maskArea(parts) === 0) return undefined;
  const near = dilate(parts, HOLD);
  const whole = emptyMask(width, height);
  for (let i = 0; i < whole.data.length; i++) whole.data[i] = (seen.data[i] & near.data[i]) | covered.data[i];
  const inside = depthInside(whole);

  const resolution = radii.length;
  const field = new Float32Array(resolution ** 3).fill(1);
  const at = { resolution, halfExtent: 1 };
  const { x, z } = axis;
  // For one half side of the cube, in the plane.
  const pixels = (intrinsics.fx * cube.halfSide) / cubeToCamera(cube, [x, 0, z])[2];
  for (let j = 0; j < resolution; j++) {
    for (let h = 0; h < resolution; h++) {
      const point = cubeToCamera(cube, [fromGrid(h, at), fromGrid(j, at), z]);
      const [u, v] = projectPoint(intrinsics, point).map(Math.floor);
      if (u < 0 || v < 0 || u >= width || v >= height || near.data[v * width + u] === 0) continue;
      const half = (inside[v * width + u] - 0.5) / pixels;
      for (let k = 0; k < resolution; k++) {
        // The distance to the sides of a bar with a square cross-section that stands on its edge.
        const distance = (Math.abs(fromGrid(k, at) - z) - half) * Math.SQRT1_2;
        field[(k * resolution + j) * resolution + h] = truncated(distance, truncation);
      }
    }
  }
  return field;
}

/** What is seen and not covered, and more than the ragged edge of a mask. */
function partsBeside(seen: Mask, covered: Mask): Mask {
  const beside = emptyMask(seen.width, seen.height);
  for (let i = 0; i < beside.data.length; i++) beside.data[i] = seen.data[i] !== 0 && covered.data[i] === 0 ? 1 : 0;
  const { labels, areas } = components(beside);
  const least = SMALLEST * maskArea(seen);
  for (let i = 0; i < labels.length; i++) beside.data[i] = labels[i] > 0 && areas[labels[i] - 1] >= least ? 1 : 0;
  return beside;
}

/** Of each pixel how many lie between it and the edge of the mask, and itself: 0 beside it, up to `THICKEST`. */
function depthInside(mask: Mask): Uint8Array {
  const depth = mask.data.slice();
  for (let radius = 1; radius < THICKEST; radius++) {
    const { data } = erode(mask, radius);
    for (let i = 0; i < depth.length; i++) depth[i] += data[i];
  }
  return depth;
}
