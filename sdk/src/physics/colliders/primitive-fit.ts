/** Whether a box, ball, cylinder or capsule explains a solid. */
import {
  cellSize,
  faceFrame,
  fromGrid,
  mat3,
  meshBounds,
  meshToDistanceField,
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

interface Candidate {
  collider: Collider;
  /** An overlap that is certain, since a primitive around the whole solid has it. */
  leastIou: number;
}

/** Frames that a shape may be aligned with: the canonical axes, those of inertia, and those of flat faces. */
function frames(mesh: Mesh, mass: MassProperties): Quat[] {
  const found: Quat[] = [quat.IDENTITY];
  for (const frame of [mass.principalRotation, faceFrame(mesh)])
    if (frame && found.every((other) => quat.angleBetween(frame, other) > 0.01)) found.push(frame);
  return found;
}

/** Turns local y to axis 0, 1 or 2 of a frame. */
const AXIS_TURNS: readonly Quat[] = [
  quat.between([0, 1, 0], [1, 0, 0]),
  quat.IDENTITY,
  quat.between([0, 1, 0], [0, 0, 1]),
];

/** Cells of the field that overlaps are measured on. */
const FIELD_RESOLUTION = 24;

/** The primitive that fits a closed mesh best, whatever its fit. */
export function fitPrimitive(mesh: Mesh, mass: MassProperties): PrimitiveFit {
  const candidates: Candidate[] = [{ collider: ball(mass), leastIou: 0 }];
  for (const frame of frames(mesh, mass)) {
    const { center, half } = boundsIn(mesh, frame);
    candidates.push(...boxes(mass, center, half, frame));
    for (let axis = 0; axis < 3; axis++) candidates.push(...round(mesh, mass, center, half, frame, axis));
  }
  const { min, max } = meshBounds(mesh);
  const middle = vec3.lerp(min, max, 0.5);
  const field = meshToDistanceField(
    { positions: mesh.positions.map((value, i) => value - middle[i % 3]), indices: mesh.indices },
    { resolution: FIELD_RESOLUTION, halfExtent: 0.525 * Math.max(...vec3.sub(max, min)), sheetThickness: 0 },
  );
  let best: PrimitiveFit = { collider: candidates[0].collider, iou: 0 };
  for (const { collider, leastIou } of candidates) {
    // Whatever the overlap, two volumes this unlike cannot fit.
    const ratio = colliderVolume(collider) / mass.volume;
    if (Math.min(ratio, 1 / ratio) <= best.iou) continue;
    const iou = Math.max(leastIou, overlapOf(collider, field, middle));
    // A capsule next to no length longer than a ball says no more than the ball.
    if (iou > best.iou + (best.collider.kind === 'sphere' ? 0.02 : 0)) best = { collider, iou };
  }
  return best;
}

function ball(mass: MassProperties): Collider {
  return { kind: 'sphere', center: mass.centerOfMass, radius: Math.cbrt((3 * mass.volume) / (4 * Math.PI)) };
}

/** The box around the solid, and the one of the same moments, which rough faces do not make larger. */
function boxes(mass: MassProperties, center: Vec3, half: Vec3, frame: Quat): Candidate[] {
  const around: Collider = { kind: 'box', center, rotation: frame, halfExtents: half };
  const [x, y, z] = spreads(mass, frame).map((squared) => Math.sqrt(3 * squared));
  return [
    { collider: around, leastIou: mass.volume / colliderVolume(around) },
    { collider: { ...around, center: mass.centerOfMass, halfExtents: [x, y, z] }, leastIou: 0 },
  ];
}

/** The mean square distance of the solid from its centre of mass along each axis of a frame. */
function spreads({ inertia, volume }: MassProperties, frame: Quat): Vec3 {
  const half = (inertia[0] + inertia[4] + inertia[8]) / 2;
  const along = (axis: Vec3): number => (half - vec3.dot(axis, mat3.apply(inertia, axis))) / volume;
  const [x, y, z] = quat.axes(frame);
  return [along(x), along(y), along(z)];
}

/** The cylinder and the capsule along one axis of a box around the solid. */
function round(mesh: Mesh, mass: MassProperties, center: Vec3, half: Vec3, frame: Quat, axis: number): Candidate[] {
  const [u, v] = [half[(axis + 1) % 3], half[(axis + 2) % 3]];
  const long = half[axis];
  // An oval is neither, and its fit need not be measured.
  if (Math.min(u, v) < 0.8 * Math.max(u, v)) return [];
  const rotation = quat.multiply(frame, AXIS_TURNS[axis]);
  const shape = { center, rotation } as const;
  const reach = radiusAbout(mesh, center, quat.axes(frame)[axis]);
  const found: Candidate[] = [
    {
      collider: { kind: 'cylinder', ...shape, radius: Math.sqrt(mass.volume / (2 * long * Math.PI)), halfHeight: long },
      leastIou: mass.volume / (2 * long * Math.PI * reach ** 2),
    },
  ];
  const radius = capsuleRadius(mass.volume, long);
  if (radius < long)
    found.push({ collider: { kind: 'capsule', ...shape, radius, halfHeight: long - radius }, leastIou: 0 });
  return found;
}

/** How far the mesh reaches from an axis. */
function radiusAbout({ positions }: Mesh, [ox, oy, oz]: Vec3, [ax, ay, az]: Vec3): number {
  let most = 0;
  for (let i = 0; i < positions.length; i += 3) {
    const [x, y, z] = [positions[i] - ox, positions[i + 1] - oy, positions[i + 2] - oz];
    most = Math.max(most, x * x + y * y + z * z - (x * ax + y * ay + z * az) ** 2);
  }
  return Math.sqrt(most);
}

/** The radius of a capsule of given volume and half length, caps included; at most that half length. */
function capsuleRadius(volume: number, long: number): number {
  let [low, high] = [0, long];
  for (let i = 0; i < 40; i++) {
    const radius = (low + high) / 2;
    if (Math.PI * radius ** 2 * (2 * long - (2 / 3) * radius) < volume) low = radius;
    else high = radius;
  }
  return low;
}

/** The box around all vertices in a turned frame: centre in the mesh's frame, half sides in the turned one. */
function boundsIn({ positions }: Mesh, frame: Quat): { center: Vec3; half: Vec3 } {
  const axes = mat3.transpose(quat.toMat3(frame));
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i += 3) {
    for (let k = 0; k < 3; k++) {
      const value =
        axes[3 * k] * positions[i] + axes[3 * k + 1] * positions[i + 1] + axes[3 * k + 2] * positions[i + 2];
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

/** Volume of a primitive; NaN for a hull, whose mesh says it. */
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

/** Signed distance to a primitive in its own frame, near its surface exact enough to say what share of a cell it fills. */
function primitiveDistance(collider: Collider): (x: number, y: number, z: number) => number {
  switch (collider.kind) {
    case 'box': {
      const [hx, hy, hz] = collider.halfExtents;
      return (x, y, z) => Math.max(Math.abs(x) - hx, Math.abs(y) - hy, Math.abs(z) - hz);
    }
    case 'sphere': {
      const { radius } = collider;
      return (x, y, z) => Math.sqrt(x * x + y * y + z * z) - radius;
    }
    case 'cylinder': {
      const { radius, halfHeight } = collider;
      return (x, y, z) => Math.max(Math.sqrt(x * x + z * z) - radius, Math.abs(y) - halfHeight);
    }
    case 'capsule': {
      const { radius, halfHeight } = collider;
      return (x, y, z) => {
        const beyond = Math.max(0, Math.abs(y) - halfHeight);
        return Math.sqrt(x * x + beyond * beyond + z * z) - radius;
      };
    }
    case 'hull':
      return () => Infinity;
  }
}

/** @param middle Of the field's cube, in the frame of the collider. */
function overlapOf(collider: Collider, field: DistanceField, middle: Vec3): number {
  const { resolution, values } = field;
  const cell = cellSize(field);
  const distance = primitiveDistance(collider);
  // A ball has no frame of its own.
  const frame = 'rotation' in collider ? collider.rotation : quat.IDENTITY;
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = quat.toMat3(quat.conjugate(frame));
  const [cx, cy, cz] = vec3.sub(collider.kind === 'hull' ? vec3.ZERO : collider.center, middle);
  const place = Float64Array.from({ length: resolution }, (_, i) => fromGrid(i, field));
  let both = 0;
  let either = 0;
  for (let k = 0, i = 0; k < resolution; k++) {
    const z = place[k] - cz;
    for (let j = 0; j < resolution; j++) {
      const y = place[j] - cy;
      for (let h = 0; h < resolution; h++, i++) {
        const x = place[h] - cx;
        const away = distance(xx * x + xy * y + xz * z, yx * x + yy * y + yz * z, zx * x + zy * y + zz * z);
        const filled = Math.min(1, Math.max(0, 0.5 - values[i] / cell));
        const covered = Math.min(1, Math.max(0, 0.5 - away / cell));
        both += Math.min(filled, covered);
        either += Math.max(filled, covered);
      }
    }
  }
  return either > 0 ? both / either : 0;
}
