/**
 * Signed distance between two convex bodies: the gap when apart, minus the least shift that parts them
 * when they overlap.
 *
 * Sources: E. Gilbert, D. Johnson, S. Keerthi, 1988, for the gap (GJK); G. van den Bergen, Proximity
 * Queries and Penetration Depth Computation on 3D Game Objects, 2001, for the depth (EPA).
 */
import type { Vec3 } from '../../geometry/index.js';
import { penetrationOf } from './penetration-depth.js';
import { supportDifference, type Placed } from './placed.js';
import { createSimplex, reduceToNearest, type Simplex } from './simplex.js';

export interface Separation {
  /** Metres; negative is the depth of the overlap. */
  distance: number;
  /** Unit vector from b to a: moving a along it by `-distance` makes a deep pair touch. */
  normal: Vec3;
  /** The nearest, or deepest, points on either body. */
  pointA: Vec3;
  pointB: Vec3;
}

/** The signed distance of two convex bodies. Exact for polyhedra, balls and capsules; to a micrometre for cylinders. */
export function signedDistance(a: Placed, b: Placed): Separation {
  const simplex = createSimplex();
  const apart = findNearest(a, b, simplex);
  const radii = a.shape.radius + b.shape.radius;
  if (apart) {
    const { length } = apart;
    const normal: Vec3 = [apart.x / length, apart.y / length, apart.z / length];
    return withRadii(
      mix(simplex, simplex.a),
      mix(simplex, simplex.b),
      normal,
      length - radii,
      a.shape.radius,
      b.shape.radius,
    );
  }
  const deep = penetrationOf(a, b, simplex);
  return withRadii(deep.pointA, deep.pointB, deep.normal, -deep.depth - radii, a.shape.radius, b.shape.radius);
}

function withRadii(
  coreA: Vec3,
  coreB: Vec3,
  normal: Vec3,
  distance: number,
  radiusA: number,
  radiusB: number,
): Separation {
  return {
    distance,
    normal,
    pointA: [coreA[0] - normal[0] * radiusA, coreA[1] - normal[1] * radiusA, coreA[2] - normal[2] * radiusA],
    pointB: [coreB[0] + normal[0] * radiusB, coreB[1] + normal[1] * radiusB, coreB[2] + normal[2] * radiusB],
  };
}

function mix(simplex: Simplex, points: Float64Array): Vec3 {
  const sum = [0, 0, 0];
  for (let i = 0; i < simplex.count; i++) for (let c = 0; c < 3; c++) sum[c] += simplex.weight[i] * points[3 * i + c];
  return [sum[0], sum[1], sum[2]];
}

/** The vector from b's core to a's, or null when the cores overlap; then the simplex touches or holds the origin. */
function findNearest(
  a: Placed,
  b: Placed,
  simplex: Simplex,
): { x: number; y: number; z: number; length: number } | null {
  supportDifference(
    a,
    b,
    a.offset[0] - b.offset[0] || 1,
    a.offset[1] - b.offset[1],
    a.offset[2] - b.offset[2],
    simplex,
    0,
  );
  simplex.count = 1;
  let largest = 0;
  for (let round = 0; round < 64; round++) {
    if (!reduceToNearest(simplex)) return null;
    const [x, y, z] = mix(simplex, simplex.w);
    const squared = x * x + y * y + z * z;
    for (let i = 0; i < simplex.count; i++) {
      largest = Math.max(largest, simplex.w[3 * i] ** 2 + simplex.w[3 * i + 1] ** 2 + simplex.w[3 * i + 2] ** 2);
    }
    if (squared <= 1e-18 * largest || squared < 1e-20) return null;
    supportDifference(a, b, -x, -y, -z, simplex, simplex.count);
    const i = 3 * simplex.count;
    const progress = squared - (x * simplex.w[i] + y * simplex.w[i + 1] + z * simplex.w[i + 2]);
    const length = Math.sqrt(squared);
    // No point lies more than a tenth of a micrometre nearer, or the search goes in circles.
    if (progress <= 1e-7 * length || isKnown(simplex)) return { x, y, z, length };
    simplex.count++;
  }
  const [x, y, z] = mix(simplex, simplex.w);
  return { x, y, z, length: Math.hypot(x, y, z) };
}

/** Whether the point just written is one of the simplex already. */
function isKnown({ w, count }: Simplex): boolean {
  for (let i = 0; i < count; i++) {
    if (w[3 * i] === w[3 * count] && w[3 * i + 1] === w[3 * count + 1] && w[3 * i + 2] === w[3 * count + 2])
      return true;
  }
  return false;
}
