/** Convex hull of points: quickhull that always takes the farthest point next, so that it can stop early. */

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
 */
export function convexHull(points: ArrayLike<number>, options: ConvexHullOptions = {}): ConvexHull | null {
  const hull = startHull(points);
  if (!hull) return null;
  const maxVertices = options.maxVertices ?? Infinity;
  for (let vertices = 4; vertices < maxVertices;) {
    const face = farthestFace(hull);
    if (face < 0) break;
    if (addPoint(hull, face)) vertices++;
  }
  return compactHull(hull);
}

interface Hull {
  points: ArrayLike<number>;
  tolerance: number;
  /** Corner points of each face, stride 3. */
  corners: number[];
  /** The face across the edge from corner k to corner k + 1, stride 3. */
  across: number[];
  /** Unit normal and offset of each face's plane, stride 4. */
  planes: number[];
  alive: boolean[];
  /** The points outside each face, as a linked list through `nextPoint`; -1 ends it. */
  firstPoint: number[];
  nextPoint: Int32Array;
  farthest: number[];
  farthestDistance: number[];
  /** Faces that may have points above them. */
  pending: number[];
}

const height = (hull: Hull, face: number, point: number): number =>
  hull.planes[4 * face] * hull.points[3 * point] +
  hull.planes[4 * face + 1] * hull.points[3 * point + 1] +
  hull.planes[4 * face + 2] * hull.points[3 * point + 2] -
  hull.planes[4 * face + 3];

function startHull(points: ArrayLike<number>): Hull | null {
  const count = Math.floor(points.length / 3);
  const simplex = startSimplex(points, count);
  if (!simplex) return null;
  const hull: Hull = {
    points,
    tolerance: simplex.tolerance,
    corners: [],
    across: [],
    planes: [],
    alive: [],
    firstPoint: [],
    nextPoint: new Int32Array(count).fill(-1),
    farthest: [],
    farthestDistance: [],
    pending: [],
  };
  const [a, b, c, d] = simplex.corners;
  for (const corners of [
    [a, b, c],
    [a, d, b],
    [b, d, c],
    [c, d, a],
  ])
    addFace(hull, corners[0], corners[1], corners[2], [-1, -1, -1]);
  linkAll(hull);
  for (let point = 0; point < count; point++) assign(hull, point, [0, 1, 2, 3]);
  return hull;
}

/** Four points far apart, and the distance below which a point counts as on a plane. */
function startSimplex(points: ArrayLike<number>, count: number): { corners: number[]; tolerance: number } | null {
  if (count < 4) return null;
  const argmax = (score: (point: number) => number): number => {
    let best = 0;
    let bestScore = -Infinity;
    for (let point = 0; point < count; point++) {
      const value = score(point);
      if (value > bestScore) {
        bestScore = value;
        best = point;
      }
    }
    return best;
  };
  const p = (point: number, axis: number): number => points[3 * point + axis];
  const a = argmax((i) => -p(i, 0));
  const distance = (i: number, j: number): number =>
    Math.hypot(p(i, 0) - p(j, 0), p(i, 1) - p(j, 1), p(i, 2) - p(j, 2));
  const b = argmax((i) => distance(i, a));
  const extent = distance(a, b);
  const tolerance = 1e-6 * extent;
  if (!(extent > 0) || !Number.isFinite(extent)) return null;
  const axis = [0, 1, 2].map((k) => (p(b, k) - p(a, k)) / extent);
  const offAxis = (i: number): number[] => {
    const u = [0, 1, 2].map((k) => p(i, k) - p(a, k));
    return [u[1] * axis[2] - u[2] * axis[1], u[2] * axis[0] - u[0] * axis[2], u[0] * axis[1] - u[1] * axis[0]];
  };
  const c = argmax((i) => Math.hypot(...offAxis(i)));
  const normal = offAxis(c);
  const norm = Math.hypot(...normal);
  if (!(norm > tolerance)) return null;
  const side = (i: number): number => [0, 1, 2].reduce((sum, k) => sum + (normal[k] / norm) * (p(i, k) - p(a, k)), 0);
  const d = argmax((i) => Math.abs(side(i)));
  if (!(Math.abs(side(d)) > tolerance)) return null;
  // `normal` is (c - a) x (b - a): where d lies on that side, a, b, c faces away from it.
  return { corners: side(d) > 0 ? [a, b, c, d] : [a, c, b, d], tolerance };
}

function addFace(hull: Hull, a: number, b: number, c: number, across: readonly number[]): number {
  const { points } = hull;
  const ux = points[3 * b] - points[3 * a];
  const uy = points[3 * b + 1] - points[3 * a + 1];
  const uz = points[3 * b + 2] - points[3 * a + 2];
  const vx = points[3 * c] - points[3 * a];
  const vy = points[3 * c + 1] - points[3 * a + 1];
  const vz = points[3 * c + 2] - points[3 * a + 2];
  const nx = uy * vz - uz * vy;
  const ny = uz * vx - ux * vz;
  const nz = ux * vy - uy * vx;
  const norm = Math.sqrt(nx * nx + ny * ny + nz * nz) || 1;
  const face = hull.alive.length;
  hull.corners.push(a, b, c);
  hull.across.push(...across);
  hull.planes.push(
    nx / norm,
    ny / norm,
    nz / norm,
    (nx * points[3 * a] + ny * points[3 * a + 1] + nz * points[3 * a + 2]) / norm,
  );
  hull.alive.push(true);
  hull.firstPoint.push(-1);
  hull.farthest.push(-1);
  hull.farthestDistance.push(0);
  hull.pending.push(face);
  return face;
}

