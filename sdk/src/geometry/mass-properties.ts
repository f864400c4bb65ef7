/** Volume, centre of mass and inertia of the solid inside a closed mesh. */
import type { Mat3, Mesh, Quat, Vec3 } from './mesh.js';
import { excessMoments, type Moments } from './excess-moments.js';
import * as mat3 from './mat3.js';

/** For density 1, in the mesh's units: multiply volume, inertia and principal moments by the density. */
export interface MassProperties {
  volume: number;
  centerOfMass: Vec3;
  /** Inertia tensor about the centre of mass, in the mesh's axes. */
  inertia: Mat3;
  /** Its principal moments, ascending. */
  principal: Vec3;
  /** Turns the principal frame (x: the smallest moment) to the mesh's axes. */
  principalRotation: Quat;
}

/** Less than this share of the volume, enclosed more than once, is left as it is. */
const LEAST_EXCESS = 2e-3;

/**
 * Exact up to rounding for any closed mesh, however concave: sums signed tetrahedra. What parts that run through each
 * other enclose more than once counts once, to about a hundredth of it. A mesh whose triangles face inward gives the
 * same answer as its mirror image facing outward. Null where there is no volume, that is for open, flat or empty
 * meshes whose sum comes to nothing.
 */
export function massProperties({ positions, indices }: Pick<Mesh, 'positions' | 'indices'>): MassProperties | null {
  if (indices.length < 12) return null;
  // About one of the mesh's own vertices: far from the origin the sums would lose their digits.
  const origin: Vec3 = [positions[3 * indices[0]], positions[3 * indices[0] + 1], positions[3 * indices[0] + 2]];
  const whole = signedMoments({ positions, indices }, origin);
  if (!whole) return null;
  const excess = excessMoments({ positions, indices }, origin);
  return excess.volume > LEAST_EXCESS * whole.volume
    ? ofMoments(without(whole, excess), origin)
    : ofMoments(whole, origin);
}

/** Of all tetrahedra between the origin and a triangle; null where they come to nothing. */
function signedMoments(
  { positions, indices }: Pick<Mesh, 'positions' | 'indices'>,
  [ox, oy, oz]: Vec3,
): Moments | null {
  let sixfold = 0;
  const first = [0, 0, 0];
  // Integrals of x x, y y, z z, x y, y z, z x, times 120.
  const second = [0, 0, 0, 0, 0, 0];
  let extent = 0;
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const [a, b, c] = [3 * indices[i], 3 * indices[i + 1], 3 * indices[i + 2]];
    const [ax, ay, az] = [positions[a] - ox, positions[a + 1] - oy, positions[a + 2] - oz];
    const [bx, by, bz] = [positions[b] - ox, positions[b + 1] - oy, positions[b + 2] - oz];
    const [cx, cy, cz] = [positions[c] - ox, positions[c + 1] - oy, positions[c + 2] - oz];
    const det = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
    const [sx, sy, sz] = [ax + bx + cx, ay + by + cy, az + bz + cz];
    sixfold += det;
    first[0] += det * sx;
    first[1] += det * sy;
    first[2] += det * sz;
    second[0] += det * (ax * ax + bx * bx + cx * cx + sx * sx);
    second[1] += det * (ay * ay + by * by + cy * cy + sy * sy);
    second[2] += det * (az * az + bz * bz + cz * cz + sz * sz);
    second[3] += det * (ax * ay + bx * by + cx * cy + sx * sy);
    second[4] += det * (ay * az + by * bz + cy * cz + sy * sz);
    second[5] += det * (az * ax + bz * bx + cz * cx + sz * sx);
    extent = Math.max(extent, Math.abs(ax), Math.abs(ay), Math.abs(az));
  }
  // The negation also catches NaN.
  if (!(Math.abs(sixfold) > 1e-9 * extent ** 3)) return null;
  const facing = Math.sign(sixfold);
  return {
    volume: (facing * sixfold) / 6,
    first: first.map((sum) => (facing * sum) / 24) as Moments['first'],
    second: second.map((sum) => (facing * sum) / 120) as Moments['second'],
  };
}

function without(whole: Moments, part: Moments): Moments {
  return {
    volume: whole.volume - part.volume,
    first: whole.first.map((sum, k) => sum - part.first[k]) as Moments['first'],
    second: whole.second.map((sum, k) => sum - part.second[k]) as Moments['second'],
  };
}

function ofMoments({ volume, first, second }: Moments, [ox, oy, oz]: Vec3): MassProperties {
  const [mx, my, mz] = first.map((sum) => sum / volume);
  const [xx, yy, zz] = [0, 1, 2].map((k) => second[k] - volume * [mx, my, mz][k] ** 2);
  const xy = second[3] - volume * mx * my;
  const yz = second[4] - volume * my * mz;
  const zx = second[5] - volume * mz * mx;
  const inertia: Mat3 = [yy + zz, -xy, -zx, -xy, zz + xx, -yz, -zx, -yz, xx + yy];
  const { values, rotation } = mat3.eigenSymmetric(inertia);
  return {
    volume,
    centerOfMass: [mx + ox, my + oy, mz + oz],
    inertia,
    principal: values,
    principalRotation: rotation,
  };
}
