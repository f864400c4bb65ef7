/** Convex hull of points: quickhull that always takes the farthest point next, so that it can stop early. */
import { addFace, startHull, type Hull } from './hull-faces.js';
import { startSimplex } from './hull-simplex.js';

export interface ConvexHull {
  /** Stride 3. */
  positions: Float32Array;
  /** Triangles, stride 3, counter-clockwise seen from outside. */
  indices: Uint32Array;
}

export interface ConvexHullOptions {
  /** Stop at so many vertices; the hull then lies inside the full one and is as near to it as greed gets. */
  maxVertices?: number;
}

/**
 * The convex hull of `points` (stride 3), or null where they have no volume: fewer than four, or all in a
 * plane up to a millionth of their extent. The same points give the same hull, bit for bit.
 *
 * Source: C. Barber, D. Dobkin, H. Huhdanpaa, The quickhull algorithm for convex hulls, 1996.
 */
export function convexHull(points: ArrayLike<number>, options: ConvexHullOptions = {}): ConvexHull | null {
  const hull = growHull(doubles(points), Math.floor(points.length / 3), options.maxVertices ?? Infinity);
  return hull && compactHull(hull);
}

/** The volume of the hull of the first `count` points, grown to at most `maxVertices`; 0 where it has none. */
export function hullVolume(points: ArrayLike<number>, count: number, maxVertices: number): number {
  const hull = growHull(doubles(points), count, maxVertices);
  return hull ? volumeOf(hull) : 0;
}

/** One kind of array throughout, since loops over several kinds run at half the speed. */
const doubles = (points: ArrayLike<number>): Float64Array =>
  points instanceof Float64Array ? points : new Float64Array(points);

function volumeOf({ points, corners, alive, faces }: Hull): number {
  const o = 3 * corners[0];
  let sixfold = 0;
  for (let face = 0; face < faces; face++) {
    if (!alive[face]) continue;
    const [a, b, c] = [3 * corners[3 * face], 3 * corners[3 * face + 1], 3 * corners[3 * face + 2]];
    const [ux, uy, uz] = [points[b] - points[a], points[b + 1] - points[a + 1], points[b + 2] - points[a + 2]];
    const [vx, vy, vz] = [points[c] - points[a], points[c + 1] - points[a + 1], points[c + 2] - points[a + 2]];
    const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    sixfold +=
      nx * (points[a] - points[o]) + ny * (points[a + 1] - points[o + 1]) + nz * (points[a + 2] - points[o + 2]);
  }
  return sixfold / 6;
}

function growHull(points: Float64Array, count: number, maxVertices: number): Hull | null {
  const simplex = startSimplex(points, count);
  if (!simplex) return null;
  const hull = startHull(points, count, simplex.tolerance);
  const [a, b, c, d] = simplex.corners;
  addFace(hull, a, b, c, 1, 2, 3);
  addFace(hull, a, d, b, 3, 2, 0);
  addFace(hull, b, d, c, 1, 3, 0);
  addFace(hull, c, d, a, 2, 1, 0);
  for (let point = 0; point < count; point++) assign(hull, point, 0, 4);
  for (let vertices = 4; vertices < maxVertices;) {
    const face = farthestFace(hull);
    if (face < 0) break;
    if (addPoint(hull, face)) vertices++;
  }
  return hull;
}

const height = ({ planes, points }: Hull, face: number, point: number): number =>
  planes[4 * face] * points[3 * point] +
  planes[4 * face + 1] * points[3 * point + 1] +
  planes[4 * face + 2] * points[3 * point + 2] -
  planes[4 * face + 3];

/** Puts a point on the list of the face it lies farthest above, of those from `first` to before `end`. */
function assign(hull: Hull, point: number, first: number, end: number): void {
  let best = -1;
  let bestHeight = hull.tolerance;
  for (let face = first; face < end; face++) {
    const above = height(hull, face, point);
    if (above > bestHeight) {
      bestHeight = above;
      best = face;
    }
  }
  // Points above none are inside.
  if (best < 0) return;
  hull.nextPoint[point] = hull.firstPoint[best];
  hull.firstPoint[best] = point;
  if (bestHeight > hull.farthestDistance[best]) {
    hull.farthestDistance[best] = bestHeight;
    hull.farthest[best] = point;
  }
}

