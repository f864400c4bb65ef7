/** Scenes made of boxes on level ground, with exact depth and masks, for tests of what comes after the models. */
import { type Mesh, mat3, type Pose, quat, transformPositions, type Vec3, vec3 } from '@scenemaker/sdk';
import { rasteriseDepth } from '@scenemaker/sdk/render';
import type { Intrinsics, Mask } from '../../runtime-server/src/stages/stage.js';
import { turnPose, uprightFromCamera } from '../../runtime-server/src/stages/upright.js';

export interface SyntheticScene {
  width: number;
  height: number;
  intrinsics: Intrinsics;
  /** Against gravity, camera frame. */
  up: Vec3;
  /** z for each pixel. */
  depth: Float32Array;
  masks: Mask[];
  /** Visible points of each object, camera frame, stride 3. */
  points: Float32Array[];
}

export interface SyntheticObject {
  mesh: Mesh;
  /** Canonical space to the upright camera frame. */
  pose: Pose;
}

/** Up for a camera that looks down by `pitch` and is turned about its optical axis by `roll`, radians. */
export function upOf(pitch: number, roll = 0): Vec3 {
  return [Math.sin(roll) * Math.cos(pitch), -Math.cos(roll) * Math.cos(pitch), -Math.sin(pitch)];
}

/** Draws the objects over ground `cameraHeight` below the camera; beyond `farthest` there is nothing. */
export function drawScene(
  objects: readonly SyntheticObject[],
  { up = upOf(0.5), cameraHeight = 1, size = 128, farthest = 20 } = {},
): SyntheticScene {
  const intrinsics = { fx: size * 1.2, fy: size * 1.2, cx: size / 2, cy: size / 2 };
  const depth = new Float32Array(size * size);
  const owner = new Int16Array(size * size).fill(-1);
  for (let i = 0; i < depth.length; i++) {
    const ray = rayOf(intrinsics, size, i);
    const fall = -vec3.dot(ray, up);
    const z = cameraHeight / fall;
    depth[i] = fall > 0 && z < farthest ? z : NaN;
  }
  const cameraFromUpright = mat3.transpose(uprightFromCamera(up));
  objects.forEach(({ mesh, pose }, index) => {
    const { rotation, translation, size: scale } = turnPose(pose, cameraFromUpright);
    const positions = transformPositions(mesh.positions, rotation, translation, scale);
    const drawn = rasteriseDepth({ positions, indices: mesh.indices }, { ...intrinsics, width: size, height: size });
    for (let i = 0; i < depth.length; i++) {
      if (drawn[i] < Infinity && !(drawn[i] >= depth[i])) {
        depth[i] = drawn[i];
        owner[i] = index;
      }
    }
  });
  const masks = objects.map((_, index) => ({
    width: size,
    height: size,
    data: Uint8Array.from(owner, (o) => (o === index ? 1 : 0)),
  }));
  const points = masks.map(({ data }) => {
    const own: number[] = [];
    data.forEach((bit, i) => {
      if (bit) own.push(...vec3.scale(rayOf(intrinsics, size, i), depth[i]));
    });
    return Float32Array.from(own);
  });
  return { width: size, height: size, intrinsics, up, depth, masks, points };
}

/** A pose that stands on ground `cameraHeight` below the camera, turned about the vertical. */
export function standing(x: number, z: number, halfHeight: number, size: number, yaw = 0, cameraHeight = 1): Pose {
  return { rotation: quat.fromAxisAngle([0, 1, 0], yaw), translation: [x, halfHeight * size - cameraHeight, z], size };
}

function rayOf({ fx, fy, cx, cy }: Intrinsics, width: number, pixel: number): Vec3 {
  return [((pixel % width) + 0.5 - cx) / fx, (Math.floor(pixel / width) + 0.5 - cy) / fy, 1];
}
