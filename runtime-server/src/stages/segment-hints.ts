/** What somebody points out, turned into places to draw a mask from. */
import { proposalScore, type Proposal } from './segment-masks.js';
import { type Candidate, PEAK_STRIDE, type PictureCode } from './segment-peaks.js';
import type { SegmentHint } from './stage.js';
import type { WordTable } from './words.js';

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

/** Gives each hint of words alone the found object that fits it best, each object once. */
export function fillHintsByWords(
  hints: readonly SegmentHint[],
  found: readonly Proposal[],
  words: WordTable,
): Proposal[] {
  const matches = hints.flatMap(({ mask, box, points, words: text }, hint) => {
    if (mask !== undefined || box !== undefined || points !== undefined || text === undefined) return [];
    return found.map((proposal) => ({
      hint,
      proposal,
      score: words.scoreText(proposal.embedding, text) * proposalScore(proposal),
    }));
  });
  const taken = new Map<number, Proposal>();
  for (const { hint, proposal, score } of matches.sort((a, b) => b.score - a.score)) {
    if (score <= 0 || taken.has(hint) || [...taken.values()].includes(proposal)) continue;
    taken.set(hint, proposal);
  }
  return [...taken].map(([hint, proposal]) => ({ ...proposal, hint }));
}

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
