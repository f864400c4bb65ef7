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

/** Keeps only the given points, in this order, with their weights. */
function keep(s: Simplex, points: readonly number[], weights: readonly number[]): void {
  const [w, a, b] = [s.w.slice(), s.a.slice(), s.b.slice()];
  points.forEach((from, to) => {
    for (let k = 0; k < 3; k++) {
      s.w[3 * to + k] = w[3 * from + k];
      s.a[3 * to + k] = a[3 * from + k];
      s.b[3 * to + k] = b[3 * from + k];
    }
    s.weight[to] = weights[to];
  });
  s.count = points.length;
}

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
    const best = nearestOnSegment(s.w, 0, 1);
    keep(s, best.points, best.weights);
    return true;
  }
  if (s.count === 3) {
    const best = nearestOnTriangle(s.w, 0, 1, 2);
    keep(s, best.points, best.weights);
    return true;
  }
  let best: Nearest | null = null;
  for (const [i, j, k, opposite] of [
    [0, 1, 2, 3],
    [0, 2, 3, 1],
    [0, 3, 1, 2],
    [1, 3, 2, 0],
  ]) {
    // prettier-ignore
    if (!originBeyond(s.w, i, j, k, opposite)) continue;
    const candidate = nearestOnTriangle(s.w, i, j, k);
    if (!best || candidate.squared < best.squared) best = candidate;
  }
  if (!best) return false;
  keep(s, best.points, best.weights);
  return true;
}

interface Nearest {
  squared: number;
  points: number[];
  weights: number[];
}

/** Whether the face i j k separates the origin from the fourth corner. A flat tetrahedron has all its faces looked at. */
function originBeyond(w: Float64Array, i: number, j: number, k: number, opposite: number): boolean {
  const u = [0, 1, 2].map((c) => w[3 * j + c] - w[3 * i + c]);
  const v = [0, 1, 2].map((c) => w[3 * k + c] - w[3 * i + c]);
  const n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  let toOrigin = 0;
  let toOpposite = 0;
  for (let c = 0; c < 3; c++) {
    toOrigin -= n[c] * w[3 * i + c];
    toOpposite += n[c] * (w[3 * opposite + c] - w[3 * i + c]);
  }
  const size = Math.hypot(...n) * (Math.hypot(...u) + Math.hypot(...v));
  if (Math.abs(toOpposite) <= 1e-12 * size) return true;
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
  const u = [0, 1, 2].map((c) => w[3 * j + c] - w[3 * i + c]);
  const v = [0, 1, 2].map((c) => w[3 * k + c] - w[3 * i + c]);
  const n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const area = n[0] * n[0] + n[1] * n[1] + n[2] * n[2];
  const scale = (u[0] ** 2 + u[1] ** 2 + u[2] ** 2) * (v[0] ** 2 + v[1] ** 2 + v[2] ** 2);
  if (area > 1e-20 * scale) {
    const p = [-w[3 * i], -w[3 * i + 1], -w[3 * i + 2]];
    const cross = (a: number[], b: number[]): number =>
      n[0] * (a[1] * b[2] - a[2] * b[1]) + n[1] * (a[2] * b[0] - a[0] * b[2]) + n[2] * (a[0] * b[1] - a[1] * b[0]);
    const wj = cross(p, v) / area;
    const wk = cross(u, p) / area;
    if (wj > 0 && wk > 0 && wj + wk < 1) return at(w, [i, j, k], [1 - wj - wk, wj, wk]);
  }
  const edges = [nearestOnSegment(w, i, j), nearestOnSegment(w, j, k), nearestOnSegment(w, k, i)];
  return edges.reduce((best, edge) => (edge.squared < best.squared ? edge : best));
}

function at(w: Float64Array, points: number[], weights: number[]): Nearest {
  let squared = 0;
  for (let c = 0; c < 3; c++) {
    let value = 0;
    points.forEach((point, n) => (value += weights[n] * w[3 * point + c]));
    squared += value * value;
  }
  return { squared, points, weights };
}
