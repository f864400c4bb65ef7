/** Whether a box, ball, cylinder or capsule explains a solid. */
import {
  cellSize,
  fromGrid,
  mat3,
  quat,
  vec3,
  type DistanceField,
  type MassProperties,
  type Mesh,
  type Quat,
  type Vec3,
} from '../../geometry/index.js';
import type { Collider } from '../../scene/index.js';

export interface PrimitiveFit {
  collider: Collider;
  /** Volume of what both hold over volume of what either holds, 0 to 1. */
  iou: number;
}

/** Frames that a shape may be aligned with: the canonical axes and the principal axes of inertia. */
function frames(mass: MassProperties): Quat[] {
  const own: Quat[] = [quat.IDENTITY];
  if (quat.angleBetween(mass.principalRotation, quat.IDENTITY) > 0.02) own.push(mass.principalRotation);
  return own;
}

/** Turns local y to axis 0, 1 or 2 of a frame. */
const AXIS_TURNS: readonly Quat[] = [
  quat.between([0, 1, 0], [1, 0, 0]),
  quat.IDENTITY,
  quat.between([0, 1, 0], [0, 0, 1]),
];

/**
 * The primitive that fits best, whatever its fit.
 *
 * @param field The solid's distance field, which also says what counts as inside.
 */
export function fitPrimitive(mesh: Mesh, mass: MassProperties, field: DistanceField): PrimitiveFit {
  const candidates: Collider[] = [ball(mass)];
  for (const frame of frames(mass)) {
    const { center, half } = boundsIn(mesh, frame);
    candidates.push({ kind: 'box', center, rotation: frame, halfExtents: half });
    for (let axis = 0; axis < 3; axis++) candidates.push(...round(mass, center, half, frame, axis));
  }
  let best: PrimitiveFit | null = null;
  for (const collider of candidates) {
    // Whatever the overlap, two volumes this unlike cannot fit.
    const ratio = colliderVolume(collider) / mass.volume;
    if (best && Math.min(ratio, 1 / ratio) <= best.iou) continue;
    const iou = overlapOf(collider, field);
    if (!best || iou > best.iou) best = { collider, iou };
  }
  return best ?? { collider: candidates[0], iou: 0 };
}

function ball(mass: MassProperties): Collider {
  return { kind: 'sphere', center: mass.centerOfMass, radius: Math.cbrt((3 * mass.volume) / (4 * Math.PI)) };
}

/** The cylinder and the capsule along one axis of a box around the solid. */
function round(mass: MassProperties, center: Vec3, half: Vec3, frame: Quat, axis: number): Collider[] {
  const [u, v] = [half[(axis + 1) % 3], half[(axis + 2) % 3]];
  const rotation = quat.multiply(frame, AXIS_TURNS[axis]);
  const long = half[axis];
  // An oval is neither, and its fit need not be measured.
  if (Math.min(u, v) < 0.8 * Math.max(u, v)) return [];
  const radius = Math.sqrt(mass.volume / (2 * long * Math.PI));
  const found: Collider[] = [
    { kind: 'cylinder', center, rotation, radius: Math.min(radius, Math.max(u, v)), halfHeight: long },
  ];
  const around = (u + v) / 2;
  if (long > around) found.push({ kind: 'capsule', center, rotation, radius: around, halfHeight: long - around });
  return found;
}

/** The box around a mesh in a turned frame: centre in the mesh's frame, half sides in the turned one. */
export function boundsIn(mesh: Mesh, frame: Quat): { center: Vec3; half: Vec3 } {
  const axes = mat3.transpose(quat.toMat3(frame));
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (const index of mesh.indices) {
    const [x, y, z] = [mesh.positions[3 * index], mesh.positions[3 * index + 1], mesh.positions[3 * index + 2]];
    for (let k = 0; k < 3; k++) {
      const value = axes[3 * k] * x + axes[3 * k + 1] * y + axes[3 * k + 2] * z;
      if (value < min[k]) min[k] = value;
      if (value > max[k]) max[k] = value;
    }
  }
  const middle: Vec3 = [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2];
  return {
    center: quat.rotate(frame, middle),
    half: [(max[0] - min[0]) / 2, (max[1] - min[1]) / 2, (max[2] - min[2]) / 2],
  };
}

export function colliderVolume(collider: Collider): number {
  switch (collider.kind) {
    case 'box':
      return 8 * collider.halfExtents[0] * collider.halfExtents[1] * collider.halfExtents[2];
    case 'sphere':
      return (4 / 3) * Math.PI * collider.radius ** 3;
    case 'cylinder':
      return 2 * Math.PI * collider.radius ** 2 * collider.halfHeight;
    case 'capsule':
      return Math.PI * collider.radius ** 2 * (2 * collider.halfHeight + (4 / 3) * collider.radius);
    case 'hull':
      return NaN;
  }
}

/** Signed distance to a primitive, near its surface exact enough to say what share of a cell it fills. */
function primitiveDistance(collider: Collider, inverse: Quat, center: Vec3, p: Vec3): number {
  const [x, y, z] = quat.rotate(inverse, vec3.sub(p, center));
  switch (collider.kind) {
    case 'box': {
      const [hx, hy, hz] = collider.halfExtents;
      return Math.max(Math.abs(x) - hx, Math.abs(y) - hy, Math.abs(z) - hz);
    }
    case 'sphere':
      return Math.hypot(x, y, z) - collider.radius;
    case 'cylinder':
      return Math.max(Math.hypot(x, z) - collider.radius, Math.abs(y) - collider.halfHeight);
    case 'capsule':
      return Math.hypot(x, y - Math.max(-collider.halfHeight, Math.min(collider.halfHeight, y)), z) - collider.radius;
    case 'hull':
      return Infinity;
  }
}

function overlapOf(collider: Collider, field: DistanceField): number {
  const { resolution, values } = field;
  const cell = cellSize(field);
  const inverse =
    collider.kind === 'box' || collider.kind === 'cylinder' || collider.kind === 'capsule'
      ? quat.conjugate(collider.rotation)
      : quat.IDENTITY;
  const center: Vec3 = collider.kind === 'hull' ? vec3.ZERO : collider.center;
  let both = 0;
  let either = 0;
  for (let z = 0, i = 0; z < resolution; z++) {
    for (let y = 0; y < resolution; y++) {
      for (let x = 0; x < resolution; x++, i++) {
        const p: Vec3 = [fromGrid(x, field), fromGrid(y, field), fromGrid(z, field)];
        const filled = Math.min(1, Math.max(0, 0.5 - values[i] / cell));
        const covered = Math.min(1, Math.max(0, 0.5 - primitiveDistance(collider, inverse, center, p) / cell));
        both += Math.min(filled, covered);
        either += Math.max(filled, covered);
      }
    }
  }
  return either > 0 ? both / either : 0;
}
