/** Table `pictures`: what is found in real pictures, against masks that a person or a better tool drew. */
import type { DepthOutput, Segment } from '../../stages/stage.js';
import { medianDepth } from '../metrics/depth.js';
import { type Fate, judgeMasks } from '../metrics/masks.js';
import type { RealPicture } from '../real-pictures.js';
import type { Scores } from '../scores.js';
import { rowOf } from './segment.js';

/** What became of the marked objects of one picture. */
export interface PictureVerdict extends Record<Fate, number> {
  name: string;
  marked: number;
  found: number;
  /** Found masks that lie on nothing marked. Not all of them are wrong: pictures mark only some of their objects. */
  false: number;
  meanBestIou: number;
  /** Marked pairs whose order in depth is right, of how many. */
  ordered: number;
  pairs: number;
}

/** Undefined for a picture in which nothing is marked. */
export function scorePicture(
  { name, truths, order }: RealPicture,
  index: number,
  segments: readonly Segment[],
  { depth }: DepthOutput,
  scores: Scores,
): PictureVerdict | undefined {
  if (truths === undefined) return undefined;
  const masks = segments.map(({ mask }) => mask);
  const judged = judgeMasks(
    masks,
    truths.map(({ mask }) => mask),
  );
  const count = (wanted: Fate): number => judged.truths.filter(({ fate }) => fate === wanted).length;
  const falseMasks = judged.found.filter(({ onTruth }) => !onTruth).length;
  for (const verdict of judged.truths) scores.add('pictures', index, rowOf(verdict));
  scores.add('pictures', index, { falseMasks });
  const right = order.map(([near, far]) => medianDepth(near.mask, depth) < medianDepth(far.mask, depth));
  for (const value of right) scores.add('pictures', index, { depthOrder: value ? 1 : 0 });
  return {
    name,
    marked: truths.length,
    found: segments.length,
    right: count('right'),
    merged: count('merged'),
    split: count('split'),
    missed: count('missed'),
    false: falseMasks,
    meanBestIou: judged.truths.reduce((sum, { bestIou }) => sum + bestIou, 0) / Math.max(1, truths.length),
    ordered: right.filter(Boolean).length,
    pairs: order.length,
  };
}
