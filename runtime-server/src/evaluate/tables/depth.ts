/** Table `depth`: depth, focal length and which objects are nearer, from the picture alone. */
import type { DepthInput, DepthOutput, Stage } from '../../stages/stage.js';
import { absoluteRelativeError, medianDepth } from '../metrics/depth.js';
import type { Scores } from '../scores.js';
import type { TrueScene } from '../truth.js';

const CLEARLY_FARTHER = 1.05;

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
  for (const depthOrder of orderedPairs(scene, estimate.depth)) scores.add('depth', scene.index, { depthOrder });
  return estimate;
}

/** For each pair of objects at clearly different depths: 1 when the nearer one is estimated nearer, else 0. */
function orderedPairs({ objects, depth }: TrueScene, estimate: Float32Array): number[] {
  const depths = objects.map(({ mask }) => ({
    true: medianDepth(mask, depth),
    estimated: medianDepth(mask, estimate),
  }));
  return depths.flatMap((near) =>
    depths
      .filter((far) => far.true > CLEARLY_FARTHER * near.true)
      .map((far) => (near.estimated < far.estimated ? 1 : 0)),
  );
}
