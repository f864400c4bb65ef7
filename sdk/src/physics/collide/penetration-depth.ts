/** How far two overlapping convex bodies must be shifted to part: the expanding polytope algorithm. */
import type { Vec3 } from '../../geometry/index.js';
import { supportDifference, type Placed } from './placed.js';
import { createSimplex, type Simplex } from './simplex.js';

export interface Depth {
  depth: number;
  /** From b to a. */
  normal: Vec3;
  pointA: Vec3;
  pointB: Vec3;
}

interface Face {
  corners: [number, number, number];
  normal: Vec3;
  distance: number;
}

/** Points of the difference, stride 3, growing. */
interface Points {
  w: number[];
  a: number[];
  b: number[];
}

const MAX_ROUNDS = 96;

/** The depth of two bodies whose cores overlap or touch; `simplex` is what the distance search ended with. */
export function penetrationOf(a: Placed, b: Placed, simplex: Simplex): Depth {
  const points: Points = { w: [], a: [], b: [] };
  const slot = createSimplex();
  const add = (x: number, y: number, z: number): number => {
    supportDifference(a, b, x, y, z, slot, 0);
    points.w.push(slot.w[0], slot.w[1], slot.w[2]);
    points.a.push(slot.a[0], slot.a[1], slot.a[2]);
    points.b.push(slot.b[0], slot.b[1], slot.b[2]);
    return points.w.length / 3 - 1;
  };
  let faces = startTetrahedron(points, simplex, add);
  if (!faces) return flatContact(points);
  for (let round = 0; ; round++) {
    const nearest = faces.reduce((best, face) => (face.distance < best.distance ? face : best));
    const [x, y, z] = nearest.normal;
    const fresh = add(x, y, z);
    const reach = x * points.w[3 * fresh] + y * points.w[3 * fresh + 1] + z * points.w[3 * fresh + 2];
    if (reach - nearest.distance < 1e-7 + 1e-5 * nearest.distance || round >= MAX_ROUNDS)
      return depthAt(points, nearest);
    const grown = grow(points, faces, fresh);
    if (!grown) return depthAt(points, nearest);
    faces = grown;
  }
}

/** The difference's points along 14 directions hold a tetrahedron with volume, unless it is flat. */
function startTetrahedron(
  points: Points,
  simplex: Simplex,
  add: (x: number, y: number, z: number) => number,
): Face[] | null {
  for (let i = 0; i < simplex.count; i++) {
    for (let c = 0; c < 3; c++) {
      points.w.push(simplex.w[3 * i + c]);
      points.a.push(simplex.a[3 * i + c]);
      points.b.push(simplex.b[3 * i + c]);
    }
  }
  if (simplex.count < 4) {
    for (const axis of [0, 1, 2])
      for (const sign of [1, -1]) add(axis === 0 ? sign : 0, axis === 1 ? sign : 0, axis === 2 ? sign : 0);
  }
  const count = points.w.length / 3;
  const p = (i: number): Vec3 => [points.w[3 * i], points.w[3 * i + 1], points.w[3 * i + 2]];
  // The first four may hold the origin already; otherwise the largest, grown until it does.
  let corners: number[] | null = null;
  let largest = 1e-18;
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      for (let k = j + 1; k < count; k++) {
        for (let l = k + 1; l < count; l++) {
          const volume = Math.abs(tripleProduct(p(i), p(j), p(k), p(l)));
          if (volume > largest) {
            largest = volume;
            corners = [i, j, k, l];
          }
        }
      }
    }
  }
  if (!corners) return null;
  const [i, j, k, l] = corners;
  const outward = tripleProduct(p(i), p(j), p(k), p(l)) < 0;
  const sides: [number, number, number][] = outward
    ? [[i, j, k], [i, l, j], [j, l, k], [k, l, i]]
    : [[i, k, j], [i, j, l], [j, k, l], [k, i, l]]; // prettier-ignore
  let faces = sides.map((side) => makeFace(points, side));
  // The origin is in the difference, but need not be in this tetrahedron: take in what it lies beyond.
  for (let round = 0; round < 32; round++) {
    const beyond = faces.reduce((best, face) => (face.distance < best.distance ? face : best));
    if (beyond.distance >= -1e-12) break;
    const grown = grow(points, faces, add(...beyond.normal));
    if (!grown) break;
    faces = grown;
  }
  return faces;
}

