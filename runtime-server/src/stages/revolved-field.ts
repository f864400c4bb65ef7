/** Fields of what is round about an upright axis: signed distances [z][y][x] in a cube, -1 to 1, y up. */
import { fromGrid } from '@scenemaker/sdk';
import type { Revolved } from './revolved.js';
import { truncated } from './shape-grid.js';
import type { UprightAxis } from './symmetry.js';

/** A half plane that ends at the axis: values [y][distance from the axis], in steps of a voxel. */
interface HalfPlane {
  /** Steps outwards: as far as the cube reaches from any axis in it. */
  across: number;
  values: Float32Array;
}

/** Distances to the solid over `truncation` half sides of the cube, in as many voxels along a side as it has heights. */
export function revolvedField({ axis, radii }: Revolved, truncation: number): Float32Array {
  const resolution = radii.length;
  const half = halfPlane(resolution);
  const cell = 2 / resolution;
  const outline = outlineOf(radii);
  for (let j = 0; j < resolution; j++) {
    for (let i = 0; i < half.across; i++) {
      const [far, y] = [i * cell, fromGrid(j, { resolution, halfExtent: 1 })];
      let distance = Infinity;
      for (let k = 0; k + 1 < outline.length; k++) {
        distance = Math.min(distance, toSegment(far, y, outline[k], outline[k + 1]));
      }
      const sign = far < radii[j] ? -1 : 1;
      half.values[j * half.across + i] = truncated(sign * distance, truncation);
    }
  }
  return turned(half, resolution, axis);
}

/** The mean of a field over every circle about the axis. */
export function evenedOut(field: Float32Array, resolution: number, axis: UprightAxis): Float32Array {
  const half = halfPlane(resolution);
  const counts = new Float32Array(half.values.length);
  eachVoxel(resolution, axis, (voxel, j, far) => {
    const at = j * half.across + Math.round(far);
    half.values[at] += field[voxel];
    counts[at]++;
  });
  // From the outside in: where no voxel is so near to the axis, what is a step farther is as good.
  for (let i = counts.length - 1; i >= 0; i--) {
    const outermost = i % half.across === half.across - 1;
    if (counts[i] > 0) half.values[i] /= counts[i];
    else half.values[i] = outermost ? 1 : half.values[i + 1];
  }
  return turned(half, resolution, axis);
}

function halfPlane(resolution: number): HalfPlane {
  // The diagonal of the cube's floor, and a cell to interpolate with.
  const across = Math.ceil(Math.SQRT2 * resolution) + 2;
  return { across, values: new Float32Array(across * resolution) };
}

function turned({ across, values }: HalfPlane, resolution: number, axis: UprightAxis): Float32Array {
  const field = new Float32Array(resolution ** 3);
  eachVoxel(resolution, axis, (voxel, j, far) => {
    const at = j * across + Math.floor(far);
    const share = far - Math.floor(far);
    field[voxel] = (1 - share) * values[at] + share * values[at + 1];
  });
  return field;
}

/** Calls with each voxel, its height, and its distance from the axis in voxels. */
export function eachVoxel(
  resolution: number,
  axis: UprightAxis,
  visit: (voxel: number, j: number, far: number) => void,
): void {
  const at = { resolution, halfExtent: 1 };
  for (let k = 0, i = 0; k < resolution; k++) {
    const dz = fromGrid(k, at) - axis.z;
    for (let j = 0; j < resolution; j++) {
      for (let h = 0; h < resolution; h++, i++) {
        visit(i, j, (Math.hypot(fromGrid(h, at) - axis.x, dz) * resolution) / 2);
      }
    }
  }
}

/** Distance from the axis and height of the solid's outline, from its lower end to its upper; each part begins and ends on the axis. */
function outlineOf(radii: Float32Array): [number, number][] {
  const shape = { resolution: radii.length, halfExtent: 1 };
  const half = 1 / radii.length;
  const outline: [number, number][] = [];
  for (let j = 0; j < radii.length; j++) {
    const [radius, y] = [radii[j], fromGrid(j, shape)];
    if (!(radius > 0)) continue;
    if (!(radii[j - 1] > 0)) outline.push([0, y - half], [radius, y - half]);
    outline.push([radius, y]);
    if (!(radii[j + 1] > 0)) outline.push([radius, y + half], [0, y + half]);
  }
  return outline;
}

function toSegment(x: number, y: number, a: [number, number], b: [number, number]): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / length));
  return Math.hypot(x - a[0] - along * dx, y - a[1] - along * dy);
}
