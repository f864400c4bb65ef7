/** Distance from a point to a triangle, written for tight loops. */

/** Where `closestOnTriangle` leaves its answer. Make one per caller; nothing is kept between calls. */
export interface TriangleHit {
  /** Squared distance to the point asked for. */
  distanceSquared: number;
  /** Barycentric weights of the closest point: w0 + w1 + w2 = 1. */
  w0: number;
  w1: number;
  w2: number;
}

export const createTriangleHit = (): TriangleHit => ({ distanceSquared: Infinity, w0: 1, w1: 0, w2: 0 });

/**
 * The point of a triangle closest to `point`, three numbers: in an array, since V8 would make objects of numbers that it
 * hands over one by one.
 *
 * `corners` holds 9 numbers from `offset` on: three corners of three coordinates.
 * Source: C. Ericson, Real-Time Collision Detection, 5.1.5.
 */
export function closestOnTriangle(point: Float64Array, corners: Float64Array, offset: number, hit: TriangleHit): void {
  const ax = corners[offset];
  const ay = corners[offset + 1];
  const az = corners[offset + 2];
  const abx = corners[offset + 3] - ax;
  const aby = corners[offset + 4] - ay;
  const abz = corners[offset + 5] - az;
  const acx = corners[offset + 6] - ax;
  const acy = corners[offset + 7] - ay;
  const acz = corners[offset + 8] - az;
  const apx = point[0] - ax;
  const apy = point[1] - ay;
  const apz = point[2] - az;
  const d1 = abx * apx + aby * apy + abz * apz;
  const d2 = acx * apx + acy * apy + acz * apz;
  const abab = abx * abx + aby * aby + abz * abz;
  const abac = abx * acx + aby * acy + abz * acz;
  const acac = acx * acx + acy * acy + acz * acz;
  // The same products at the corners b and c.
  const d3 = d1 - abab;
  const d4 = d2 - abac;
  const d5 = d1 - abac;
  const d6 = d2 - acac;
  const va = d3 * d6 - d5 * d4;
  const vb = d5 * d2 - d1 * d6;
  const vc = d1 * d4 - d3 * d2;

  let v: number;
  let w: number;
  if (d1 <= 0 && d2 <= 0) {
    v = 0;
    w = 0;
  } else if (d3 >= 0 && d4 <= d3) {
    v = 1;
    w = 0;
  } else if (d6 >= 0 && d5 <= d6) {
    v = 0;
    w = 1;
  } else if (vc <= 0 && d1 >= 0 && d3 <= 0) {
    v = d1 === d3 ? 0 : d1 / (d1 - d3);
    w = 0;
  } else if (vb <= 0 && d2 >= 0 && d6 <= 0) {
    v = 0;
    w = d2 === d6 ? 0 : d2 / (d2 - d6);
  } else if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) {
    const span = d4 - d3 + (d5 - d6);
    w = span === 0 ? 0 : (d4 - d3) / span;
    v = 1 - w;
  } else {
    const inverse = 1 / (va + vb + vc);
    v = vb * inverse;
    w = vc * inverse;
  }
  const dx = apx - v * abx - w * acx;
  const dy = apy - v * aby - w * acy;
  const dz = apz - v * abz - w * acz;
  hit.distanceSquared = dx * dx + dy * dy + dz * dz;
  hit.w0 = 1 - v - w;
  hit.w1 = v;
  hit.w2 = w;
}

/** The corners of every triangle in one array, stride 9, so that a loop touches memory once. */
export function triangleCorners(positions: ArrayLike<number>, indices: ArrayLike<number>): Float64Array {
  const corners = new Float64Array(indices.length * 3);
  for (let i = 0; i < indices.length; i++) {
    const vertex = 3 * indices[i];
    corners[3 * i] = positions[vertex];
    corners[3 * i + 1] = positions[vertex + 1];
    corners[3 * i + 2] = positions[vertex + 2];
  }
  return corners;
}
