/** The collision shapes of an object. */
import {
  closedSolid,
  massProperties,
  meshBounds,
  quat,
  vec3,
  withoutBrokenTriangles,
  type MassProperties,
  type Mesh,
} from '../../geometry/index.js';
import type { Collider } from '../../scene/index.js';
import { decompose, DECOMPOSE_DEFAULTS, withoutDetail, type DecomposeOptions } from './decompose.js';
import { fitPrimitive } from './primitive-fit.js';

export interface ColliderOptions extends DecomposeOptions {
  /** The least volume overlap (IoU) at which a box, ball, cylinder or capsule stands for the mesh. */
  minPrimitiveIou?: number;
}

export const COLLIDER_DEFAULTS = { ...DECOMPOSE_DEFAULTS, minPrimitiveIou: 0.92 } as const;

export interface FittedColliders {
  /** In the mesh's frame, at least one. */
  colliders: Collider[];
  /** Of the solid in the mesh's frame, for density 1. */
  mass: MassProperties;
  /** What was wrong with the mesh and what was done; empty when nothing. */
  note: string;
}

/**
 * Colliders and mass of a mesh of any quality: whatever it is, it gets a body. Open, inverted, degenerate, flat and
 * huge meshes are repaired as `closedSolid` says; what has no extent at all gets a box.
 */
export function fitColliders(mesh: Mesh, options: ColliderOptions = {}): FittedColliders {
  const settings = { ...COLLIDER_DEFAULTS, ...options };
  const { solid, notes } = closedSolid(mesh);
  // Of the solid as it is, before any detail goes.
  const mass = solid && massProperties(solid);
  if (!solid || !mass) return boxAround(mesh, notes);
  const note = notes.join('; ');
  const plain = withoutDetail(solid);
  const fit = fitPrimitive(plain, mass);
  if (fit.iou >= settings.minPrimitiveIou) return { colliders: [fit.collider], mass, note };
  const hulls = decompose(plain, settings);
  if (hulls.length === 0) return boxAround(mesh, notes);
  return { colliders: hulls.map((hull) => ({ kind: 'hull', ...hull })), mass, note };
}

/** The last resort: a box around whatever is there, at least a hundredth of its longest side thick. */
function boxAround(mesh: Mesh, notes: readonly string[]): FittedColliders {
  const { min, max } = meshBounds(withoutBrokenTriangles(mesh));
  const hasExtent = max[0] >= min[0];
  const center = hasExtent ? vec3.lerp(min, max, 0.5) : vec3.ZERO;
  const sides = hasExtent ? vec3.sub(max, min) : [1, 1, 1];
  const thinnest = Math.max(...sides) > 0 ? 0.01 * Math.max(...sides) : 0.01;
  const [x, y, z] = sides.map((side) => Math.max(side, thinnest));
  const volume = x * y * z;
  const moment = (a: number, b: number): number => (volume * (a * a + b * b)) / 12;
  const [ix, iy, iz] = [moment(y, z), moment(x, z), moment(x, y)];
  return {
    colliders: [{ kind: 'box', center, rotation: quat.IDENTITY, halfExtents: [x / 2, y / 2, z / 2] }],
    mass: {
      volume,
      centerOfMass: center,
      inertia: [ix, 0, 0, 0, iy, 0, 0, 0, iz],
      principal: [ix, iy, iz],
      principalRotation: quat.IDENTITY,
    },
    note: [
      ...notes,
      hasExtent ? 'the mesh has no volume; a box stands for it' : 'the mesh is empty; a box stands for it',
    ].join('; '),
  };
}
