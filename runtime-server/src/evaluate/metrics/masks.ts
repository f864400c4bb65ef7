/** What became of each true mask among the masks that were found. */
import type { Mask } from '../../stages/stage.js';

/** Overlap over union from which a found mask is right. */
export const RIGHT_IOU = 0.5;
/** From this share of its pixels on, a mask is covered by another, or lies on it. */
const MOST = 0.5;

/**
 * - `right`: one found mask reaches IoU 0.5;
 * - `merged`: not right; a found mask covers at least half of it and at least half of another true mask;
 * - `split`: neither; at least two found masks lie on it with half of their pixels and cover half of it together;
 * - `missed`: the rest.
 */
export type Fate = 'right' | 'merged' | 'split' | 'missed';

export interface MaskVerdict {
  /** For each true mask: what became of it, and the highest overlap over union with a found one, 0 to 1. */
  truths: { fate: Fate; bestIou: number }[];
  /** For each found mask: whether it reaches IoU 0.5 with a true one, and whether at least half of it lies on true masks. */
  found: { right: boolean; onTruth: boolean }[];
}

/** All masks of one size; true masks do not overlap, found ones may. */
export function judgeMasks(found: readonly Mask[], truths: readonly Mask[]): MaskVerdict {
  const foundArea = found.map(({ data }) => data.reduce((sum, value) => sum + value, 0));
  const truthArea = truths.map(({ data }) => data.reduce((sum, value) => sum + value, 0));
  const overlaps = found.map((mask) => truths.map((truth) => overlapOf(mask, truth)));
  const covers = (f: number, t: number): boolean => overlaps[f][t] >= MOST * truthArea[t];
  const liesOn = (f: number, t: number): boolean => overlaps[f][t] >= MOST * foundArea[f];

  const iou = (f: number, t: number): number => overlaps[f][t] / (foundArea[f] + truthArea[t] - overlaps[f][t] || 1);

  const judge = (t: number): { fate: Fate; bestIou: number } => {
    const bestIou = Math.max(0, ...found.map((_, f) => iou(f, t)));
    if (bestIou >= RIGHT_IOU) return { fate: 'right', bestIou };
    const merged = found.some((_, f) => covers(f, t) && truths.some((_, other) => other !== t && covers(f, other)));
    if (merged) return { fate: 'merged', bestIou };
    const parts = found.flatMap((_, f) => (liesOn(f, t) ? [overlaps[f][t]] : []));
    const together = parts.reduce((sum, part) => sum + part, 0);
    return { fate: parts.length > 1 && together >= MOST * truthArea[t] ? 'split' : 'missed', bestIou };
  };
  return {
    truths: truths.map((_, t) => judge(t)),
    found: overlaps.map((row, f) => ({
      right: truths.some((_, t) => iou(f, t) >= RIGHT_IOU),
      onTruth: row.reduce((sum, value) => sum + value, 0) >= MOST * foundArea[f],
    })),
  };
}

function overlapOf(a: Mask, b: Mask): number {
  let overlap = 0;
  for (let i = 0; i < a.data.length; i++) overlap += a.data[i] & b.data[i];
  return overlap;
}
