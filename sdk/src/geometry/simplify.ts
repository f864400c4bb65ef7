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
  const { ringA } = work;
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
    collapse(work, a, b, target);
    const count = ring(work, a, ringA);
    for (let i = 0; i < count; i++) offer(Math.min(a, ringA[i]), Math.max(a, ringA[i]));
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
  /** For each vertex, the number of the last call of `ring` that came upon it; and that of the last call of all. */
  foundBy: Int32Array;
  rings: number;
  /** For `ring` to write to. */
  ringA: number[];
  ringB: number[];
}

function createWork({ positions, indices }: SimplifyInput): Work {
  const vertexCount = positions.length / 3;
  const faceCount = indices.length / 3;
  const work: Work = {
    positions: new Float64Array(positions),
    faces: new Int32Array(indices),
    alive: new Uint8Array(faceCount).fill(1),
    count: faceCount,
    around: Array.from({ length: vertexCount }, () => []),
    quadrics: new Float64Array(QUADRIC_SIZE * vertexCount),
    version: new Int32Array(vertexCount),
    gone: new Uint8Array(vertexCount),
    foundBy: new Int32Array(vertexCount),
    rings: 0,
    ringA: [],
    ringB: [],
  };
  for (let face = 0; face < faceCount; face++) {
    addTriangleQuadric(work.quadrics, work.positions, work.faces, face);
    for (let k = 0; k < 3; k++) work.around[work.faces[3 * face + k]].push(face);
  }
  return work;
}

/** Puts the vertices that share a face with `vertex` at the beginning of `found`; returns how many they are. */
function ring(work: Work, vertex: number, found: number[]): number {
  const { faces, foundBy } = work;
  const call = ++work.rings;
  foundBy[vertex] = call;
  let count = 0;
  for (const face of work.around[vertex]) {
    for (let k = 3 * face; k < 3 * face + 3; k++) {
      if (foundBy[faces[k]] === call) continue;
      foundBy[faces[k]] = call;
      found[count++] = faces[k];
    }
  }
  return count;
}

function mayCollapse(work: Work, a: number, b: number, target: Place): boolean {
  // The link condition: only the two triangles on the edge may close up.
  const { ringA, ringB, foundBy } = work;
  const countA = ring(work, a, ringA);
  ring(work, b, ringB);
  let shared = 0;
  for (let i = 0; i < countA; i++) if (ringA[i] !== b && foundBy[ringA[i]] === work.rings) shared++;
  if (shared !== 2) return false;
  // The smallest closed mesh is a tetrahedron.
  if (countA === 3 && work.around[b].length === 3) return false;
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

/** Merges `b` into `a` at `place`. Edges to others keep their cost; only the collapse test sees the change. */
function collapse(work: Work, a: number, b: number, place: Place): void {
  const { faces, around } = work;
  addQuadric(work.quadrics, a, b);
  work.positions[3 * a] = place.x;
  work.positions[3 * a + 1] = place.y;
  work.positions[3 * a + 2] = place.z;
  for (const face of around[b]) {
    const first = 3 * face;
    if (faces[first] === a || faces[first + 1] === a || faces[first + 2] === a) {
      work.alive[face] = 0;
      work.count--;
      for (let k = first; k < first + 3; k++) if (faces[k] !== b) remove(around[faces[k]], face);
    } else {
      let k = first;
      while (faces[k] !== b) k++;
      faces[k] = a;
      around[a].push(face);
    }
  }
  around[b] = [];
  work.gone[b] = 1;
  work.version[a]++;
}

/** The last one takes its place. */
function remove(list: number[], item: number): void {
  const last = list.pop();
  const place = list.indexOf(item);
  if (place >= 0 && last !== undefined) list[place] = last;
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
  return { positions: new Float32Array(positions), indices: new Uint32Array(indices) };
}
