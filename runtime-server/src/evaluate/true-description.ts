/** A data set's scene as the description that everything else draws and writes. */
import { type Camera, mat3, quat, type SceneDescription, vec3 } from '@scenemaker/sdk';
import { defaultProperties, groundSquare } from '../compose.js';
import { encodeMask } from '../stages/mask-ops.js';
import type { TrueScene } from './truth.js';

/** The true objects on the ground plane y = 0, seen by the true camera. */
export function trueDescription({ picture, intrinsics, cameraToWorld, objects }: TrueScene): SceneDescription {
  const { width, height } = picture;
  const camera: Camera = { width, height, ...intrinsics, intrinsicsFrom: 'given', cameraToWorld };
  const toWorld = quat.toMat3(cameraToWorld.rotation);
  const poses = objects.map(({ pose }) => ({
    rotation: quat.normalize(quat.multiply(cameraToWorld.rotation, pose.rotation)),
    translation: vec3.add(mat3.apply(toWorld, pose.translation), cameraToWorld.translation),
    size: pose.size,
  }));
  return {
    version: 1,
    cameras: [camera],
    scale: { measured: true, source: 'known-size' },
    ground: {
      height: 0,
      ...groundSquare(poses, { center: cameraToWorld.translation, distance: 1 }),
      color: [150, 150, 150],
      friction: 0.5,
      confidence: 1,
    },
    objects: objects.map(({ category, mask, shape, visibleFraction }, i) => ({
      id: `object-${i + 1}`,
      label: category,
      scores: { mask: 1, shape: 1, pose: 1 },
      visibleFraction: visibleFraction ?? 1,
      mask: encodeMask(mask),
      mesh: shape.mesh,
      pose: poses[i],
      properties: defaultProperties(shape.mesh, poses[i].size),
      colliders: [],
      restsOn: null,
    })),
    provenance: { pack: '', generator: '', seed: 0, options: {}, seconds: {}, executionProvider: '' },
  };
}
