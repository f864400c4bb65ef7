/** Quadric error: the sum of squared distances of a place to a set of planes, weighted by area. */

/** Numbers per quadric: the upper triangle of the symmetric 4 x 4 form. */
export const QUADRIC_SIZE = 10;

/** Adds the plane of triangle `face` to the quadrics of its three corners. */
export function addTriangleQuadric(
  quadrics: Float64Array,
  positions: ArrayLike<number>,
  faces: ArrayLike<number>,
  face: number,
): void {
  const a = 3 * faces[3 * face];
  const b = 3 * faces[3 * face + 1];
  const c = 3 * faces[3 * face + 2];
  const ux = positions[b] - positions[a];
  const uy = positions[b + 1] - positions[a + 1];
  const uz = positions[b + 2] - positions[a + 2];
  const vx = positions[c] - positions[a];
  const vy = positions[c + 1] - positions[a + 1];
  const vz = positions[c + 2] - positions[a + 2];
  let nx = uy * vz - uz * vy;
  let ny = uz * vx - ux * vz;
  let nz = ux * vy - uy * vx;
  const twiceArea = Math.sqrt(nx * nx + ny * ny + nz * nz);
  if (twiceArea === 0) return;
  nx /= twiceArea;
  ny /= twiceArea;
  nz /= twiceArea;
  const d = -(nx * positions[a] + ny * positions[a + 1] + nz * positions[a + 2]);
  const form = [nx * nx, nx * ny, nx * nz, nx * d, ny * ny, ny * nz, ny * d, nz * nz, nz * d, d * d];
  for (let k = 0; k < 3; k++) {
    const at = QUADRIC_SIZE * faces[3 * face + k];
    for (let i = 0; i < QUADRIC_SIZE; i++) quadrics[at + i] += (form[i] * twiceArea) / 6;
  }
}

/** Adds the quadric of vertex `from` to that of vertex `into`. */
export function addQuadric(quadrics: Float64Array, into: number, from: number): void {
  for (let i = 0; i < QUADRIC_SIZE; i++) quadrics[QUADRIC_SIZE * into + i] += quadrics[QUADRIC_SIZE * from + i];
}

const sum = new Float64Array(QUADRIC_SIZE);

function error(x: number, y: number, z: number): number {
  return (
    x * (sum[0] * x + 2 * (sum[1] * y + sum[2] * z + sum[3])) +
    y * (sum[4] * y + 2 * (sum[5] * z + sum[6])) +
    z * (sum[7] * z + 2 * sum[8]) +
    sum[9]
  );
}

export interface CollapsePlace {
  error: number;
  x: number;
  y: number;
  z: number;
}

/** Where the edge from `a` to `b` should collapse to, and at what cost; written into `target`. */
export function collapsePlace(
  quadrics: Float64Array,
  positions: ArrayLike<number>,
  a: number,
  b: number,
  target: CollapsePlace,
): void {
  for (let i = 0; i < QUADRIC_SIZE; i++) sum[i] = quadrics[QUADRIC_SIZE * a + i] + quadrics[QUADRIC_SIZE * b + i];
  const mx = (positions[3 * a] + positions[3 * b]) / 2;
  const my = (positions[3 * a + 1] + positions[3 * b + 1]) / 2;
  const mz = (positions[3 * a + 2] + positions[3 * b + 2]) / 2;
  const halfSquared =
    (positions[3 * a] - mx) ** 2 + (positions[3 * a + 1] - my) ** 2 + (positions[3 * a + 2] - mz) ** 2;
  // A weak pull to the middle of the edge settles flat regions, where every place in the plane costs nothing.
  const pull = 1e-4 * (sum[0] + sum[4] + sum[7]) + 1e-30;
  const xx = sum[0] + pull;
  const yy = sum[4] + pull;
  const zz = sum[7] + pull;
  const bx = pull * mx - sum[3];
  const by = pull * my - sum[6];
  const bz = pull * mz - sum[8];
  const cxx = yy * zz - sum[5] * sum[5];
  const cxy = sum[2] * sum[5] - sum[1] * zz;
  const cxz = sum[1] * sum[5] - sum[2] * yy;
  const cyy = xx * zz - sum[2] * sum[2];
  const cyz = sum[1] * sum[2] - xx * sum[5];
  const czz = xx * yy - sum[1] * sum[1];
  const det = xx * cxx + sum[1] * cxy + sum[2] * cxz;
  let x = (cxx * bx + cxy * by + cxz * bz) / det;
  let y = (cxy * bx + cyy * by + cyz * bz) / det;
  let z = (cxz * bx + cyz * by + czz * bz) / det;
  const away = (x - mx) ** 2 + (y - my) ** 2 + (z - mz) ** 2;
  // Far from the edge the best place is an artefact of nearly parallel planes.
  if (!(away < 4 * halfSquared)) {
    x = mx;
    y = my;
    z = mz;
  }
  target.x = x;
  target.y = y;
  target.z = z;
  // Length breaks ties, so that short edges go first where the surface is flat.
  target.error = Math.max(0, error(x, y, z)) + 1e-6 * halfSquared * (sum[0] + sum[4] + sum[7]);
}
