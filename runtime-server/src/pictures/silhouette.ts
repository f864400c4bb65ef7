import type { SceneDescription } from '@scenemaker/sdk';
import { fitCamera, rasterise } from '@scenemaker/sdk/render';
import { decodeMask, resizeMask } from '../stages/mask-ops.js';

/** Longest side at which silhouettes are compared, pixels. */
const SIDE = 512;

/**
 * How well each object covers the mask it came from, seen from the main camera with the others in
 * place: overlap over union, 0 to 1, in the order of the objects.
 */
export function silhouetteIous(scene: SceneDescription): number[] {
  const camera = fitCamera(scene.cameras[0], SIDE);
  const { ids, width, height } = rasterise(scene, camera);
  return scene.objects.map(({ mask }, index) => {
    const set = resizeMask(decodeMask(mask), width, height).data;
    let overlap = 0;
    let union = 0;
    for (let i = 0; i < ids.length; i++) {
      const drawn = ids[i] === index ? 1 : 0;
      overlap += drawn & set[i];
      union += drawn | set[i];
    }
    return union === 0 ? 0 : overlap / union;
  });
}

/** The mean over objects; undefined where there are none. */
export function meanSilhouetteIou(scene: SceneDescription): number | undefined {
  const ious = silhouetteIous(scene);
  return ious.length === 0 ? undefined : ious.reduce((sum, iou) => sum + iou, 0) / ious.length;
}
