/** Convex bodies in the world, two at a time. */
import type { Vec3 } from '../../geometry/index.js';
import type { Convex } from './convex.js';
import type { Simplex } from './simplex.js';

/** A convex body and where it is. */
export interface Placed {
  shape: Convex;
  /** Added to every point of the shape. */
  offset: Vec3;
}

const scratchA = new Float64Array(3);
const scratchB = new Float64Array(3);

/** Writes the point of a - b farthest along (x, y, z) to slot `index` of the simplex. */
export function supportDifference(
  a: Placed,
  b: Placed,
  x: number,
  y: number,
  z: number,
  simplex: Simplex,
  index: number,
): void {
  a.shape.support(x, y, z, scratchA);
  b.shape.support(-x, -y, -z, scratchB);
  for (let c = 0; c < 3; c++) {
    const pa = scratchA[c] + a.offset[c];
    const pb = scratchB[c] + b.offset[c];
    simplex.a[3 * index + c] = pa;
    simplex.b[3 * index + c] = pb;
    simplex.w[3 * index + c] = pa - pb;
  }
}
