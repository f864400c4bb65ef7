/** Table `segment`: which of the objects are found in the picture alone. */
import type { Segment, SegmentInput, SegmentOutput, Stage } from '../../stages/stage.js';
import { type Fate, judgeMasks, type MaskVerdict } from '../metrics/masks.js';
import type { Row, Scores } from '../scores.js';
import type { TrueScene } from '../truth.js';

/** Objects that cover less of the picture are not asked for. */
export const SMALLEST_ASKED_SHARE = 0.01;

/**
 * Recall and what became of the rest count the objects that cover at least 1 % of the picture; precision and
 * false masks count the found ones against objects of any size.
 */
export async function evaluateSegment(
  scene: TrueScene,
  stage: Stage<SegmentInput, SegmentOutput>,
  scores: Scores,
  seed: number,
): Promise<Segment[]> {
  const segments = await stage.run({ picture: scene.picture }, { seed });
  const { truths, found } = judgeMasks(
    segments.map(({ mask }) => mask),
    scene.objects.map(({ mask }) => mask),
  );
  for (const [index, verdict] of truths.entries()) {
    if (scene.objects[index].share >= SMALLEST_ASKED_SHARE) scores.add('segment', scene.index, rowOf(verdict));
  }
  for (const { right } of found) scores.add('segment', scene.index, { precision50: right ? 1 : 0 });
  scores.add('segment', scene.index, { falseMasks: found.filter(({ onTruth }) => !onTruth).length });
  return segments;
}

/** What became of one object. */
export function rowOf({ fate, bestIou }: MaskVerdict['truths'][number]): Row {
  const is = (wanted: Fate): number => (fate === wanted ? 1 : 0);
  return {
    recall50: is('right'),
    ...(fate === 'right' && { maskIou: bestIou }),
    bestIou,
    merged: is('merged'),
    split: is('split'),
    missed: is('missed'),
  };
}
