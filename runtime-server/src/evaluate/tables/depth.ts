/** Table `depth`: depth and focal length from the picture alone. */
import type { DepthInput, DepthOutput, Stage } from '../../stages/stage.js';
import { absoluteRelativeError } from '../metrics/depth.js';
import type { Scores } from '../scores.js';
import type { TrueScene } from '../truth.js';

export async function evaluateDepth(
  scene: TrueScene,
  stage: Stage<DepthInput, DepthOutput>,
  scores: Scores,
  seed: number,
): Promise<DepthOutput> {
  const estimate = await stage.run({ picture: scene.picture }, { seed });
  scores.add('depth', scene.index, {
    absRel: absoluteRelativeError(estimate.depth, scene.depth),
    focalError: Math.abs(estimate.intrinsics.fx / scene.intrinsics.fx - 1),
  });
  return estimate;
}
