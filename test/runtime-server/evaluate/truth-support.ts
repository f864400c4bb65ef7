/** A true scene of two boxes on level ground, drawn exactly, as the evaluation sees one; and stages that answer as told. */
import { boxMesh, type Mesh, type Pose, quat, sampleSurface, vec3 } from '@scenemaker/sdk';
import { NO_SYMMETRY } from '../../../runtime-server/src/evaluate/metrics/symmetry.js';
import { cameraPose } from '../../../runtime-server/src/evaluate/placed.js';
import type { TrueObject, TrueScene } from '../../../runtime-server/src/evaluate/truth.js';
import { maskArea } from '../../../runtime-server/src/stages/mask-ops.js';
import type { Stage } from '../../../runtime-server/src/stages/stage.js';
import { drawScene, upOf } from '../../support/synthetic-scene.js';

export const SIDE = 96;
export const POINTS = 1500;

const MESHES: Mesh[] = [boxMesh(0.5, 0.3, 0.4), boxMesh(0.25, 0.5, 0.2)];
/** Upright camera frame: the camera is 1 m above the ground. */
const POSES: Pose[] = [
  { rotation: quat.fromAxisAngle(vec3.UP, 0.4), translation: [-0.4, -0.85, -1.9], size: 0.5 },
  { rotation: quat.fromAxisAngle(vec3.UP, -0.7), translation: [0.45, -0.7, -2.1], size: 0.6 },
];

export function trueScene(): TrueScene {
  const up = upOf(0.45);
  const drawn = drawScene(
    POSES.map((pose, i) => ({ mesh: MESHES[i], pose })),
    { up, size: SIDE },
  );
  const objects = POSES.map((pose, i): TrueObject => {
    const mask = drawn.masks[i];
    return {
      id: `box-${i + 1}`,
      category: 'box',
      caption: 'a box',
      shape: {
        mesh: MESHES[i],
        surface: sampleSurface(MESHES[i], POINTS, 11).points,
        symmetries: () => NO_SYMMETRY,
      },
      pose: cameraPose(pose, up),
      mask,
      share: maskArea(mask) / (SIDE * SIDE),
      visibleFraction: i === 0 ? 1 : 0.4,
    };
  });
  return {
    name: 'scenes/0000',
    index: 0,
    bytes: new Uint8Array(0),
    picture: { width: SIDE, height: SIDE, data: new Uint8Array(3 * SIDE * SIDE) },
    depth: drawn.depth,
    intrinsics: drawn.intrinsics,
    up,
    cameraToWorld: { rotation: quat.IDENTITY, translation: [0, 1, 0] },
    objects,
  };
}

/** A stage that answers what it is told to. */
export const stageOf = <Input, Output>(name: Stage<Input, Output>['name'], run: (input: Input) => Output) => ({
  name,
  run: async (input: Input) => run(input),
  dispose: async () => {},
});
