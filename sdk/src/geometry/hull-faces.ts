/** The faces of a convex hull as it grows, in memory that is kept from hull to hull. */

/** A hull as it grows. Faces are never taken out, but marked dead. */
export interface Hull {
  /** Stride 3. */
  points: Float64Array;
  /** The distance below which a point counts as on a plane. */
  tolerance: number;
  faces: number;
  /** Corner points of each face, stride 3. */
  corners: Int32Array;
  /** The face across the edge from corner k to corner k + 1, stride 3. */
  across: Int32Array;
  /** Unit normal and offset of each face's plane, stride 4. */
  planes: Float64Array;
  alive: Uint8Array;
  /** The points outside each face, as a linked list through `nextPoint`; -1 ends it. */
  firstPoint: Int32Array;
  nextPoint: Int32Array;
  farthest: Int32Array;
  farthestDistance: Float64Array;
  /** Faces that may have points above them. */
  pending: number[];
}

const createHull = (faces: number): Hull => ({
  points: new Float64Array(),
  tolerance: 0,
  faces: 0,
  corners: new Int32Array(3 * faces),
  across: new Int32Array(3 * faces),
  planes: new Float64Array(4 * faces),
  alive: new Uint8Array(faces),
  firstPoint: new Int32Array(faces),
  nextPoint: new Int32Array(faces),
  farthest: new Int32Array(faces),
  farthestDistance: new Float64Array(faces),
  pending: [],
});

/** Memory kept from hull to hull: decomposition makes thousands of small ones. */
const workspace = createHull(1024);

/** An empty hull of `count` points. It lasts until the next one is started. */
export function startHull(points: Float64Array, count: number, tolerance: number): Hull {
  if (workspace.nextPoint.length < count) workspace.nextPoint = new Int32Array(2 * count);
  workspace.points = points;
  workspace.tolerance = tolerance;
  workspace.faces = 0;
  workspace.pending = [];
  return workspace;
}

/** Makes room for as many faces again. */
function enlarge(hull: Hull): void {
  const larger = createHull(2 * hull.alive.length);
  for (const name of ['corners', 'across', 'planes', 'alive', 'firstPoint', 'farthest', 'farthestDistance'] as const) {
    larger[name].set(hull[name]);
    Object.assign(hull, { [name]: larger[name] });
  }
}

/** Adds a face over three points, counter-clockwise from outside, with the faces across its sides. */
export function addFace(
  hull: Hull,
  a: number,
  b: number,
  c: number,
  overAb: number,
  overBc: number,
  overCa: number,
): void {
  if (hull.faces === hull.alive.length) enlarge(hull);
  const { points, corners, across, planes } = hull;
  const face = hull.faces++;
  const ax = points[3 * a];
  const ay = points[3 * a + 1];
  const az = points[3 * a + 2];
  const ux = points[3 * b] - ax;
  const uy = points[3 * b + 1] - ay;
  const uz = points[3 * b + 2] - az;
  const vx = points[3 * c] - ax;
  const vy = points[3 * c + 1] - ay;
  const vz = points[3 * c + 2] - az;
  const nx = uy * vz - uz * vy;
  const ny = uz * vx - ux * vz;
  const nz = ux * vy - uy * vx;
  const scale = 1 / (Math.sqrt(nx * nx + ny * ny + nz * nz) || 1);
  corners[3 * face] = a;
  corners[3 * face + 1] = b;
  corners[3 * face + 2] = c;
  across[3 * face] = overAb;
  across[3 * face + 1] = overBc;
  across[3 * face + 2] = overCa;
  planes[4 * face] = nx * scale;
  planes[4 * face + 1] = ny * scale;
  planes[4 * face + 2] = nz * scale;
  planes[4 * face + 3] = (nx * ax + ny * ay + nz * az) * scale;
  hull.alive[face] = 1;
  hull.firstPoint[face] = -1;
  hull.farthestDistance[face] = 0;
  hull.pending.push(face);
}
