/** The tetrahedron that a convex hull grows from. */

export interface HullSimplex {
  /** Four points; the first three run counter-clockwise seen from outside. */
  corners: [number, number, number, number];
  /** The distance below which a point counts as on a plane. */
  tolerance: number;
}

/** Four of the first `count` points (stride 3) that lie far apart; null where all lie in a plane. */
export function startSimplex(points: Float64Array, count: number): HullSimplex | null {
  if (count < 4) return null;
  let a = 0;
  for (let i = 1; i < count; i++) if (points[3 * i] < points[3 * a]) a = i;
  const [ox, oy, oz] = [points[3 * a], points[3 * a + 1], points[3 * a + 2]];

  let b = a;
  let most = 0;
  for (let i = 0; i < count; i++) {
    const x = points[3 * i] - ox;
    const y = points[3 * i + 1] - oy;
    const z = points[3 * i + 2] - oz;
    const squared = x * x + y * y + z * z;
    if (squared > most) [b, most] = [i, squared];
  }
  const extent = Math.sqrt(most);
  const tolerance = 1e-6 * extent;
  if (!(extent > 0) || !Number.isFinite(extent)) return null;
  const ax = (points[3 * b] - ox) / extent;
  const ay = (points[3 * b + 1] - oy) / extent;
  const az = (points[3 * b + 2] - oz) / extent;

  let c = a;
  most = 0;
  let [nx, ny, nz] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const x = points[3 * i] - ox;
    const y = points[3 * i + 1] - oy;
    const z = points[3 * i + 2] - oz;
    const ux = y * az - z * ay;
    const uy = z * ax - x * az;
    const uz = x * ay - y * ax;
    const squared = ux * ux + uy * uy + uz * uz;
    if (squared <= most) continue;
    [c, most] = [i, squared];
    [nx, ny, nz] = [ux, uy, uz];
  }
  const norm = Math.sqrt(most);
  if (!(norm > tolerance)) return null;

  let d = a;
  most = 0;
  [nx, ny, nz] = [nx / norm, ny / norm, nz / norm];
  for (let i = 0; i < count; i++) {
    const side = nx * (points[3 * i] - ox) + ny * (points[3 * i + 1] - oy) + nz * (points[3 * i + 2] - oz);
    if (Math.abs(side) > Math.abs(most)) [d, most] = [i, side];
  }
  if (!(Math.abs(most) > tolerance)) return null;
  // `normal` is (c - a) x (b - a): where d lies on that side, a, b, c faces away from it.
  return { corners: most > 0 ? [a, b, c, d] : [a, c, b, d], tolerance };
}
