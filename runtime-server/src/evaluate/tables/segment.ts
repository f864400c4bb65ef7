/** Table `segment`: which of the objects are found in the picture alone. */
import { maskIou } from '../../stages/mask-ops.js';
import type { Segment, SegmentInput, SegmentOutput, Stage } from '../../stages/stage.js';
import type { Scores } from '../scores.js';
import type { TrueScene } from '../truth.js';

/** Objects that cover less of the picture are not asked for. */
export const SMALLEST_ASKED_SHARE = 0.01;
const FOUND_IOU = 0.5;

/**
 * Recall counts the objects that cover at least 1 % of the picture; precision counts the found masks, of
 * objects of any size.
 */
export async function evaluateSegment(
  scene: TrueScene,
  stage: Stage<SegmentInput, SegmentOutput>,
  scores: Scores,
  seed: number,
): Promise<Segment[]> {
  const found = await stage.run({ picture: scene.picture }, { seed });
  for (const { mask, share } of scene.objects) {
    if (share < SMALLEST_ASKED_SHARE) continue;
    // Masks of one result do not overlap, so at most one reaches more than a half.
    const best = Math.max(0, ...found.map((segment) => maskIou(segment.mask, mask)));
    scores.add('segment', scene.index, {
      recall50: best >= FOUND_IOU ? 1 : 0,
      ...(best >= FOUND_IOU && { maskIou: best }),
    });
  }
  for (const segment of found) {
    const right = scene.objects.some(({ mask }) => maskIou(segment.mask, mask) >= FOUND_IOU);
    scores.add('segment', scene.index, { precision50: right ? 1 : 0 });
  }
  return found;
}