/** Six times the signed volume: positive when d lies on the side that a, b, c turn counter-clockwise towards. */
function tripleProduct(a: Vec3, b: Vec3, c: Vec3, d: Vec3): number {
  const [ux, uy, uz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const [vx, vy, vz] = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
  const [wx, wy, wz] = [d[0] - a[0], d[1] - a[1], d[2] - a[2]];
  return wx * (uy * vz - uz * vy) + wy * (uz * vx - ux * vz) + wz * (ux * vy - uy * vx);
}

function makeFace({ w }: Points, corners: [number, number, number]): Face {
  const [a, b, c] = corners.map((i) => 3 * i);
  const [ux, uy, uz] = [w[b] - w[a], w[b + 1] - w[a + 1], w[b + 2] - w[a + 2]];
  const [vx, vy, vz] = [w[c] - w[a], w[c + 1] - w[a + 1], w[c + 2] - w[a + 2]];
  const normal = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const norm = Math.hypot(...normal);
  // A face without area bounds nothing.
  if (!(norm > 1e-20)) return { corners, normal: [0, 0, 0], distance: Infinity };
  const n: Vec3 = [normal[0] / norm, normal[1] / norm, normal[2] / norm];
  return { corners, normal: n, distance: n[0] * w[a] + n[1] * w[a + 1] + n[2] * w[a + 2] };
}

/** The polytope with one more point, or null where the point lies beyond no face. */
function grow(points: Points, faces: readonly Face[], fresh: number): Face[] | null {
  const { w } = points;
  const kept: Face[] = [];
  const rim = new Map<string, [number, number]>();
  for (const face of faces) {
    const above =
      face.normal[0] * w[3 * fresh] +
      face.normal[1] * w[3 * fresh + 1] +
      face.normal[2] * w[3 * fresh + 2] -
      face.distance;
    if (!(above > 1e-12) && face.distance !== Infinity) {
      kept.push(face);
      continue;
    }
    for (let k = 0; k < 3; k++) {
      const [from, to] = [face.corners[k], face.corners[(k + 1) % 3]];
      // An edge between two faces that go is met once each way.
      if (!rim.delete(`${to},${from}`)) rim.set(`${from},${to}`, [from, to]);
    }
  }
  if (rim.size < 3) return null;
  for (const [from, to] of rim.values()) kept.push(makeFace(points, [from, to, fresh]));
  return kept;
}

function depthAt(points: Points, face: Face): Depth {
  const [i, j, k] = face.corners;
  const foot: Vec3 = [face.normal[0] * face.distance, face.normal[1] * face.distance, face.normal[2] * face.distance];
  const weights = barycentric(points.w, i, j, k, foot);
  const mix = (values: number[], c: number): number =>
    weights[0] * values[3 * i + c] + weights[1] * values[3 * j + c] + weights[2] * values[3 * k + c];
  return {
    depth: Math.max(0, face.distance),
    // The outer face of a - b towards which the origin is nearest: a leaves b the opposite way.
    normal: [-face.normal[0], -face.normal[1], -face.normal[2]],
    pointA: [mix(points.a, 0), mix(points.a, 1), mix(points.a, 2)],
    pointB: [mix(points.b, 0), mix(points.b, 1), mix(points.b, 2)],
  };
}

function barycentric(w: readonly number[], i: number, j: number, k: number, p: Vec3): Vec3 {
  const u = [0, 1, 2].map((c) => w[3 * j + c] - w[3 * i + c]);
  const v = [0, 1, 2].map((c) => w[3 * k + c] - w[3 * i + c]);
  const q = [0, 1, 2].map((c) => p[c] - w[3 * i + c]);
  const dot = (a: number[], b: number[]): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const det = dot(u, u) * dot(v, v) - dot(u, v) ** 2;
  if (!(det > 0)) return [1, 0, 0];
  const wj = (dot(v, v) * dot(q, u) - dot(u, v) * dot(q, v)) / det;
  const wk = (dot(u, u) * dot(q, v) - dot(u, v) * dot(q, u)) / det;
  return [1 - wj - wk, wj, wk];
}

/** The difference has no volume: the bodies touch, or both lie in one plane. */
function flatContact(points: Points): Depth {
  const point = (values: number[]): Vec3 => [values[0], values[1], values[2]];
  return { depth: 0, normal: [0, 1, 0], pointA: point(points.a), pointB: point(points.b) };
}
