/** One object by itself, as a scene that can be drawn. */
import { type Camera, type Mesh, meshBounds, quat, type SceneDescription, vec3 } from '@scenemaker/sdk';
import { lookAt } from '@scenemaker/sdk/render';
import { defaultProperties, groundSquare } from '../compose.js';
import { emptyMask, encodeMask } from '../stages/mask-ops.js';

/** The mesh, y up, on ground of its own. */
export function objectScene(mesh: Mesh): SceneDescription {
  const { min, max } = meshBounds(mesh);
  const pose = { rotation: quat.IDENTITY, translation: vec3.ZERO, size: 1 };
  return {
    version: 1,
    cameras: [cameraOn(mesh, 0, 1)],
    scale: { measured: false, source: 'estimated' },
    ground: {
      height: min[1],
      ...groundSquare([pose], { center: vec3.lerp(min, max, 0.5), distance: 1 }),
      color: [225, 225, 228],
      friction: 0.5,
      confidence: 1,
    },
    objects: [
      {
        id: 'object-1',
        label: 'object',
        scores: { mask: 1, shape: 1, pose: 1 },
        visibleFraction: 1,
        mask: encodeMask(emptyMask(1, 1)),
        mesh,
        pose,
        properties: defaultProperties(mesh, 1),
        colliders: [],
        restsOn: null,
      },
    ],
    provenance: { pack: '', generator: '', seed: 0, options: {}, seconds: {}, executionProvider: '' },
  };
}

/** A camera that sees the whole mesh from a little above; `azimuth` 0: from where z points to, radians. `side`: pixels. */
export function cameraOn(mesh: Mesh, azimuth: number, side: number): Camera {
  const { min, max } = meshBounds(mesh);
  const to = vec3.lerp(min, max, 0.5);
  const far = 1.7 * vec3.length(vec3.sub(max, min));
  const from = vec3.add(to, [far * Math.sin(azimuth), 0.45 * far, far * Math.cos(azimuth)]);
  return lookAt({ from, to, width: side, height: side, fieldOfView: 0.6 });
}
