/** Signed distance of voxel centres to a mesh, closed or not. */
import { floodOutside } from './flood-outside.js';
import { cellSize, fromGrid, toGrid, type GridShape } from './grid.js';
import type { Mesh } from './mesh.js';
import { closestOnTriangle, createTriangleHit, triangleCorners } from './triangle.js';

export interface DistanceFieldOptions extends GridShape {
  /**
   * Surface with outside on both sides (an open sheet, a part thinner than a cell) becomes a body so many
   * cells thick, since it would vanish between the samples. 0 leaves it out.
   */
  sheetThickness?: number;
  /** Openings up to twice as many cells wide are taken as shut. Absent: 0 for a closed mesh, else 1. */
  closeHoles?: number;
}

export const DISTANCE_FIELD_DEFAULTS = { sheetThickness: 1.2 } as const;

export interface DistanceField extends GridShape {
  /** Signed distance in the mesh's units, [z][y][x], negative inside. */
  values: Float32Array;
  /** The nearest triangle of each voxel; -1 everywhere when the mesh has none. */
  nearest: Int32Array;
}

/**
 * The signed distance field of a mesh. Inside is whatever the outside cannot reach without crossing the
 * surface, so that winding, self-intersection and inner surfaces do not matter.
 *
 * Distances are exact within two cells of the surface, and at most a few per cent too large beyond.
 * Without triangles every value is +Infinity.
 */
export function meshToDistanceField(
  mesh: Pick<Mesh, 'positions' | 'indices'>,
  options: DistanceFieldOptions,
): DistanceField {
  const { resolution, halfExtent } = options;
  const shape: GridShape = { resolution, halfExtent };
  const corners = triangleCorners(mesh.positions, mesh.indices);
  const squared = new Float64Array(resolution ** 3).fill(Infinity);
  const nearest = new Int32Array(resolution ** 3).fill(-1);
  if (corners.length > 0) {
    fillBand(corners, shape, squared, nearest);
    propagate(corners, shape, squared, nearest);
  }
  const values = new Float32Array(squared.length);
  for (let i = 0; i < values.length; i++) values[i] = Math.sqrt(squared[i]);
  const flood = floodOutside(mesh, corners, values, options);
  const halfSheet = ((options.sheetThickness ?? DISTANCE_FIELD_DEFAULTS.sheetThickness) / 2) * cellSize(shape);
  for (let i = 0; i < values.length; i++) {
    if (flood.outside[i] === 0) values[i] = -values[i];
    else if (flood.sheet[i] === 1) values[i] -= halfSheet;
  }
  return { values, nearest, resolution, halfExtent };
}

/** How many cells around a triangle are measured against it directly. */
const BAND = 1.5;

function fillBand(corners: Float64Array, shape: GridShape, squared: Float64Array, nearest: Int32Array): void {
  const { resolution } = shape;
  const hit = createTriangleHit();
  const point = new Float64Array(3);
  const low = [0, 0, 0];
  const high = [0, 0, 0];
  const place = Float64Array.from({ length: resolution }, (_, i) => fromGrid(i, shape));
  const reach = (BAND * cellSize(shape)) ** 2 * 3;
  for (let offset = 0; offset < corners.length; offset += 9) {
    for (let axis = 0; axis < 3; axis++) {
      const a = corners[offset + axis];
      const b = corners[offset + 3 + axis];
      const c = corners[offset + 6 + axis];
      low[axis] = Math.max(0, Math.ceil(toGrid(Math.min(a, b, c), shape) - BAND));
      high[axis] = Math.min(resolution - 1, Math.floor(toGrid(Math.max(a, b, c), shape) + BAND));
    }
    const [nx, ny, nz] = unitNormal(corners, offset);
    for (let z = low[2]; z <= high[2]; z++) {
      for (let y = low[1]; y <= high[1]; y++) {
        for (let x = low[0], i = (z * resolution + y) * resolution + low[0]; x <= high[0]; x++, i++) {
          const toPlane =
            nx * (place[x] - corners[offset]) +
            ny * (place[y] - corners[offset + 1]) +
            nz * (place[z] - corners[offset + 2]);
          const planeSquared = toPlane * toPlane;
          if (planeSquared >= squared[i] || planeSquared > reach) continue;
          point[0] = place[x];
          point[1] = place[y];
          point[2] = place[z];
          closestOnTriangle(point, corners, offset, hit);
          if (hit.distanceSquared < squared[i]) {
            squared[i] = hit.distanceSquared;
            nearest[i] = offset / 9;
          }
        }
      }
    }
  }
}

