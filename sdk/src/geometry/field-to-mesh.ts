/** From a grid of signed distances to a closed, coloured mesh. */
import { triangleComponents } from './components.js';
import { toGrid, type GridShape } from './grid.js';
import { marchingCubes, type RawMesh } from './marching-cubes.js';
import type { Mesh } from './mesh.js';
import { simplifyClosed } from './simplify.js';

export interface FieldToMeshOptions {
  /** Half the side of the cube the grid fills, in the mesh's units. */
  halfExtent?: number;
  /** The value whose surface is meshed; lower is inside. */
  level?: number;
  /** At most so many triangles, as far as the shape allows. */
  maxTriangles?: number;
  /** Parts with less than this share of the largest part's volume are left out. */
  minPartShare?: number;
  /** Colour grid, [3][z][y][x], each channel colour * 2 - 1 with colour in 0 to 1, sRGB. */
  colors?: ArrayLike<number> | undefined;
}

export const FIELD_TO_MESH_DEFAULTS = {
  halfExtent: 0.5,
  level: 0,
  maxTriangles: Infinity,
  minPartShare: 0.01,
} as const;

/**
 * Meshes the surface of a field: closed, manifold, triangles counter-clockwise seen from outside.
 *
 * What lies beyond the grid counts as outside. Cavities that nothing reaches are filled, small parts
 * dropped. A field with nothing inside gives a mesh without triangles.
 *
 * @param field Signed distances in any unit, [z][y][x], x fastest, negative inside. NaN counts as outside.
 * @param resolution Cells along a side; `field` holds its cube.
 */
export function fieldToMesh(field: ArrayLike<number>, resolution: number, options: FieldToMeshOptions = {}): Mesh {
  const halfExtent = options.halfExtent ?? FIELD_TO_MESH_DEFAULTS.halfExtent;
  const level = options.level ?? FIELD_TO_MESH_DEFAULTS.level;
  const maxTriangles = options.maxTriangles ?? FIELD_TO_MESH_DEFAULTS.maxTriangles;
  const shape: GridShape = { resolution, halfExtent };
  const shifted = new Float32Array(resolution ** 3);
  for (let i = 0; i < shifted.length; i++) {
    const value = field[i] - level;
    shifted[i] = value < Infinity ? value : 1;
  }
  const raw = marchingCubes(shifted, shape);
  const kept = keepLargeParts(raw, options.minPartShare ?? FIELD_TO_MESH_DEFAULTS.minPartShare);
  const mesh: Mesh =
    kept.indices.length / 3 > maxTriangles
      ? simplifyClosed(kept, maxTriangles)
      : { positions: new Float32Array(kept.positions), indices: new Uint32Array(kept.indices) };
  if (options.colors) mesh.colors = sampleColors(options.colors, shape, mesh.positions);
  return mesh;
}

/** Without parts of small or negative volume: crumbs and cavities. */
function keepLargeParts(mesh: RawMesh, minShare: number): { positions: Float64Array; indices: Uint32Array } {
  const { positions, indices } = mesh;
  const { component, count } = triangleComponents(indices, positions.length / 3);
  const volumes = new Float64Array(count);
  for (let t = 0; t < component.length; t++) {
    const [a, b, c] = [3 * indices[3 * t], 3 * indices[3 * t + 1], 3 * indices[3 * t + 2]];
    volumes[component[t]] +=
      (positions[a] * (positions[b + 1] * positions[c + 2] - positions[b + 2] * positions[c + 1]) +
        positions[a + 1] * (positions[b + 2] * positions[c] - positions[b] * positions[c + 2]) +
        positions[a + 2] * (positions[b] * positions[c + 1] - positions[b + 1] * positions[c])) /
      6;
  }
  const least = minShare * Math.max(0, ...volumes);
  const remap = new Int32Array(positions.length / 3).fill(-1);
  const kept = { positions: new Float64Array(positions.length), indices: new Uint32Array(indices.length) };
  let vertices = 0;
  let corners = 0;
  for (let i = 0; i < indices.length; i++) {
    const volume = volumes[component[Math.floor(i / 3)]];
    if (volume <= 0 || volume < least) continue;
    const vertex = indices[i];
    if (remap[vertex] < 0) {
      for (let k = 0; k < 3; k++) kept.positions[3 * vertices + k] = positions[3 * vertex + k];
      remap[vertex] = vertices++;
    }
    kept.indices[corners++] = remap[vertex];
  }
  return { positions: kept.positions.subarray(0, 3 * vertices), indices: kept.indices.subarray(0, corners) };
}

/** Vertex colours by trilinear interpolation of the colour grid; stride 4, 0 to 255, opaque. */
export function sampleColors(colors: ArrayLike<number>, shape: GridShape, positions: ArrayLike<number>): Uint8Array {
  const { resolution } = shape;
  const plane = resolution * resolution;
  const result = new Uint8Array((positions.length / 3) * 4);
  const low = [0, 0, 0];
  const share = [0, 0, 0];
  for (let vertex = 0; vertex < positions.length / 3; vertex++) {
    for (let axis = 0; axis < 3; axis++) {
      const place = Math.min(resolution - 1, Math.max(0, toGrid(positions[3 * vertex + axis], shape)));
      low[axis] = Math.max(0, Math.min(resolution - 2, Math.floor(place)));
      share[axis] = place - low[axis];
    }
    for (let channel = 0; channel < 3; channel++) {
      let value = 0;
      for (let corner = 0; corner < 8; corner++) {
        const [dx, dy, dz] = [corner & 1, (corner >> 1) & 1, corner >> 2];
        const weight = (dx ? share[0] : 1 - share[0]) * (dy ? share[1] : 1 - share[1]) * (dz ? share[2] : 1 - share[2]);
        const cell = (low[2] + dz) * plane + (low[1] + dy) * resolution + low[0] + dx;
        if (weight > 0) value += weight * colors[channel * resolution * plane + cell];
      }
      result[4 * vertex + channel] = Math.round(Math.min(255, Math.max(0, (value + 1) * 127.5)));
    }
    result[4 * vertex + 3] = 255;
  }
  return result;
}
