/** Cutting triangles along planes at right angles to an axis, keeping track of the solid between them. */

/** Corners of triangles, stride 9. */
export type TriangleSoup = number[];

export interface Slice {
  below: TriangleSoup;
  above: TriangleSoup;
  /** Triangles in the plane itself. They belong to the solid's lower side, but bound nothing there. */
  flat: TriangleSoup;
  /** The cuts, stride 6: from and to, in the sense in which they bound the surface below. */
  cuts: number[];
}

/** Cuts at `coordinate` of `axis`. */
export function slice(triangles: ArrayLike<number>, axis: number, coordinate: number): Slice {
  const result: Slice = { below: [], above: [], flat: [], cuts: [] };
  for (let t = 0; t < triangles.length; t += 9) {
    const d0 = triangles[t + axis] - coordinate;
    const d1 = triangles[t + 3 + axis] - coordinate;
    const d2 = triangles[t + 6 + axis] - coordinate;
    if (d0 <= 0 && d1 <= 0 && d2 <= 0) {
      copy(triangles, t, d0 === 0 && d1 === 0 && d2 === 0 ? result.flat : result.below);
      // An edge in the plane is a cut if the triangle across lies above; if not, that one's cut cancels this.
      if (d0 === 0 && d1 === 0) cutAlong(triangles, t, 0, 3, result.cuts);
      if (d1 === 0 && d2 === 0) cutAlong(triangles, t, 3, 6, result.cuts);
      if (d2 === 0 && d0 === 0) cutAlong(triangles, t, 6, 0, result.cuts);
    } else if (d0 >= 0 && d1 >= 0 && d2 >= 0) copy(triangles, t, result.above);
    else cutTriangle(triangles, t, [d0, d1, d2], axis, coordinate, result);
  }
  return result;
}

function copy(triangles: ArrayLike<number>, t: number, into: number[]): void {
  for (let k = 0; k < 9; k++) into.push(triangles[t + k]);
}

function cutAlong(triangles: ArrayLike<number>, t: number, from: number, to: number, cuts: number[]): void {
  for (const k of [from, to]) cuts.push(triangles[t + k], triangles[t + k + 1], triangles[t + k + 2]);
}

function cutTriangle(
  triangles: ArrayLike<number>,
  t: number,
  d: readonly number[],
  axis: number,
  coordinate: number,
  result: Slice,
): void {
  const low: number[] = [];
  const high: number[] = [];
  // Where the outline goes up through the plane, and where it comes down.
  let up: number[] | null = null;
  let down: number[] | null = null;
  for (let k = 0; k < 3; k++) {
    const n = (k + 1) % 3;
    const corner = [triangles[t + 3 * k], triangles[t + 3 * k + 1], triangles[t + 3 * k + 2]];
    if (d[k] <= 0) low.push(...corner);
    if (d[k] >= 0) high.push(...corner);
    if (d[k] === 0) {
      if (d[n] > 0) up = corner;
      else down = corner;
    }
    if ((d[k] < 0 && d[n] > 0) || (d[k] > 0 && d[n] < 0)) {
      const share = d[k] / (d[k] - d[n]);
      const point = corner.map((value, c) => value + share * (triangles[t + 3 * n + c] - value));
      point[axis] = coordinate;
      low.push(...point);
      high.push(...point);
      if (d[k] < 0) up = point;
      else down = point;
    }
  }
  fan(low, result.below);
  fan(high, result.above);
  if (up && down) result.cuts.push(...up, ...down);
}

function fan(polygon: readonly number[], into: number[]): void {
  for (let k = 3; k + 5 < polygon.length; k += 3) {
    into.push(polygon[0], polygon[1], polygon[2], ...polygon.slice(k, k + 6));
  }
}

/**
 * Signed triangles that close the two halves along the cuts: together they cover the section once, whatever
 * its outline, though single ones may reach beyond it or face the wrong way. They serve to measure volume.
 */
export function caps(cuts: readonly number[], apex: readonly number[]): { below: TriangleSoup; above: TriangleSoup } {
  const below: number[] = [];
  const above: number[] = [];
  for (let c = 0; c < cuts.length; c += 6) {
    const from = cuts.slice(c, c + 3);
    const to = cuts.slice(c + 3, c + 6);
    // The cut is an edge of the lower polygon from `from` to `to`; its cap must run the other way.
    below.push(...apex, ...to, ...from);
    above.push(...apex, ...from, ...to);
  }
  return { below, above };
}

/** Volume within a closed soup of signed triangles. */
export function soupVolume(...soups: readonly (readonly number[])[]): number {
  let sixfold = 0;
  for (const s of soups) {
    for (let t = 0; t < s.length; t += 9) {
      sixfold +=
        s[t] * (s[t + 4] * s[t + 8] - s[t + 5] * s[t + 7]) +
        s[t + 1] * (s[t + 5] * s[t + 6] - s[t + 3] * s[t + 8]) +
        s[t + 2] * (s[t + 3] * s[t + 7] - s[t + 4] * s[t + 6]);
    }
  }
  return sixfold / 6;
}