/** The live face with the farthest point above it, or -1. Forgets faces that are gone or have none. */
function farthestFace({ pending, alive, farthestDistance }: Hull): number {
  let best = -1;
  let bestDistance = 0;
  let kept = 0;
  for (const face of pending) {
    if (!alive[face] || farthestDistance[face] === 0) continue;
    pending[kept++] = face;
    if (farthestDistance[face] > bestDistance) {
      bestDistance = farthestDistance[face];
      best = face;
    }
  }
  pending.length = kept;
  return best;
}

/** Adds the point farthest above `face`; false where rounding makes that impossible, and the point is dropped. */
function addPoint(hull: Hull, face: number): boolean {
  const apex = hull.farthest[face];
  const visible = [face];
  /** The edges between what the point sees and what it does not, in turn: 3 * face + side. */
  const rim: number[] = [];
  hull.alive[face] = 0;
  lookAround(hull, apex, face, 0, 3, visible, rim);
  if (!isLoop(hull.corners, rim)) {
    for (const seen of visible) hull.alive[seen] = 1;
    dropFarthest(hull, face);
    return false;
  }
  const base = hull.faces;
  const count = rim.length;
  for (let i = 0; i < count; i++) {
    const from = hull.corners[rim[i]];
    const to = endOf(hull.corners, rim[i]);
    const beyond = hull.across[rim[i]];
    addFace(hull, from, to, apex, beyond, base + ((i + 1) % count), base + ((i + count - 1) % count));
    hull.across[3 * beyond + cornerOf(hull.corners, beyond, to)] = base + i;
  }
  for (const seen of visible) {
    for (let point = hull.firstPoint[seen]; point >= 0;) {
      const next = hull.nextPoint[point];
      if (point !== apex) assign(hull, point, base, base + count);
      point = next;
    }
  }
  return true;
}

/** Walks over the faces that `apex` sees, side by side, so that their rim comes out in order. */
function lookAround(
  hull: Hull,
  apex: number,
  face: number,
  side: number,
  sides: number,
  visible: number[],
  rim: number[],
): void {
  for (let i = 0; i < sides; i++) {
    const k = 3 * face + ((side + i) % 3);
    const next = hull.across[k];
    if (!hull.alive[next]) continue;
    if (height(hull, next, apex) > hull.tolerance) {
      hull.alive[next] = 0;
      visible.push(next);
      // The walk comes in over the edge that runs the other way, from where this one ends.
      const entry = cornerOf(hull.corners, next, endOf(hull.corners, k));
      lookAround(hull, apex, next, (entry + 1) % 3, 2, visible, rim);
    } else rim.push(k);
  }
}

/** The point at the end of side `k`, which starts at `corners[k]`. */
const endOf = (corners: Int32Array, k: number): number => corners[k % 3 === 2 ? k - 2 : k + 1];

/** Which corner of `face` is `point`: 0, 1 or 2. */
function cornerOf(corners: Int32Array, face: number, point: number): number {
  if (corners[3 * face] === point) return 0;
  return corners[3 * face + 1] === point ? 1 : 2;
}

/** Whether edges follow each other round once, through no corner twice. */
function isLoop(corners: Int32Array, rim: readonly number[]): boolean {
  if (rim.length < 3) return false;
  for (let i = 0; i < rim.length; i++) {
    if (endOf(corners, rim[i]) !== corners[rim[(i + 1) % rim.length]]) return false;
    for (let j = 0; j < i; j++) if (corners[rim[i]] === corners[rim[j]]) return false;
  }
  return true;
}

function dropFarthest(hull: Hull, face: number): void {
  const dropped = hull.farthest[face];
  let point = hull.firstPoint[face];
  hull.firstPoint[face] = -1;
  hull.farthestDistance[face] = 0;
  while (point >= 0) {
    const next = hull.nextPoint[point];
    if (point !== dropped) assign(hull, point, face, face + 1);
    point = next;
  }
}

function compactHull({ points, corners, alive, faces }: Hull): ConvexHull {
  const vertexOf = new Map<number, number>();
  const positions: number[] = [];
  const indices: number[] = [];
  for (let k = 0; k < 3 * faces; k++) {
    if (!alive[Math.floor(k / 3)]) continue;
    const point = corners[k];
    let vertex = vertexOf.get(point);
    if (vertex === undefined) {
      vertexOf.set(point, (vertex = positions.length / 3));
      positions.push(points[3 * point], points[3 * point + 1], points[3 * point + 2]);
    }
    indices.push(vertex);
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}
