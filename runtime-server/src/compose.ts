/**
 * From poses in the upright camera frame to a scene in the world.
 *
 *   upright camera frame          world
 *      y                             y
 *      |                             |
 *      o-- x  (the camera)           o-- x  (on the ground, under the objects)
 *     /                             /
 *    z                             z
 *
 * Without a given camera pose the two differ by a shift and by scale alone, so that the camera looks
 * along -z. With one, the world is the given one.
 */
import {
  type Ground,
  mat3,
  type massProperties,
  type Mesh,
  type PhysicalProperties,
  type Pose,
  quat,
  type RigidTransform,
  type Vec3,
  vec3,
} from '@scenemaker/sdk';
import type { GroundPlane } from './stages/ground.js';
import { uprightFromCamera } from './stages/upright.js';

export interface WorldInput {
  /** Against gravity, camera frame: what the poses' upright frame was made with. */
  up: Vec3;
  /** In the units of the depth. */
  ground: GroundPlane | undefined;
  cameraToWorld: RigidTransform | undefined;
  metersPerUnit: number;
  /** Upright camera frame, units of the depth. */
  poses: readonly Pose[];
  /** Vertices in canonical space, of each pose. */
  meshes: readonly Pick<Mesh, 'positions'>[];
  /** Where the camera looks when there are no objects: a point on the ground, upright frame, units of the depth. */
  lookAt: Vec3;
}

export interface World {
  cameraToWorld: RigidTransform;
  groundHeight: number;
  /** From the upright camera frame, units of the depth, into the world, metres. */
  place(pose: Pose): Pose;
}

/** The world that the objects, camera and ground are placed in, metres. */
export function placeInWorld(input: WorldInput): World {
  const { up, ground, metersPerUnit, poses } = input;
  const uprightFrom = uprightFromCamera(up);
  // Without a ground plane the lowest object stands on the ground.
  const lowest = poses.map((pose, i) => lowestPoint(input.meshes[i], pose)).reduce((a, b) => Math.min(a, b), Infinity);
  const cameraHeight = ground?.cameraHeight ?? (Number.isFinite(lowest) ? -lowest : 1);
  if (input.cameraToWorld !== undefined) {
    const { rotation, translation } = input.cameraToWorld;
    const worldFromUpright = quat.fromMat3(mat3.multiply(quat.toMat3(rotation), mat3.transpose(uprightFrom)));
    return {
      cameraToWorld: input.cameraToWorld,
      groundHeight: translation[1] - cameraHeight * metersPerUnit,
      place: (pose) => movePose(pose, worldFromUpright, metersPerUnit, translation),
    };
  }
  const middle = poses.length === 0 ? input.lookAt : meanTranslation(poses);
  const translation = vec3.scale([-middle[0], cameraHeight, -middle[2]], metersPerUnit);
  return {
    cameraToWorld: { rotation: quat.fromMat3(uprightFrom), translation },
    groundHeight: 0,
    place: (pose) => movePose(pose, quat.IDENTITY, metersPerUnit, translation),
  };
}

function movePose(pose: Pose, rotation: Pose['rotation'], scale: number, translation: Vec3): Pose {
  return {
    rotation: quat.normalize(quat.multiply(rotation, pose.rotation)),
    translation: vec3.addScaled(translation, quat.rotate(rotation, pose.translation), scale),
    size: pose.size * scale,
  };
}

/** The ground square: under every object, with as much room again around them. */
export function groundSquare(
  poses: readonly Pose[],
  fallback: { center: Vec3; distance: number },
): Pick<Ground, 'center' | 'halfExtent'> {
  if (poses.length === 0)
    return { center: [fallback.center[0], fallback.center[2]], halfExtent: Math.max(0.5, 2 * fallback.distance) };
  const [x, , z] = meanTranslation(poses);
  const reach = poses.reduce(
    (farthest, { translation, size }) => Math.max(farthest, Math.hypot(translation[0] - x, translation[2] - z) + size),
    0,
  );
  return { center: [x, z], halfExtent: 2 * reach };
}

/** Until physics has looked at the object: a solid of middling density. `found`: of its mesh, in canonical space. */
export function defaultProperties(found: ReturnType<typeof massProperties>, size: number): PhysicalProperties {
  const density = 500;
  // A mesh without volume gets the mass of a cube of a tenth of its size.
  const volume = found?.volume ?? 1e-3;
  const mass = Math.max(1e-6, volume * size ** 3 * density);
  const principal = found?.principal ?? [1e-5, 1e-5, 1e-5];
  return {
    material: { value: 'unknown', source: 'default' },
    densityKgPerM3: { value: density, source: 'default' },
    massKg: { value: mass, source: 'computed' },
    centerOfMass: { value: found?.centerOfMass ?? vec3.ZERO, source: 'computed' },
    inertiaPrincipal: { value: vec3.scale(principal, density * size ** 5), source: 'computed' },
    inertiaRotation: found?.principalRotation ?? quat.IDENTITY,
    friction: { value: 0.5, source: 'default' },
    restitution: { value: 0.1, source: 'default' },
  };
}

function lowestPoint({ positions }: Pick<Mesh, 'positions'>, { rotation, translation, size }: Pose): number {
  const [, , , a, b, c] = quat.toMat3(rotation);
  let lowest = Infinity;
  for (let i = 0; i < positions.length; i += 3) {
    lowest = Math.min(lowest, size * (a * positions[i] + b * positions[i + 1] + c * positions[i + 2]));
  }
  return lowest + translation[1];
}

function meanTranslation(poses: readonly Pose[]): Vec3 {
  const sum = poses.reduce<Vec3>((total, { translation }) => vec3.add(total, translation), vec3.ZERO);
  return vec3.scale(sum, 1 / poses.length);
}
