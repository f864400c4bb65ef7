/** Planes that a solid may be cut along: those of its flat faces, and some between. */
import { mat3, quat, vec3, type Vec3 } from '../../geometry/index.js';
import type { CutPlane } from './cut-solid.js';
import type { Solid } from './solid.js';

/** Evenly spaced planes at right angles to each direction. */
const EVEN_PLANES = 3;
/** Planes of flat faces at right angles to each direction. */
const FACE_PLANES = 3;
/** Directions nearer to one another than this count once: the cosine of 10 degrees. */
const ALIKE = 0.985;
/** How nearly a triangle must face along a direction to count as across it: the cosine of 8 degrees. */
const FACING = 0.99;
/** The solid's extent along a direction, as a share of its largest, below which it is not cut across it. */
const LEAST_EXTENT = 0.02;

export interface Candidates {
  planes: CutPlane[];
  /** Halfway across the longest principal axis of the solid's surface. */
  middle: CutPlane | null;
}

/** Candidates along the given axes and along the longest principal axis of the solid's own surface. */
export function candidatePlanes(solid: Solid, axes: readonly Vec3[]): Candidates {
  const own = longestAxis(solid);
  const directions = own && axes.every((axis) => Math.abs(vec3.dot(axis, own)) < ALIKE) ? [...axes, own] : axes;
  const extents = directions.map((normal) => extentAlong(solid, normal));
  const longest = Math.max(...extents.map(([low, high]) => high - low));
  const planes = directions.flatMap((normal, i) => {
    const [low, high] = extents[i];
    return high - low < LEAST_EXTENT * longest
      ? []
      : offsetsAlong(solid, normal, low, high).map((offset) => ({ normal, offset }));
  });
  if (!own) return { planes, middle: null };
  const [low, high] = extentAlong(solid, own);
  return { planes, middle: { normal: own, offset: (low + high) / 2 } };
}

/** The direction in which the surface spreads most. */
function longestAxis({ positions, indices }: Solid): Vec3 | null {
  let area = 0;
  const first = [0, 0, 0];
  const second = [0, 0, 0, 0, 0, 0];
  for (let t = 0; t < indices.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => vec3.at(positions, indices[t + k]));
    const size = vec3.length(vec3.cross(vec3.sub(b, a), vec3.sub(c, a)));
    const [x, y, z] = vec3.scale(vec3.add(vec3.add(a, b), c), 1 / 3);
    area += size;
    [x, y, z].forEach((value, k) => (first[k] += size * value));
    [x * x, y * y, z * z, x * y, y * z, z * x].forEach((value, k) => (second[k] += size * value));
  }
  if (!(area > 0)) return null;
  const [x, y, z] = first.map((sum) => sum / area);
  const [xx, yy, zz, xy, yz, zx] = second.map((sum) => sum / area);
  const [a, b, c] = [xy - x * y, yz - y * z, zx - z * x];
  const { rotation } = mat3.eigenSymmetric([xx - x * x, a, c, a, yy - y * y, b, c, b, zz - z * z]);
  return quat.axes(rotation)[2];
}

function extentAlong({ positions }: Solid, [nx, ny, nz]: Vec3): [low: number, high: number] {
  let low = Infinity;
  let high = -Infinity;
  for (let v = 0; v < positions.length; v += 3) {
    const along = nx * positions[v] + ny * positions[v + 1] + nz * positions[v + 2];
    low = Math.min(low, along);
    high = Math.max(high, along);
  }
  return [low, high];
}

function offsetsAlong(solid: Solid, normal: Vec3, low: number, high: number): number[] {
  const kept: number[] = [];
  const apart = 0.01 * (high - low);
  const even = Array.from({ length: EVEN_PLANES }, (_, i) => low + ((high - low) * (i + 1)) / (EVEN_PLANES + 1));
  // Faces come first, and keep even planes next to them away.
  for (const offset of [...faceOffsets(solid, normal, low, high), ...even])
    if (kept.every((other) => Math.abs(other - offset) > apart)) kept.push(offset);
  return kept;
}

const BINS = 128;

/** The heights at which the most area faces along the direction, ends left out. */
function faceOffsets({ positions, indices }: Solid, [nx, ny, nz]: Vec3, low: number, high: number): number[] {
  const area = new Float64Array(BINS);
  const moment = new Float64Array(BINS);
  for (let t = 0; t < indices.length; t += 3) {
    const [a, b, c] = [3 * indices[t], 3 * indices[t + 1], 3 * indices[t + 2]];
    const [ux, uy, uz] = [
      positions[b] - positions[a],
      positions[b + 1] - positions[a + 1],
      positions[b + 2] - positions[a + 2],
    ];
    const [vx, vy, vz] = [
      positions[c] - positions[a],
      positions[c + 1] - positions[a + 1],
      positions[c + 2] - positions[a + 2],
    ];
    const [cx, cy, cz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    const size = Math.sqrt(cx * cx + cy * cy + cz * cz);
    if (Math.abs(nx * cx + ny * cy + nz * cz) < FACING * size || size === 0) continue;
    const [x, y, z] = [0, 1, 2].map((k) => (positions[a + k] + positions[b + k] + positions[c + k]) / 3);
    const along = nx * x + ny * y + nz * z;
    const bin = Math.max(0, Math.min(BINS - 1, Math.floor(((along - low) / (high - low)) * BINS)));
    area[bin] += size;
    moment[bin] += size * along;
  }
  return Array.from(area, (size, bin) => ({ size, offset: moment[bin] / size }))
    .filter(({ size, offset }) => size > 0 && offset - low > 0.01 * (high - low) && high - offset > 0.01 * (high - low))
    .sort((a, b) => b.size - a.size || a.offset - b.offset)
    .slice(0, FACE_PLANES)
    .map(({ offset }) => offset);
}
