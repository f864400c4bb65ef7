/**
 * Frames that stand upright, and the cube in which an object's shape is generated.
 *
 *   camera                 upright                object cube
 *      z (forward)            y (against gravity)    y (against gravity)
 *     /                       |                      |
 *    o-- x                    o-- x                  o-- x
 *    |                       /                      /
 *    y                      z (towards the viewer) z (towards the viewer, along the object's own ray)
 *
 * Rotations are row-major and named by what they map: `uprightFromCamera` takes camera coordinates.
 */
import { type Mat3, mat3, type Pose, quat, vec3, type Vec3 } from '@scenemaker/sdk';
import { median } from './order.js';
import type { Intrinsics, Window } from './stage.js';

/** How far behind the observed surface the middle of the cube lies, in sides of the cube. */
const CENTRE_BEHIND = 0.2;
/** z of the middle of the observed surface, cube coordinates. */
export const SURFACE = 2 * CENTRE_BEHIND;

/** The ray through picture point (u, v), scaled to z = 1, camera frame. */
export const rayThrough = ({ fx, fy, cx, cy }: Intrinsics, u: number, v: number): Vec3 => [
  (u - cx) / fx,
  (v - cy) / fy,
  1,
];

/** Camera frame to picture, pixels. */
export const projectPoint = ({ fx, fy, cx, cy }: Intrinsics, [x, y, z]: Vec3): [number, number] => [
  (fx * x) / z + cx,
  (fy * y) / z + cy,
];

/** Pinhole intrinsics of `window` seen as a picture of `size` x `size` pixels. */
export function windowIntrinsics({ fx, fy, cx, cy }: Intrinsics, window: Window, size: number): Intrinsics {
  const scale = size / window.side;
  return { fx: fx * scale, fy: fy * scale, cx: (cx - window.x) * scale, cy: (cy - window.y) * scale };
}

/** A pose, turned with everything about the origin. */
export const turnPose = ({ rotation, translation, size }: Pose, turn: Mat3): Pose => ({
  rotation: quat.multiply(quat.fromMat3(turn), rotation),
  translation: mat3.apply(turn, translation),
  size,
});

/**
 * The rotation from the camera frame to the upright camera frame: the optical axis without its pitch is
 * -z, x is right. `up` is the unit vector against gravity, camera frame.
 */
export function uprightFromCamera(up: Vec3): Mat3 {
  return uprightFacing(up, [0, 0, 1]);
}

/** Rows are right, up and back, where back is the horizontal part of -`forward`. */
function uprightFacing(up: Vec3, forward: Vec3): Mat3 {
  const level = vec3.addScaled(forward, up, -vec3.dot(forward, up));
  // Seen straight from above or below, no direction is forward: the picture's upper edge stands in.
  const back = vec3.normalize(vec3.scale(level, -1), [0, 1, 0]);
  const right = vec3.cross(up, back);
  return [...right, ...up, ...back];
}

/** The cube in which the shape stage works; cube coordinates q run from -1 to 1. */
export interface ObjectCube {
  /** Camera frame. */
  center: Vec3;
  /** Half the cube's side, in the units of the points. */
  halfSide: number;
  /** Rotation from the camera frame to the cube's axes. */
  cubeFromCamera: Mat3;
}

/**
 * Places the cube behind the observed surface: anchored on the ray through the window's middle at the
 * median depth of `points` (camera frame, stride 3), as wide there as the window.
 */
export function objectCube(window: Window, intrinsics: Intrinsics, up: Vec3, points: Float32Array): ObjectCube {
  const ray = rayThrough(intrinsics, window.x + window.side / 2, window.y + window.side / 2);
  const depth = medianDepth(points);
  const side = (window.side / intrinsics.fx) * depth;
  const center = vec3.addScaled(vec3.scale(ray, depth), vec3.normalize(ray), CENTRE_BEHIND * side);
  return { center, halfSide: side / 2, cubeFromCamera: uprightFacing(up, ray) };
}

export function cameraToCube({ center, halfSide, cubeFromCamera }: ObjectCube, point: Vec3): Vec3 {
  return vec3.scale(mat3.apply(cubeFromCamera, vec3.sub(point, center)), 1 / halfSide);
}

export function cubeToCamera({ center, halfSide, cubeFromCamera }: ObjectCube, q: Vec3): Vec3 {
  return vec3.addScaled(center, mat3.apply(mat3.transpose(cubeFromCamera), q), halfSide);
}

/** Stride-3 points in cube coordinates. */
export function pointsToCamera(cube: ObjectCube, positions: Float32Array): Float32Array {
  const { center, halfSide, cubeFromCamera } = cube;
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = mat3.transpose(cubeFromCamera);
  const result = new Float32Array(positions.length);
  for (let i = 0; i < positions.length; i += 3) {
    const x = positions[i];
    const y = positions[i + 1];
    const z = positions[i + 2];
    result[i] = center[0] + halfSide * (xx * x + xy * y + xz * z);
    result[i + 1] = center[1] + halfSide * (yx * x + yy * y + yz * z);
    result[i + 2] = center[2] + halfSide * (zx * x + zy * y + zz * z);
  }
  return result;
}

/** Applies a rotation to stride-3 points. */
export function rotatePoints(rotation: Mat3, points: Float32Array): Float32Array {
  const rotated = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    rotated.set(mat3.apply(rotation, [points[i], points[i + 1], points[i + 2]]), i);
  }
  return rotated;
}

/** Median z; 1 without points, where any scale is as good. */
function medianDepth(points: Float32Array): number {
  const depths = new Float32Array(points.length / 3);
  for (let i = 0; i < depths.length; i++) depths[i] = points[3 * i + 2];
  return median(depths) ?? 1;
}
