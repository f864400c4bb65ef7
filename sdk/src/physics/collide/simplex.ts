/** The corner differences that the distance search works with, and the point of their hull nearest the origin. */

/** Up to four points of the Minkowski difference a - b, stride 3, and the points of a and b they come from. */
export interface Simplex {
  count: number;
  w: Float64Array;
  a: Float64Array;
  b: Float64Array;
  /** Weights of the points at the nearest place. */
  weight: Float64Array;
}

export const createSimplex = (): Simplex => ({
  count: 0,
  w: new Float64Array(12),
  a: new Float64Array(12),
  b: new Float64Array(12),
  weight: new Float64Array(4),
});

/** Keeps only the given points, with their weights. */
function keep(s: Simplex, { points, weights }: Nearest): void {
  let to = 0;
  // In order of their numbers, so that none is overwritten before it is moved.
  for (let from = 0; from < s.count; from++) {
    const place = points.indexOf(from);
    if (place < 0) continue;
    for (let k = 0; k < 3; k++) {
      s.w[3 * to + k] = s.w[3 * from + k];
      s.a[3 * to + k] = s.a[3 * from + k];
      s.b[3 * to + k] = s.b[3 * from + k];
    }
    s.weight[to++] = weights[place];
  }
  s.count = to;
}

/** Of a tetrahedron: three corners, and the one across. */
const FACES = [
  [0, 1, 2, 3],
  [0, 2, 3, 1],
  [0, 3, 1, 2],
  [1, 3, 2, 0],
] as const;

/**
 * Reduces the simplex to the corners that the point nearest the origin lies between.
 * Returns false when four corners hold the origin inside: then nothing is reduced.
 */
export function reduceToNearest(s: Simplex): boolean {
  if (s.count === 1) {
    s.weight[0] = 1;
    return true;
  }
  if (s.count === 2) {
    keep(s, nearestOnSegment(s.w, 0, 1));
    return true;
  }
  if (s.count === 3) {
    keep(s, nearestOnTriangle(s.w, 0, 1, 2));
    return true;
  }
  let best: Nearest | null = null;
  for (const [i, j, k, opposite] of FACES) {
    if (!originBeyond(s.w, i, j, k, opposite)) continue;
    const candidate = nearestOnTriangle(s.w, i, j, k);
    if (!best || candidate.squared < best.squared) best = candidate;
  }
  if (!best) return false;
  keep(s, best);
  return true;
}

interface Nearest {
  squared: number;
  points: number[];
  weights: number[];
}

/** Whether the face i j k separates the origin from the fourth corner. A flat tetrahedron has all its faces looked at. */
function originBeyond(w: Float64Array, i: number, j: number, k: number, opposite: number): boolean {
  const [x, y, z] = [w[3 * i], w[3 * i + 1], w[3 * i + 2]];
  const [ux, uy, uz] = [w[3 * j] - x, w[3 * j + 1] - y, w[3 * j + 2] - z];
  const [vx, vy, vz] = [w[3 * k] - x, w[3 * k + 1] - y, w[3 * k + 2] - z];
  const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const toOrigin = -(nx * x + ny * y + nz * z);
  const toOpposite = nx * (w[3 * opposite] - x) + ny * (w[3 * opposite + 1] - y) + nz * (w[3 * opposite + 2] - z);
  const edges = Math.sqrt(ux * ux + uy * uy + uz * uz) + Math.sqrt(vx * vx + vy * vy + vz * vz);
  if (Math.abs(toOpposite) <= 1e-12 * Math.sqrt(nx * nx + ny * ny + nz * nz) * edges) return true;
  return toOrigin * toOpposite < 0;
}

function nearestOnSegment(w: Float64Array, i: number, j: number): Nearest {
  let along = 0;
  let squaredLength = 0;
  for (let c = 0; c < 3; c++) {
    const edge = w[3 * j + c] - w[3 * i + c];
    along -= w[3 * i + c] * edge;
    squaredLength += edge * edge;
  }
  const t = squaredLength > 0 ? along / squaredLength : 0;
  if (t <= 0) return at(w, [i], [1]);
  if (t >= 1) return at(w, [j], [1]);
  return at(w, [i, j], [1 - t, t]);
}

function nearestOnTriangle(w: Float64Array, i: number, j: number, k: number): Nearest {
  const [x, y, z] = [w[3 * i], w[3 * i + 1], w[3 * i + 2]];
  const [ux, uy, uz] = [w[3 * j] - x, w[3 * j + 1] - y, w[3 * j + 2] - z];
  const [vx, vy, vz] = [w[3 * k] - x, w[3 * k + 1] - y, w[3 * k + 2] - z];
  const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const area = nx * nx + ny * ny + nz * nz;
  const scale = (ux * ux + uy * uy + uz * uz) * (vx * vx + vy * vy + vz * vz);
  if (area > 1e-20 * scale) {
    const wj = (nx * (z * vy - y * vz) + ny * (x * vz - z * vx) + nz * (y * vx - x * vy)) / area;
    const wk = (nx * (y * uz - z * uy) + ny * (z * ux - x * uz) + nz * (x * uy - y * ux)) / area;
    if (wj > 0 && wk > 0 && wj + wk < 1) return at(w, [i, j, k], [1 - wj - wk, wj, wk]);
  }
  let best = nearestOnSegment(w, i, j);
  for (const edge of [nearestOnSegment(w, j, k), nearestOnSegment(w, k, i)])
    if (edge.squared < best.squared) best = edge;
  return best;
}

function at(w: Float64Array, points: number[], weights: number[]): Nearest {
  let [x, y, z] = [0, 0, 0];
  for (let n = 0; n < points.length; n++) {
    x += weights[n] * w[3 * points[n]];
    y += weights[n] * w[3 * points[n] + 1];
    z += weights[n] * w[3 * points[n] + 2];
  }
  return { squared: x * x + y * y + z * z, points, weights };
}
