/**
 * A scene as rigid bodies in metres, the way simulators want it: everything about one object in one frame,
 * and that frame upright in the format's own up axis.
 *
 *   SceneDescription: y up        up: 'z' (MJCF, URDF, SDFormat)      up: 'y'
 *
 *          y                            z   y                         as it is
 *          |                            |  /
 *          o-- x                        | /
 *         /                             o-- x
 *        z
 *
 * World and bodies are turned by the same quarter turn about x, so that a body without rotation stands as
 * the canonical mesh stands, in either.
 */
import {
  type Camera,
  type Collider,
  type Ground,
  mat3,
  type Mat3,
  type Mesh,
  meshBounds,
  quat,
  type Quat,
  type RigidTransform,
  type SceneDescription,
  SceneMakerError,
  type SceneObject,
  vec3,
  type Vec3,
} from '@scenemaker/sdk';
import { placeCollider, placePoints } from './colliders.js';
import { safeNames } from './names.js';

/** Thickness of the ground where it is a box below its plane, metres: nothing fast passes through. */
export const GROUND_DEPTH = 1;

export type UpAxis = 'y' | 'z';

export interface ExportScene {
  up: UpAxis;
  bodies: ExportBody[];
  /** The middle of the ground's plane, its friction, extent and colour as in the description. */
  ground: Ground & { origin: Vec3 };
  /** Camera frames as in the description (x right, y down, z forward); the world is the export's. */
  cameras: (Camera & { name: string })[];
  source: SceneDescription;
}

export interface ExportBody {
  id: string;
  label: string;
  /** Safe in every format, unique in the scene. */
  name: string;
  /** Body to world. */
  pose: RigidTransform;
  /** In the body's frame, metres. The same object for bodies that share mesh and size. */
  mesh: Mesh;
  /** As in the description: the same object for bodies that share it, whatever their sizes. */
  canonical: Mesh;
  /** In the body's frame, metres. At least one. */
  colliders: Collider[];
  inertia: ExportInertia;
  friction: number;
  restitution: number;
}

/** In the body's frame. */
export interface ExportInertia {
  massKg: number;
  /** Metres. */
  centerOfMass: Vec3;
  /** Principal moments about the centre of mass, kg m^2. */
  principal: Vec3;
  /** Turns the principal frame to the body's frame. */
  rotation: Quat;
  /** The same as a tensor about the centre of mass in the body's axes, row-major, kg m^2. */
  tensor: Mat3;
}

const QUARTER_TURN: Quat = [Math.SQRT1_2, 0, 0, Math.SQRT1_2];
const TURNS: Record<UpAxis, Quat> = { y: quat.IDENTITY, z: QUARTER_TURN };

export interface ExportSceneOptions {
  up: UpAxis;
  /** Whether names may hold a hyphen, as ids do. Absent: yes. */
  hyphens?: boolean;
}

/**
 * Errors: bad-request for an object without colliders, that is a scene that physics has not run on, or with an
 * inertia that no solid has.
 */
export function toExportScene(source: SceneDescription, { up, hyphens = true }: ExportSceneOptions): ExportScene {
  const turn = TURNS[up];
  const extra = hyphens ? '-' : '';
  const names = safeNames(
    source.objects.map(({ id }) => id),
    extra,
  );
  const meshes = createMeshCache(turn);
  const { ground, cameras } = source;
  return {
    up,
    source,
    bodies: source.objects.map((object, index) => toBody(object, names[index], turn, meshes(object))),
    ground: { ...ground, origin: quat.rotate(turn, [ground.center[0], ground.height, ground.center[1]]) },
    cameras: cameras.map((camera, index) => ({
      ...camera,
      name: hyphens ? `camera-${index + 1}` : `camera_${index + 1}`,
      cameraToWorld: turned(camera.cameraToWorld, turn),
    })),
  };
}

/** A ball around all bodies; about the middle of the ground where there are none. Metres. */
export function sceneBounds({ bodies, ground }: ExportScene): { middle: Vec3; radius: number } {
  if (bodies.length === 0) return { middle: ground.origin, radius: ground.halfExtent };
  const balls = bodies.map(({ pose, mesh }) => {
    const { min, max } = meshBounds(mesh);
    const center = vec3.add(quat.rotate(pose.rotation, vec3.lerp(min, max, 0.5)), pose.translation);
    return { center, radius: vec3.distance(min, max) / 2 };
  });
  const middle = vec3.scale(balls.map(({ center }) => center).reduce(vec3.add), 1 / balls.length);
  return { middle, radius: Math.max(...balls.map((ball) => ball.radius + vec3.distance(ball.center, middle))) };
}

/** `world` and its contents turned, the frame on the other side left as it is. */
const turned = ({ rotation, translation }: RigidTransform, turn: Quat): RigidTransform => ({
  rotation: quat.normalize(quat.multiply(turn, rotation)),
  translation: quat.rotate(turn, translation),
});

function toBody(object: SceneObject, name: string, turn: Quat, mesh: Mesh): ExportBody {
  const { id, label, pose, properties, colliders } = object;
  if (colliders.length === 0) {
    throw new SceneMakerError('bad-request', `${id} has no colliders: settle the scene before it is exported`, {
      given: id,
    });
  }
  const world = turned(pose, turn);
  return {
    id,
    label,
    name,
    pose: { ...world, rotation: quat.normalize(quat.multiply(world.rotation, quat.conjugate(turn))) },
    mesh,
    canonical: object.mesh,
    colliders: colliders.map((collider) => placeCollider(collider, pose.size, turn)),
    inertia: toInertia(object, turn),
    friction: properties.friction.value,
    restitution: properties.restitution.value,
  };
}

function toInertia({ id, pose, properties }: SceneObject, turn: Quat): ExportInertia {
  const principal = properties.inertiaPrincipal.value;
  const [a, b, c] = [...principal].sort((x, y) => x - y);
  // Slack for rounding: a flat plate lies on the bound.
  if (!(a > 0) || a + b < c * (1 - 1e-6)) {
    throw new SceneMakerError('bad-request', `${id} has principal moments that no solid has`, {
      given: principal,
      allowed: 'three positive numbers, none more than the sum of the others',
    });
  }
  const rotation = quat.normalize(quat.multiply(turn, properties.inertiaRotation));
  const axes = quat.toMat3(rotation);
  const diagonal: Mat3 = [principal[0], 0, 0, 0, principal[1], 0, 0, 0, principal[2]];
  return {
    massKg: properties.massKg.value,
    centerOfMass: quat.rotate(turn, vec3.scale(properties.centerOfMass.value, pose.size)),
    principal,
    rotation,
    tensor: mat3.multiply(mat3.multiply(axes, diagonal), mat3.transpose(axes)),
  };
}

/** The object's mesh in metres, made once for every mesh and size. */
function createMeshCache(turn: Quat): (object: SceneObject) => Mesh {
  const known = new Map<Mesh, Map<number, Mesh>>();
  return ({ mesh, pose: { size } }) => {
    const sizes = known.get(mesh) ?? new Map<number, Mesh>();
    known.set(mesh, sizes);
    const made = sizes.get(size) ?? {
      ...mesh,
      positions: placePoints(mesh.positions, size, turn),
      ...(mesh.normals && { normals: placePoints(mesh.normals, 1, turn) }),
    };
    sizes.set(size, made);
    return made;
  };
}
