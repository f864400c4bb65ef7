/** What somebody points out, turned into places to draw a mask from. */
import { type Claim, type Proposal } from './segment-masks.js';
import { type Candidate, PEAK_STRIDE, type PictureCode } from './segment-peaks.js';
import type { SegmentHint } from './stage.js';

/** Hints by points or by box. A mask needs no drawing; words alone are matched afterwards. */
export function candidatesFromHints(
  hints: readonly SegmentHint[],
  code: Pick<PictureCode, 'box' | 'columns' | 'rows' | 'objectness'>,
): Candidate[] {
  return hints.flatMap((hint, index): Candidate[] => {
    if (hint.mask !== undefined) return [];
    const within = hint.box === undefined ? {} : { within: hint.box };
    if (hint.points !== undefined) {
      return hint.points.map(([x, y]) => ({ ...cellAt(x, y, code), hint: index, ...within }));
    }
    return hint.box === undefined ? [] : [{ ...bestCell(hint.box, code), hint: index, ...within }];
  });
}

/**
 * Gives each hint of words alone the found object that fits it best, each object once. An object that fits less than
 * one of which nothing is known is not given: there may be nothing of what is asked for.
 * @param fitOf How well a found object fits a hint's words (`promptFit`).
 */
export function fillHintsByWords(
  hints: readonly SegmentHint[],
  found: readonly Claim[],
  fitOf: (claim: Claim, words: string) => number,
): Proposal[] {
  const matches = hints.flatMap((hint, index) => {
    if (!isWordsAlone(hint)) return [];
    return found
      .map((claim) => ({ hint: index, claim, fit: fitOf(claim, hint.words) }))
      .filter(({ fit }) => fit > 0)
      .map((match) => ({ ...match, rank: match.fit + Math.log(match.claim.score) }));
  });
  const taken = new Map<number, Claim>();
  for (const { hint, claim } of matches.sort((a, b) => b.rank - a.rank)) {
    if (taken.has(hint) || [...taken.values()].includes(claim)) continue;
    taken.set(hint, claim);
  }
  return [...taken].flatMap(([hint, { proposal }]) => (proposal === undefined ? [] : [{ ...proposal, hint }]));
}

/** Whether the words are all there is to find it by. */
export const isWordsAlone = (hint: SegmentHint): hint is SegmentHint & { words: string } =>
  hint.words !== undefined && hint.mask === undefined && hint.box === undefined && hint.points === undefined;

/** The cell under picture point (x, y). Someone vouches for the object, so its objectness counts as 1. */
function cellAt(
  x: number,
  y: number,
  { box, columns, rows }: Pick<PictureCode, 'box' | 'columns' | 'rows'>,
): Candidate {
  const cell = (value: number, count: number): number =>
    Math.min(count - 1, Math.max(0, Math.floor((value * box.scale) / PEAK_STRIDE)));
  return { column: cell(x, columns), row: cell(y, rows), peak: 1 };
}

/** The cell inside the box that most looks like an object's centre. */
function bestCell(
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  code: Pick<PictureCode, 'box' | 'columns' | 'rows' | 'objectness'>,
): Candidate {
  const first = cellAt(x0, y0, code);
  const last = cellAt(x1 - 1, y1 - 1, code);
  let best = cellAt((x0 + x1) / 2, (y0 + y1) / 2, code);
  let highest = -1;
  for (let row = first.row; row <= last.row; row++) {
    for (let column = first.column; column <= last.column; column++) {
      const value = code.objectness[row * code.columns + column];
      if (value <= highest) continue;
      highest = value;
      best = { column, row, peak: 1 };
    }
  }
  return best;
}