function linkAll(hull: Hull): void {
  const byEdge = new Map<string, number>();
  const faces = hull.alive.length;
  const corner = (face: number, k: number): number => hull.corners[3 * face + (k % 3)];
  for (let face = 0; face < faces; face++) {
    for (let k = 0; k < 3; k++) byEdge.set(`${corner(face, k)},${corner(face, k + 1)}`, face);
  }
  for (let face = 0; face < faces; face++) {
    for (let k = 0; k < 3; k++)
      hull.across[3 * face + k] = byEdge.get(`${corner(face, k + 1)},${corner(face, k)}`) ?? -1;
  }
}

/** Puts a point on the list of the face it lies farthest above; points above none are inside. */
function assign(hull: Hull, point: number, faces: readonly number[]): void {
  let best = -1;
  let bestHeight = hull.tolerance;
  for (const face of faces) {
    const above = height(hull, face, point);
    if (above > bestHeight) {
      bestHeight = above;
      best = face;
    }
  }
  if (best < 0) return;
  hull.nextPoint[point] = hull.firstPoint[best];
  hull.firstPoint[best] = point;
  if (bestHeight > hull.farthestDistance[best]) {
    hull.farthestDistance[best] = bestHeight;
    hull.farthest[best] = point;
  }
}

/** The live face with the farthest point above it, or -1. Forgets faces that are gone or have none. */
function farthestFace(hull: Hull): number {
  let best = -1;
  let bestDistance = 0;
  let kept = 0;
  for (const face of hull.pending) {
    if (!hull.alive[face] || hull.farthestDistance[face] === 0) continue;
    hull.pending[kept++] = face;
    if (hull.farthestDistance[face] > bestDistance) {
      bestDistance = hull.farthestDistance[face];
      best = face;
    }
  }
  hull.pending.length = kept;
  return best;
}

/** Adds the point farthest above `face`; false where rounding makes that impossible, and the point is dropped. */
function addPoint(hull: Hull, face: number): boolean {
  const apex = hull.farthest[face];
  const visible = new Set([face]);
  for (const seen of visible) {
    for (let k = 0; k < 3; k++) {
      const next = hull.across[3 * seen + k];
      if (!visible.has(next) && height(hull, next, apex) > hull.tolerance) visible.add(next);
    }
  }
  // The rim of what the point sees: from corner to corner, with the face beyond.
  const rim = new Map<number, { to: number; beyond: number }>();
  let edges = 0;
  for (const seen of visible) {
    for (let k = 0; k < 3; k++) {
      const beyond = hull.across[3 * seen + k];
      if (visible.has(beyond)) continue;
      rim.set(hull.corners[3 * seen + k], { to: hull.corners[3 * seen + ((k + 1) % 3)], beyond });
      edges++;
    }
  }
  const order: number[] = [];
  const start = rim.keys().next().value ?? -1;
  for (let at = start; order.length <= edges; at = rim.get(at)?.to ?? -1) {
    order.push(at);
    if (rim.get(at)?.to === start) break;
  }
  if (order.length !== edges || rim.size !== edges || edges < 3) {
    dropFarthest(hull, face);
    return false;
  }
  const base = hull.alive.length;
  order.forEach((from, i) => {
    const { to, beyond } = rim.get(from) ?? { to: -1, beyond: -1 };
    const made = addFace(hull, from, to, apex, [beyond, base + ((i + 1) % edges), base + ((i + edges - 1) % edges)]);
    for (let k = 0; k < 3; k++) {
      if (hull.corners[3 * beyond + k] === to && hull.corners[3 * beyond + ((k + 1) % 3)] === from)
        hull.across[3 * beyond + k] = made;
    }
  });
  const fresh = order.map((_, i) => base + i);
  for (const seen of visible) {
    hull.alive[seen] = false;
    for (let point = hull.firstPoint[seen]; point >= 0;) {
      const next = hull.nextPoint[point];
      if (point !== apex) assign(hull, point, fresh);
      point = next;
    }
  }
  return true;
}

function dropFarthest(hull: Hull, face: number): void {
  const points: number[] = [];
  for (let point = hull.firstPoint[face]; point >= 0; point = hull.nextPoint[point]) {
    if (point !== hull.farthest[face]) points.push(point);
  }
  hull.firstPoint[face] = -1;
  hull.farthestDistance[face] = 0;
  hull.farthest[face] = -1;
  for (const point of points) assign(hull, point, [face]);
}

function compactHull(hull: Hull): ConvexHull {
  const remap = new Map<number, number>();
  const positions: number[] = [];
  const indices: number[] = [];
  for (let face = 0; face < hull.alive.length; face++) {
    if (!hull.alive[face]) continue;
    for (let k = 0; k < 3; k++) {
      const point = hull.corners[3 * face + k];
      let vertex = remap.get(point);
      if (vertex === undefined) {
        remap.set(point, (vertex = positions.length / 3));
        positions.push(hull.points[3 * point], hull.points[3 * point + 1], hull.points[3 * point + 2]);
      }
      indices.push(vertex);
    }
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}
