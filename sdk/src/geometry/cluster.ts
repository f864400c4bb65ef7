/** Far fewer triangles at once, for meshes of millions. */
import { meshBounds } from './measure.js';
import type { Mesh } from './mesh.js';

/**
 * Moves the vertices in each cell of a grid to their mean and drops what that leaves without area. Takes time in
 * proportion to the triangles. A closed mesh stays closed, though surfaces nearer than a cell may touch; colours
 * and normals are left out.
 *
 * Source: J. Rossignac, P. Borrel, Multi-resolution 3D approximations for rendering complex scenes, 1993.
 *
 * @param cells Along the longest side of the mesh's box.
 */
export function clusterVertices({ positions, indices }: Pick<Mesh, 'positions' | 'indices'>, cells: number): Mesh {
  const { min, max } = meshBounds({ positions, indices });
  const scale = cells / Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
  const vertexOf = new Map<number, number>();
  const clusterOf = new Int32Array(positions.length / 3).fill(-1);
  const sums: number[] = [];
  const counts: number[] = [];
  const cluster = (vertex: number): number => {
    if (clusterOf[vertex] >= 0) return clusterOf[vertex];
    let key = 0;
    for (let k = 0; k < 3; k++) key = key * (cells + 1) + Math.floor((positions[3 * vertex + k] - min[k]) * scale);
    let found = vertexOf.get(key);
    if (found === undefined) {
      vertexOf.set(key, (found = counts.length));
      sums.push(0, 0, 0);
      counts.push(0);
    }
    for (let k = 0; k < 3; k++) sums[3 * found + k] += positions[3 * vertex + k];
    counts[found]++;
    clusterOf[vertex] = found;
    return found;
  };
  const kept: number[] = [];
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const [a, b, c] = [cluster(indices[i]), cluster(indices[i + 1]), cluster(indices[i + 2])];
    if (a !== b && b !== c && c !== a) kept.push(a, b, c);
  }
  return {
    positions: Float32Array.from(sums, (sum, i) => sum / counts[Math.floor(i / 3)]),
    indices: Uint32Array.from(kept),
  };
}
