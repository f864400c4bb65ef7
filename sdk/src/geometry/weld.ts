/** Joins vertices that lie at the same place, and says whether the joined mesh is closed. */
import type { Mesh } from './mesh.js';

export interface Welded {
  /** Distinct positions, stride 3. */
  positions: Float32Array;
  /** Triangles into `positions`, without those that lost a corner. */
  indices: Uint32Array;
  /** For each joined vertex, one of the mesh's own that lies there. */
  source: Uint32Array;
}

/** Joins vertices whose coordinates are bit for bit the same. Colours and normals do not count. */
export function weld(mesh: Pick<Mesh, 'positions' | 'indices'>): Welded {
  const { positions, indices } = mesh;
  const vertexCount = positions.length / 3;
  const byPlace = new Map<string, number>();
  const remap = new Uint32Array(vertexCount);
  const source: number[] = [];
  for (let vertex = 0; vertex < vertexCount; vertex++) {
    // Adding zero turns -0 into 0, which is the same place.
    const key = `${positions[3 * vertex] + 0},${positions[3 * vertex + 1] + 0},${positions[3 * vertex + 2] + 0}`;
    let joined = byPlace.get(key);
    if (joined === undefined) {
      joined = source.length;
      byPlace.set(key, joined);
      source.push(vertex);
    }
    remap[vertex] = joined;
  }
  const places = new Float32Array(source.length * 3);
  source.forEach((vertex, joined) => places.set(positions.subarray(3 * vertex, 3 * vertex + 3), 3 * joined));
  const triangles: number[] = [];
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const a = remap[indices[i]];
    const b = remap[indices[i + 1]];
    const c = remap[indices[i + 2]];
    if (a !== b && b !== c && c !== a) triangles.push(a, b, c);
  }
  return { positions: places, indices: Uint32Array.from(triangles), source: Uint32Array.from(source) };
}

export interface Closedness {
  /** Every edge is used equally often in both directions: no hole, and one side is out everywhere. */
  closed: boolean;
  /** Every edge is used exactly once in each direction. */
  manifold: boolean;
  /** Edges that break `closed`. */
  openEdges: number;
}

/** Checks a mesh by position: vertices split for colour or normals do not make it open. */
export function checkClosed(mesh: Pick<Mesh, 'positions' | 'indices'>): Closedness {
  const { positions, indices } = weld(mesh);
  const count = positions.length / 3;
  // For each undirected edge: uses from low to high, and from high to low.
  const uses = new Map<number, [number, number]>();
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i];
    const to = indices[i % 3 === 2 ? i - 2 : i + 1];
    const key = Math.min(from, to) * count + Math.max(from, to);
    let entry = uses.get(key);
    if (!entry) uses.set(key, (entry = [0, 0]));
    entry[from < to ? 0 : 1]++;
  }
  let openEdges = 0;
  let manifold = indices.length > 0;
  for (const [up, down] of uses.values()) {
    if (up !== down) openEdges++;
    if (up !== 1 || down !== 1) manifold = false;
  }
  return { closed: indices.length > 0 && openEdges === 0, manifold, openEdges };
}
