/**
 * Fewer triangles on a closed manifold mesh, which stays closed and manifold.
 *
 * Edge collapse in order of the quadric error (M. Garland, P. Heckbert, 1997). meshoptimizer's simplifier is
 * faster, but may pinch a surface into edges with four triangles, since it does not test the link condition.
 */
import { createHeap } from './heap.js';
import { addQuadric, addTriangleQuadric, collapsePlace, QUADRIC_SIZE } from './quadric.js';

export interface SimplifyInput {
  /** Stride 3. */
  positions: ArrayLike<number>;
  /** Stride 3; closed and manifold by index. */
  indices: ArrayLike<number>;
}

/**
 * Collapses edges until at most `maxTriangles` are left, or none can go without harm: a collapse that would
 * pinch the surface or turn a triangle over is left out, so very knotted input may keep more.
 */
export function simplifyClosed(
  mesh: SimplifyInput,
  maxTriangles: number,
): { positions: Float32Array; indices: Uint32Array } {
  const work = createWork(mesh);
  const heap = createHeap();
  const target = { error: 0, x: 0, y: 0, z: 0 };
  const offer = (a: number, b: number): void => {
    collapsePlace(work.quadrics, work.positions, a, b, target);
    heap.push(target.error, a, b, work.version[a] + work.version[b]);
  };
  for (let face = 0; face < work.alive.length; face++) {
    for (let k = 0; k < 3; k++) {
      const a = work.faces[3 * face + k];
      const b = work.faces[3 * face + ((k + 1) % 3)];
      if (a < b) offer(a, b);
    }
  }
  while (work.count > maxTriangles && heap.size() > 0) {
    const { a, b, stamp } = heap.pop();
    // A vertex's version only grows, so that a changed sum means that one of the two has moved or gone.
    if (work.version[a] + work.version[b] !== stamp || work.gone[a] || work.gone[b]) continue;
    collapsePlace(work.quadrics, work.positions, a, b, target);
    if (!mayCollapse(work, a, b, target)) continue;
    for (const neighbour of collapse(work, a, b, target)) offer(Math.min(a, neighbour), Math.max(a, neighbour));
  }
  return compact(work);
}

interface Work {
  positions: Float64Array;
  faces: Int32Array;
  alive: Uint8Array;
  /** Live faces. */
  count: number;
  /** Faces around each vertex; dead ones are dropped as they die. */
  around: number[][];
  quadrics: Float64Array;
  version: Int32Array;
  gone: Uint8Array;
}

function createWork({ positions, indices }: SimplifyInput): Work {
  const vertexCount = positions.length / 3;
  const faceCount = indices.length / 3;
  const work: Work = {
    positions: Float64Array.from(positions),
    faces: Int32Array.from(indices),
    alive: new Uint8Array(faceCount).fill(1),
    count: faceCount,
    around: Array.from({ length: vertexCount }, () => []),
    quadrics: new Float64Array(QUADRIC_SIZE * vertexCount),
    version: new Int32Array(vertexCount),
    gone: new Uint8Array(vertexCount),
  };
  for (let face = 0; face < faceCount; face++) {
    addTriangleQuadric(work.quadrics, work.positions, work.faces, face);
    for (let k = 0; k < 3; k++) work.around[work.faces[3 * face + k]].push(face);
  }
  return work;
}

/** The vertices that share a face with `vertex`. */
function ring(work: Work, vertex: number): Set<number> {
  const found = new Set<number>();
  for (const face of work.around[vertex]) {
    for (let k = 0; k < 3; k++) found.add(work.faces[3 * face + k]);
  }
  found.delete(vertex);
  return found;
}

function mayCollapse(work: Work, a: number, b: number, target: Place): boolean {
  // The link condition: only the two triangles on the edge may close up.
  const ringA = ring(work, a);
  let shared = 0;
  for (const vertex of ring(work, b)) if (ringA.has(vertex)) shared++;
  if (shared !== 2) return false;
  // The smallest closed mesh is a tetrahedron.
  if (ringA.size === 3 && work.around[b].length === 3) return false;
  return !turnsOver(work, a, b, target) && !turnsOver(work, b, a, target);
}

interface Place {
  x: number;
  y: number;
  z: number;
}

/** Whether moving `vertex` to `place` would turn one of its triangles, those with `other` left out, by over 75 degrees. */
function turnsOver(work: Work, vertex: number, other: number, place: Place): boolean {
  const { faces, positions } = work;
  for (const face of work.around[vertex]) {
    let k = 3 * face;
    if (faces[k] === other || faces[k + 1] === other || faces[k + 2] === other) continue;
    while (faces[k] !== vertex) k++;
    const p = 3 * faces[3 * face + ((k + 1) % 3)];
    const q = 3 * faces[3 * face + ((k + 2) % 3)];
    const ex = positions[q] - positions[p];
    const ey = positions[q + 1] - positions[p + 1];
    const ez = positions[q + 2] - positions[p + 2];
    const ux = positions[3 * vertex] - positions[p];
    const uy = positions[3 * vertex + 1] - positions[p + 1];
    const uz = positions[3 * vertex + 2] - positions[p + 2];
    const vx = place.x - positions[p];
    const vy = place.y - positions[p + 1];
    const vz = place.z - positions[p + 2];
    const nx = ey * uz - ez * uy;
    const ny = ez * ux - ex * uz;
    const nz = ex * uy - ey * ux;
    const mx = ey * vz - ez * vy;
    const my = ez * vx - ex * vz;
    const mz = ex * vy - ey * vx;
    const before = nx * nx + ny * ny + nz * nz;
    const after = mx * mx + my * my + mz * mz;
    const alike = nx * mx + ny * my + nz * mz;
    if (after <= 1e-10 * before || alike < 0.25 * Math.sqrt(before * after)) return true;
  }
  return false;
}

/** Merges `b` into `a` at `place`; returns the neighbours of `a` afterwards. */
function collapse(work: Work, a: number, b: number, place: Place): Set<number> {
  const { faces, around } = work;
  addQuadric(work.quadrics, a, b);
  work.positions[3 * a] = place.x;
  work.positions[3 * a + 1] = place.y;
  work.positions[3 * a + 2] = place.z;
  for (const face of around[b]) {
    const corners = [faces[3 * face], faces[3 * face + 1], faces[3 * face + 2]];
    if (corners.includes(a)) {
      work.alive[face] = 0;
      work.count--;
      for (const vertex of corners) if (vertex !== b) around[vertex] = around[vertex].filter((f) => f !== face);
    } else {
      faces[3 * face + corners.indexOf(b)] = a;
      around[a].push(face);
    }
  }
  around[b] = [];
  work.gone[b] = 1;
  work.version[a]++;
  const neighbours = ring(work, a);
  // Their edges to others keep their cost; only the collapse test, which runs when an edge comes up, sees the change.
  return neighbours;
}

function compact(work: Work): { positions: Float32Array; indices: Uint32Array } {
  const remap = new Int32Array(work.gone.length).fill(-1);
  const positions: number[] = [];
  const indices: number[] = [];
  for (let face = 0; face < work.alive.length; face++) {
    if (!work.alive[face]) continue;
    for (let k = 0; k < 3; k++) {
      const vertex = work.faces[3 * face + k];
      if (remap[vertex] < 0) {
        remap[vertex] = positions.length / 3;
        positions.push(work.positions[3 * vertex], work.positions[3 * vertex + 1], work.positions[3 * vertex + 2]);
      }
      indices.push(remap[vertex]);
    }
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}
