/**
 * Fewer triangles on a closed manifold mesh, which stays closed and manifold.
 *
 * Edge collapse in order of the quadric error (M. Garland, P. Heckbert, 1997). meshoptimizer's simplifier is
 * faster, but may pinch a surface into edges with four triangles, since it does not test the link condition.
 */
import { addQuadric, addTriangleQuadric, type CollapsePlace, collapsePlace, QUADRIC_SIZE } from './quadric.js';
import { createQueue, type Queue } from './queue.js';

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
  const { faces, queue } = work;
  const target = { error: 0, x: 0, y: 0, z: 0 };
  for (let half = 0; half < faces.length; half++) offer(work, half, target);
  while (work.count > maxTriangles && queue.size() > 0) {
    const half = queue.pop();
    const a = faces[half];
    const b = faces[nextHalf(half)];
    collapsePlace(work.quadrics, work.positions, a, b, target);
    if (!mayCollapse(work, a, b, target)) continue;
    collapse(work, a, b, target);
    for (const out of work.around[a]) {
      offer(work, out, target);
      offer(work, nextHalf(nextHalf(out)), target);
    }
  }
  return compact(work);
}

/** An edge has a half in each of its two triangles: that which starts at the lower vertex stands for it. */
function offer({ faces, quadrics, positions, queue }: Work, half: number, target: CollapsePlace): void {
  const from = faces[half];
  const to = faces[nextHalf(half)];
  if (from < to) {
    collapsePlace(quadrics, positions, from, to, target);
    queue.set(half, target.error);
  } else queue.remove(half);
}

interface Work {
  positions: Float64Array;
  /** The vertex that each half of an edge starts at; three halves are a triangle. */
  faces: Int32Array;
  alive: Uint8Array;
  /** Live faces. */
  count: number;
  /** Halves that start at each vertex, one in each of its faces; those of dead ones are dropped as they die. */
  around: number[][];
  quadrics: Float64Array;
  /** Halves of edges, by what it costs to collapse them. */
  queue: Queue;
  /** Calls of `mayCollapse`, and for each vertex the last one that found it beside the vertex that was to go. */
  calls: number;
  besideIn: Int32Array;
}

function createWork({ positions, indices }: SimplifyInput): Work {
  const vertexCount = positions.length / 3;
  const faceCount = indices.length / 3;
  const faces = new Int32Array(indices);
  const isBefore = (half: number, other: number): boolean =>
    faces[half] < faces[other] || (faces[half] === faces[other] && faces[nextHalf(half)] < faces[nextHalf(other)]);
  const work: Work = {
    positions: new Float64Array(positions),
    faces,
    alive: new Uint8Array(faceCount).fill(1),
    count: faceCount,
    around: Array.from({ length: vertexCount }, () => []),
    quadrics: new Float64Array(QUADRIC_SIZE * vertexCount),
    queue: createQueue(faces.length, isBefore),
    calls: 0,
    besideIn: new Int32Array(vertexCount),
  };
  for (let face = 0; face < faceCount; face++) {
    addTriangleQuadric(work.quadrics, work.positions, work.faces, face);
    for (let half = 3 * face; half < 3 * face + 3; half++) work.around[faces[half]].push(half);
  }
  return work;
}

/** The one after it in its triangle. */
const nextHalf = (half: number): number => (half % 3 === 2 ? half - 2 : half + 1);

function mayCollapse(work: Work, a: number, b: number, target: Place): boolean {
  // The link condition: only the two triangles on the edge may close up.
  const { faces, around, besideIn } = work;
  const call = ++work.calls;
  for (const half of around[b]) besideIn[faces[nextHalf(half)]] = call;
  let shared = 0;
  for (const half of around[a]) if (besideIn[faces[nextHalf(half)]] === call) shared++;
  if (shared !== 2) return false;
  // The smallest closed mesh is a tetrahedron.
  if (around[a].length === 3 && around[b].length === 3) return false;
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
  for (const half of work.around[vertex]) {
    const p = 3 * faces[nextHalf(half)];
    const q = 3 * faces[nextHalf(nextHalf(half))];
    if (p === 3 * other || q === 3 * other) continue;
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

/** Merges `b` into `a` at `place`. */
function collapse(work: Work, a: number, b: number, place: Place): void {
  const { faces, around, queue } = work;
  addQuadric(work.quadrics, a, b);
  work.positions[3 * a] = place.x;
  work.positions[3 * a + 1] = place.y;
  work.positions[3 * a + 2] = place.z;
  for (const half of around[b]) {
    const second = nextHalf(half);
    const third = nextHalf(second);
    if (faces[second] === a || faces[third] === a) {
      work.alive[(half - (half % 3)) / 3] = 0;
      work.count--;
      queue.remove(half);
      queue.remove(second);
      queue.remove(third);
      remove(around[faces[second]], second);
      remove(around[faces[third]], third);
    } else {
      faces[half] = a;
      around[a].push(half);
    }
  }
  around[b] = [];
}

/** The last one takes its place. */
function remove(list: number[], item: number): void {
  const last = list.pop();
  const place = list.indexOf(item);
  if (place >= 0 && last !== undefined) list[place] = last;
}

function compact(work: Work): { positions: Float32Array; indices: Uint32Array } {
  const remap = new Int32Array(work.around.length).fill(-1);
  const positions = new Float32Array(work.positions.length);
  const indices = new Uint32Array(3 * work.count);
  let vertices = 0;
  let corners = 0;
  for (let face = 0; face < work.alive.length; face++) {
    if (!work.alive[face]) continue;
    for (let half = 3 * face; half < 3 * face + 3; half++) {
      const vertex = work.faces[half];
      if (remap[vertex] < 0) {
        remap[vertex] = vertices;
        positions.set(work.positions.subarray(3 * vertex, 3 * vertex + 3), 3 * vertices++);
      }
      indices[corners++] = remap[vertex];
    }
  }
  return { positions: positions.slice(0, 3 * vertices), indices };
}
