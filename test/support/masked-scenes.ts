/** Scenes for tests of physics as a picture shows them. */
import { quat } from '@scenemaker/sdk/geometry';
import type { RunLengthMask, SceneDescription } from '@scenemaker/sdk/scene';
import { rasterise } from '../../runtime-server/src/pictures/index.js';
import { sceneOf, type Thing } from './settle-scenes.js';

/** The scene with the masks that its camera, which looks down by 0.4 radians, sees. */
export function withMasks(things: Record<string, Thing>): SceneDescription {
  const scene = sceneOf(things);
  const rotation = quat.multiply(quat.fromAxisAngle([1, 0, 0], -0.4), [1, 0, 0, 0]);
  scene.cameras[0] = { ...scene.cameras[0], cameraToWorld: { rotation, translation: [0, 0.9, 1.6] } };
  const { ids, width, height } = rasterise(scene, scene.cameras[0]);
  const objects = scene.objects.map((object, index) => ({ ...object, mask: maskOf(ids, index, width, height) }));
  return { ...scene, objects };
}

function maskOf(ids: Int32Array, index: number, width: number, height: number): RunLengthMask {
  const runs = [0];
  let set = false;
  for (const id of ids) {
    if ((id === index) !== set) {
      set = !set;
      runs.push(0);
    }
    runs[runs.length - 1]++;
  }
  return { width, height, runs: Uint32Array.from(runs) };
}
