/**
 * The grid on which a generated field and what was seen are put together: the generator's cube, and around it as many
 * cells as it takes to hold what was seen. Bowls and plates seen from above reach out of the cube, whose place follows
 * from the middle of what is seen.
 */
import { cameraToCube, type ObjectCube } from './upright.js';

/** This share of the points may lie beyond an end of an axis: masks reach into what is behind. */
const BEYOND = 0.01;
/** What is kept free around the points, in half sides of the generator's cube. */
const ROOM = 0.1;
/** At most so much wider on each side, in half sides. */
const WIDEST = 0.5;

/** A distance as fields hold it: over the `truncation`, -1 to 1. */
export const truncated = (distance: number, truncation: number): number =>
  Math.min(1, Math.max(-1, distance / truncation));

export interface ShapeGrid {
  /** As wide as the grid. */
  cube: ObjectCube;
  /** Cells along a side, each as large as one of the generator's. */
  resolution: number;
  /** The distance that is 1 in fields, in half sides of `cube`. */
  truncation: number;
  /** Half a side of the generator's cube, in half sides of `cube`. */
  generatorExtent: number;
  /** The generated signed distances, [z][y][x]; nothing is beside the generator's cube. */
  generated: Float32Array;
}

/**
 * @param generated Signed distances in the cells of `cube`, `resolution` along a side.
 * @param points What was seen, camera frame, stride 3.
 */
export function shapeGrid(
  generated: Float32Array,
  cube: ObjectCube,
  points: Float32Array,
  { resolution, truncation }: { resolution: number; truncation: number },
): ShapeGrid {
  const wanted = Math.min(WIDEST, reach(cube, points) + ROOM - 1);
  const margin = Math.max(0, Math.ceil((wanted * resolution) / 2));
  const wide = resolution + 2 * margin;
  const extent = wide / resolution;
  return {
    cube: { ...cube, halfSide: cube.halfSide * extent },
    resolution: wide,
    truncation: truncation / extent,
    generatorExtent: 1 / extent,
    generated: margin === 0 ? generated : padded(generated, resolution, margin),
  };
}

/** How far from the middle of the cube its points lie along the axis where they lie farthest, in half sides. */
function reach(cube: ObjectCube, points: Float32Array): number {
  const count = points.length / 3;
  if (count === 0) return 0;
  const along = [0, 1, 2].map(() => new Float32Array(count));
  for (let i = 0; i < count; i++) {
    const q = cameraToCube(cube, [points[3 * i], points[3 * i + 1], points[3 * i + 2]]);
    for (let axis = 0; axis < 3; axis++) along[axis][i] = q[axis];
  }
  const few = Math.floor(count * BEYOND);
  return Math.max(...along.map((values) => (values.sort(), Math.max(-values[few], values[count - 1 - few]))));
}

/** With `margin` cells of 1, which is outside, all round. */
function padded(field: Float32Array, resolution: number, margin: number): Float32Array {
  const wide = resolution + 2 * margin;
  const result = new Float32Array(wide ** 3).fill(1);
  for (let z = 0; z < resolution; z++) {
    for (let y = 0; y < resolution; y++) {
      const from = (z * resolution + y) * resolution;
      const to = ((z + margin) * wide + y + margin) * wide + margin;
      result.set(field.subarray(from, from + resolution), to);
    }
  }
  return result;
}
