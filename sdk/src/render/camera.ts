/**
 * Cameras that pictures of a scene are drawn from.
 *
 *   world: right-handed, y up, metres       camera: x right, y down, z forward
 */
import { mat3, quat, vec3, type Mat3, type Vec3 } from '../geometry/index.js';
import type { Camera, RigidTransform, SceneDescription } from '../scene/index.js';

/** The same view in more or fewer pixels. */
export function scaleCamera(camera: Camera, factor: number): Camera {
  const width = Math.max(1, Math.round(camera.width * factor));
  const height = Math.max(1, Math.round(camera.height * factor));
  const [scaleX, scaleY] = [width / camera.width, height / camera.height];
  const { fx, fy, cx, cy } = camera;
  return { ...camera, width, height, fx: fx * scaleX, fy: fy * scaleY, cx: cx * scaleX, cy: cy * scaleY };
}

/** The same view with its longest side at most `side` pixels. */
export function fitCamera(camera: Camera, side: number): Camera {
  return scaleCamera(camera, Math.min(1, side / Math.max(camera.width, camera.height)));
}

/** Rotates world directions to the camera's frame. */
export const worldToCameraRotation = (camera: Camera): Mat3 =>
  mat3.transpose(quat.toMat3(quat.normalize(camera.cameraToWorld.rotation)));

/** The axes of a camera that looks along the unit vector `forward` with level horizon, as a quaternion. */
export function lookAlong(forward: Vec3): Camera['cameraToWorld']['rotation'] {
  // Looking straight up or down, any horizon is level.
  const right = vec3.normalize(vec3.cross(forward, vec3.UP), [1, 0, 0]);
  const down = vec3.cross(forward, right);
  return quat.fromMat3([right[0], down[0], forward[0], right[1], down[1], forward[1], right[2], down[2], forward[2]]);
}

export interface LookAtOptions {
  from: Vec3;
  to: Vec3;
  /** Pixels. Absent: 640 by 480. */
  width?: number;
  height?: number;
  /** Vertical, radians. Absent: 50 degrees. */
  fieldOfView?: number;
}

/** A camera at one point that looks at another, with level horizon. */
export function lookAt({ from, to, width = 640, height = 480, fieldOfView = 0.873 }: LookAtOptions): Camera {
  const rotation = lookAlong(vec3.normalize(vec3.sub(to, from), [0, 0, -1]));
  return pinholeAt({ rotation, translation: from }, width, height, fieldOfView);
}

/** A camera of square pixels whose optical axis meets the middle of the picture; `fieldOfView` is vertical, radians. */
function pinholeAt(cameraToWorld: RigidTransform, width: number, height: number, fieldOfView: number): Camera {
  const f = height / 2 / Math.tan(fieldOfView / 2);
  return { width, height, fx: f, fy: f, cx: width / 2, cy: height / 2, intrinsicsFrom: 'given', cameraToWorld };
}

export interface OrbitOptions {
  /** How far round the scene from the main camera, radians; positive to the right. */
  azimuth?: number;
  /** How much higher than the main camera, radians. */
  rise?: number;
  width?: number;
  height?: number;
  /** Vertical field of view, radians. */
  fieldOfView?: number;
}

export const ORBIT_DEFAULTS: Required<OrbitOptions> = {
  azimuth: (120 * Math.PI) / 180,
  rise: (12 * Math.PI) / 180,
  width: 960,
  height: 720,
  fieldOfView: (36 * Math.PI) / 180,
};

/** The elevations that show both the tops and the sides of things, radians. */
const ELEVATION_RANGE = [0.3, 0.95] as const;
/** Share of the picture that the scene may fill. */
const FILL = 0.82;

/** A camera that sees the whole scene from another side than the main camera. */
export function orbitCamera(scene: SceneDescription, options: OrbitOptions = {}): Camera {
  const { azimuth, rise, width, height, fieldOfView } = { ...ORBIT_DEFAULTS, ...options };
  const corners = boundsCorners(scene);
  const center = vec3.scale(vec3.add(corners[0], corners[7]), 0.5);
  const toMain = mainDirection(scene, center);
  const elevation = clamp(Math.asin(clamp(toMain[1], -1, 1)) + rise, ...ELEVATION_RANGE);
  const around = Math.atan2(toMain[0], toMain[2]) + azimuth;
  const away: Vec3 = [
    Math.sin(around) * Math.cos(elevation),
    Math.sin(elevation),
    Math.cos(around) * Math.cos(elevation),
  ];
  const rotation = lookAlong(vec3.scale(away, -1));
  const tanY = FILL * Math.tan(fieldOfView / 2);
  const tanX = (tanY * width) / height;
  const toCamera = mat3.transpose(quat.toMat3(rotation));
  let distance = 0;
  for (const corner of corners) {
    const [x, y, z] = mat3.apply(toCamera, vec3.sub(corner, center));
    distance = Math.max(distance, Math.abs(x) / tanX - z, Math.abs(y) / tanY - z);
  }
  const translation = vec3.addScaled(center, away, distance);
  return pinholeAt({ rotation, translation }, width, height, fieldOfView);
}

/** Unit vector from the scene to its main camera. */
function mainDirection(scene: SceneDescription, center: Vec3): Vec3 {
  const position = scene.cameras[0]?.cameraToWorld.translation;
  return position ? vec3.normalize(vec3.sub(position, center), [0, 0, 1]) : [0, 0.5, Math.sqrt(0.75)];
}

/** The 8 corners of the box around all objects in the world, the lowest first; of the ground if there are none. */
function boundsCorners({ objects, ground }: SceneDescription): Vec3[] {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (const { mesh, pose } of objects) {
    const rotation = quat.toMat3(pose.rotation);
    for (let i = 0; i < mesh.positions.length; i += 3) {
      const turned = mat3.apply(rotation, [mesh.positions[i], mesh.positions[i + 1], mesh.positions[i + 2]]);
      for (let axis = 0; axis < 3; axis++) {
        const value = pose.size * turned[axis] + pose.translation[axis];
        min[axis] = Math.min(min[axis], value);
        max[axis] = Math.max(max[axis], value);
      }
    }
  }
  if (min[0] > max[0]) {
    const [x, z] = ground.center;
    for (const [axis, middle] of [x, ground.height, z].entries()) {
      const reach = axis === 1 ? 0 : 0.5 * ground.halfExtent;
      min[axis] = middle - reach;
      max[axis] = middle + reach;
    }
  }
  return Array.from({ length: 8 }, (_, i) => [
    i & 1 ? max[0] : min[0],
    i & 2 ? max[1] : min[1],
    i & 4 ? max[2] : min[2],
  ]);
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