/** The unit normal of the triangle at `offset`; zero where it has no area. */
function unitNormal(corners: Float64Array, offset: number): [number, number, number] {
  const ux = corners[offset + 3] - corners[offset];
  const uy = corners[offset + 4] - corners[offset + 1];
  const uz = corners[offset + 5] - corners[offset + 2];
  const vx = corners[offset + 6] - corners[offset];
  const vy = corners[offset + 7] - corners[offset + 1];
  const vz = corners[offset + 8] - corners[offset + 2];
  const nx = uy * vz - uz * vy;
  const ny = uz * vx - ux * vz;
  const nz = ux * vy - uy * vx;
  const norm = Math.sqrt(nx * nx + ny * ny + nz * nz);
  return norm > 0 ? [nx / norm, ny / norm, nz / norm] : [0, 0, 0];
}

/**
 * Hands each voxel's nearest triangle on to its neighbours, in two passes over the grid: forward with the
 * 13 neighbours before a voxel, backward with the 13 after it.
 */
function propagate(corners: Float64Array, shape: GridShape, squared: Float64Array, nearest: Int32Array): void {
  const { resolution } = shape;
  const hit = createTriangleHit();
  const point = new Float64Array(3);
  const place = Float64Array.from({ length: resolution }, (_, i) => fromGrid(i, shape));
  // One more layer all round, which knows no triangle, so that every voxel has all its neighbours.
  const padded = resolution + 2;
  const distances = new Float64Array(padded ** 3).fill(Infinity);
  const triangles = new Int32Array(padded ** 3).fill(-1);
  forEachRow(resolution, (row, paddedRow) => {
    triangles.set(nearest.subarray(row, row + resolution), paddedRow);
    for (let x = 0; x < resolution; x++) distances[paddedRow + x] = Math.sqrt(squared[row + x]);
  });
  const before: { step: number; length: number }[] = [];
  for (let dz = -1; dz <= 1; dz++) {
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const step = (dz * padded + dy) * padded + dx;
        if (step < 0) before.push({ step, length: Math.hypot(dx, dy, dz) * cellSize(shape) });
      }
    }
  }
  // The nearest first, since what they hand on is mostly right.
  before.sort((a, b) => a.length - b.length);
  const steps = Int32Array.from(before, ({ step }) => step);
  const lengths = Float64Array.from(before, ({ length }) => length);
  const band = BAND * cellSize(shape);
  for (const sign of [1, -1]) {
    const first = sign > 0 ? 0 : resolution - 1;
    for (let z = first; z >= 0 && z < resolution; z += sign) {
      for (let y = first; y >= 0 && y < resolution; y += sign) {
        for (let x = first; x >= 0 && x < resolution; x += sign) {
          const i = ((z + 1) * padded + y + 1) * padded + x + 1;
          let distance = distances[i];
          // Within the band the direct measurement is exact already.
          if (distance <= band) continue;
          let own = triangles[i];
          point[0] = place[x];
          point[1] = place[y];
          point[2] = place[z];
          for (let k = 0; k < steps.length; k++) {
            const neighbour = i + sign * steps[k];
            const triangle = triangles[neighbour];
            // A triangle is nearer to a voxel than to its neighbour by the way between them at most.
            if (triangle < 0 || triangle === own || distances[neighbour] - lengths[k] >= distance) continue;
            closestOnTriangle(point, corners, 9 * triangle, hit);
            if (hit.distanceSquared >= distance * distance) continue;
            distance = Math.sqrt(hit.distanceSquared);
            own = triangle;
          }
          distances[i] = distance;
          triangles[i] = own;
        }
      }
    }
  }
  forEachRow(resolution, (row, paddedRow) => {
    nearest.set(triangles.subarray(paddedRow, paddedRow + resolution), row);
    for (let x = 0; x < resolution; x++) squared[row + x] = distances[paddedRow + x] ** 2;
  });
}

/** Calls back with where each row of voxels begins in the grid, and in one with another layer all round. */
function forEachRow(resolution: number, visit: (row: number, paddedRow: number) => void): void {
  const padded = resolution + 2;
  for (let z = 0; z < resolution; z++) {
    for (let y = 0; y < resolution; y++) {
      visit((z * resolution + y) * resolution, ((z + 1) * padded + y + 1) * padded + 1);
    }
  }
}
