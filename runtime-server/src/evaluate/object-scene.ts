/** One object by itself, as a scene that can be drawn. */
import { type Camera, type Mesh, meshBounds, quat, type SceneDescription, vec3 } from '@scenemaker/sdk';
import { lookAt } from '@scenemaker/sdk/render';
import { emptyMask } from '../stages/mask-ops.js';
import { knownScene } from './known-scene.js';

/** The mesh, y up, on ground of its own. */
export function objectScene(mesh: Mesh): SceneDescription {
  const { min, max } = meshBounds(mesh);
  const pose = { rotation: quat.IDENTITY, translation: vec3.ZERO, size: 1 };
  return knownScene({
    camera: cameraOn(mesh, 0, 1),
    scale: { measured: false, source: 'estimated' },
    ground: { height: min[1], center: vec3.lerp(min, max, 0.5), color: [225, 225, 228] },
    objects: [{ label: 'object', mesh, pose, mask: emptyMask(1, 1) }],
  });
}

/** A camera that sees the whole mesh from a little above; `azimuth` 0: from where z points to, radians. `side`: pixels. */
export function cameraOn(mesh: Mesh, azimuth: number, side: number): Camera {
  const { min, max } = meshBounds(mesh);
  const to = vec3.lerp(min, max, 0.5);
  const far = 1.7 * vec3.length(vec3.sub(max, min));
  const from = vec3.add(to, [far * Math.sin(azimuth), 0.45 * far, far * Math.cos(azimuth)]);
  return lookAt({ from, to, width: side, height: side, fieldOfView: 0.6 });
}
