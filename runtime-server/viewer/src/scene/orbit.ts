/** The camera one looks round with. */
import { ArcRotateCamera } from '@babylonjs/core/Cameras/arcRotateCamera.js';
import { Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import type { Scene } from '@babylonjs/core/scene.js';
import { quat, type SceneDescription, transformPositions, type Vec3 } from '@scenemaker/sdk';

export interface Extent {
  center: Vector3;
  /** Of the ball about it that holds every object, metres. */
  radius: number;
}

/** Of the objects, or of what a camera's width away would be where there are none. */
export function extentOf({ objects, ground }: Pick<SceneDescription, 'objects' | 'ground'>): Extent {
  const low = new Vector3(Infinity, Infinity, Infinity);
  const high = low.scale(-1);
  for (const { mesh, pose } of objects) {
    const positions = transformPositions(mesh.positions, pose.rotation, pose.translation, pose.size);
    for (let i = 0; i < positions.length; i += 3) {
      low.minimizeInPlaceFromFloats(positions[i], positions[i + 1], positions[i + 2]);
      high.maximizeInPlaceFromFloats(positions[i], positions[i + 1], positions[i + 2]);
    }
  }
  if (objects.length === 0) {
    return { center: new Vector3(ground.center[0], ground.height, ground.center[1]), radius: ground.halfExtent };
  }
  return { center: low.add(high).scale(0.5), radius: Math.max(0.02, high.subtract(low).length() / 2) };
}

export function createOrbitCamera(scene: Scene, canvas: HTMLCanvasElement): ArcRotateCamera {
  const camera = new ArcRotateCamera('orbit', Math.PI / 2, 1.1, 2, Vector3.Zero(), scene);
  camera.attachControl(canvas, true);
  camera.wheelDeltaPercentage = 0.01;
  camera.pinchDeltaPercentage = 0.01;
  camera.panningInertia = 0.8;
  camera.inertia = 0.85;
  camera.useNaturalPinchZoom = true;
  camera.upperBetaLimit = 1.54;
  return camera;
}

/** The direction in which the picture was taken, world frame. */
export function lookOf(scene: SceneDescription | undefined): Vec3 {
  const source = scene?.cameras[0];
  return source ? quat.rotate(source.cameraToWorld.rotation, [0, 0, 1]) : [0, 0, -1];
}

/** Everything in view, from the side and height that the picture was taken from. */
export function frame(camera: ArcRotateCamera, scene: SceneDescription | undefined, { center, radius }: Extent): void {
  camera.minZ = radius / 100;
  camera.maxZ = radius * 60;
  camera.lowerRadiusLimit = radius * 0.4;
  camera.upperRadiusLimit = radius * 12;
  camera.panningSensibility = 1400 / radius;
  camera.setTarget(center.clone());
  const [x, , z] = lookOf(scene);
  camera.alpha = Math.atan2(-z, -x);
  const canvas = camera.getScene().getEngine();
  const aspect = canvas.getRenderWidth() / Math.max(1, canvas.getRenderHeight());
  const half = Math.min(camera.fov, 2 * Math.atan(Math.tan(camera.fov / 2) * aspect)) / 2;
  camera.beta = 1.12;
  camera.radius = (radius / Math.sin(half)) * 0.84;
}
