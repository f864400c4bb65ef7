/** A data set's scene as the description that everything else draws and writes. */
import { mat3, quat, type SceneDescription, vec3 } from '@scenemaker/sdk';
import { knownScene } from './known-scene.js';
import type { TrueScene } from './truth.js';

/** The true objects on the ground plane y = 0, seen by the true camera. */
export function trueDescription({ picture, intrinsics, cameraToWorld, objects }: TrueScene): SceneDescription {
  const { width, height } = picture;
  const toWorld = quat.toMat3(cameraToWorld.rotation);
  return knownScene({
    camera: { width, height, ...intrinsics, intrinsicsFrom: 'given', cameraToWorld },
    scale: { measured: true, source: 'known-size' },
    ground: { height: 0, center: cameraToWorld.translation, color: [150, 150, 150] },
    objects: objects.map(({ category, mask, shape, pose, visibleFraction }) => ({
      label: category,
      mesh: shape.mesh,
      pose: {
        rotation: quat.normalize(quat.multiply(cameraToWorld.rotation, pose.rotation)),
        translation: vec3.add(mat3.apply(toWorld, pose.translation), cameraToWorld.translation),
        size: pose.size,
      },
      mask,
      visibleFraction,
    })),
  });
}
