/**
 * A Babylon camera that sees what the picture's camera saw.
 *
 *   SceneMaker's camera: x right, y down, z forward      Babylon's: x right, y up, z forward (backward when right-handed)
 */
import { FreeCamera } from '@babylonjs/core/Cameras/freeCamera.js';
import { Matrix, Quaternion, type Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import type { Scene } from '@babylonjs/core/scene.js';
import { quat } from '../geometry/index.js';
import type { Camera } from '../scene/index.js';
import type { Frame } from './frames.js';

export interface PictureCamera {
  camera: FreeCamera;
  dispose(): void;
}

const NEAR_METERS = 0.01;
const FAR_METERS = 500;

/** The whole picture fits the canvas, whatever its shape; the projection follows when the canvas is resized. */
export function createPictureCamera(source: Camera, scene: Scene, frame: Frame): PictureCamera {
  const { translation, rotation } = source.cameraToWorld;
  const camera = new FreeCamera('scenemaker-camera', frame.point(translation), scene);
  camera.minZ = NEAR_METERS;
  camera.maxZ = FAR_METERS;
  camera.rotationQuaternion = cameraRotation(rotation, frame);
  camera.updateUpVectorFromRotation = true;
  camera.upVector = frame.point(quat.rotate(rotation, [0, -1, 0]));
  const engine = scene.getEngine();
  const project = (): void => {
    const aspect = engine.getRenderWidth() / Math.max(1, engine.getRenderHeight());
    camera.freezeProjectionMatrix(projectionMatrix(source, aspect, frame.rightHanded, engine.isNDCHalfZRange));
  };
  project();
  const observer = engine.onResizeObservable.add(project);
  return {
    camera,
    dispose() {
      engine.onResizeObservable.remove(observer);
      camera.dispose();
    },
  };
}

function cameraRotation(rotation: Camera['cameraToWorld']['rotation'], frame: Frame): Quaternion {
  const axis = (x: number, y: number, z: number): Vector3 => frame.point(quat.rotate(rotation, [x, y, z]));
  const right = axis(1, 0, 0);
  const up = axis(0, -1, 0);
  // A right-handed Babylon camera looks along its own -z.
  const depth = axis(0, 0, frame.rightHanded ? -1 : 1);
  return Quaternion.RotationQuaternionFromAxis(right, up, depth);
}

/**
 * The projection of a pinhole camera with its principal point, in Babylon's row-vector form.
 *
 * @param aspect Width over height of the canvas; the picture is fitted into it, centred.
 * @param halfDepth Depth runs from 0 to 1 instead of -1 to 1.
 */
export function projectionMatrix(source: Camera, aspect: number, rightHanded: boolean, halfDepth: boolean): Matrix {
  const { width, height } = source;
  const viewWidth = Math.max(width, height * aspect);
  const viewHeight = viewWidth / aspect;
  const cx = source.cx + (viewWidth - width) / 2;
  const cy = source.cy + (viewHeight - height) / 2;
  const forward = rightHanded ? -1 : 1;
  const [n, f] = [NEAR_METERS, FAR_METERS];
  return Matrix.FromValues(
    (2 * source.fx) / viewWidth, 0, 0, 0,
    0, (2 * source.fy) / viewHeight, 0, 0,
    forward * ((2 * cx) / viewWidth - 1), forward * (1 - (2 * cy) / viewHeight), (forward * (halfDepth ? f : f + n)) / (f - n), forward,
    0, 0, (-(halfDepth ? 1 : 2) * n * f) / (f - n), 0,
  ); // prettier-ignore
}
