/** What somebody points out, turned into places to draw a mask from, and into the mask that is meant. */
import type { Letterbox } from './letterbox.js';
import { emptyMask, maskArea, maskBox, maskIou, type PixelBox } from './mask-ops.js';
import { type Claim, DUPLICATE_IOU, positive, type Proposal } from './segment-masks.js';
import { meanOf } from './segment-views.js';
import { type Candidate, FEATURE_STRIDE, PEAK_STRIDE, type PictureCode } from './segment-peaks.js';
import type { Mask, SegmentHint } from './stage.js';

/** So many rows and columns of a box are drawn from. */
const BOX_CELLS = 6;

type Box = readonly [number, number, number, number];
type Grid = Pick<PictureCode, 'box' | 'columns' | 'rows'>;

/** Hints by points or by box. A mask needs no drawing; words alone are matched afterwards. */
export function candidatesFromHints(hints: readonly SegmentHint[], code: Grid): Candidate[] {
  return hints.flatMap((hint, index): Candidate[] => {
    if (hint.mask !== undefined) return [];
    const within = hint.box === undefined ? {} : { within: hint.box };
    if (hint.points !== undefined) {
      return hint.points.map(([x, y]) => ({ ...cellAt(x, y, code), hint: index, ...within }));
    }
    return hint.box === undefined ? [] : cellsOf(hint.box, code).map((cell) => ({ ...cell, hint: index, ...within }));
  });
}

/** One mask for each hint: the mean of what its points draw; of what its box draws the one that fits the box best. */
export function chooseByHints(
  drawn: readonly Proposal[],
  hints: readonly SegmentHint[],
  letterbox: Pick<Letterbox, 'scale'>,
): Proposal[] {
  const chosen: Proposal[] = [];
  const fits: BoxFit[] = [];
  for (const [index, { points, box }] of hints.entries()) {
    const drawings = drawn.filter(({ hint }) => hint === index);
    if (drawings.length === 0) continue;
    if (points === undefined && box !== undefined) fits.push(...boxFits(drawings, box, letterbox.scale));
    else chosen.push(meanOf(drawings));
  }
  // One object is not what two boxes mean.
  const answers = new Map<number | undefined, BoxFit>();
  for (const fit of fits.sort((a, b) => b.fit - a.fit)) {
    const { hint } = fit.proposal;
    const isTaken = [...answers.values()].some(({ mask }) => maskIou(mask, fit.mask) > DUPLICATE_IOU);
    if (!answers.has(hint) && !isTaken) answers.set(hint, fit);
  }
  return [...chosen, ...[...answers.values()].map(({ proposal }) => proposal)];
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
function cellAt(x: number, y: number, { box, columns, rows }: Grid): Candidate {
  const cell = (value: number, count: number): number =>
    Math.min(count - 1, Math.max(0, Math.floor((value * box.scale) / PEAK_STRIDE)));
  return { column: cell(x, columns), row: cell(y, rows), peak: 1 };
}

/** Cells evenly over the box. Many, since what stands before an object may be where the object's own middle is. */
function cellsOf([x0, y0, x1, y1]: Box, code: Grid): Candidate[] {
  const cells = new Map<number, Candidate>();
  for (let i = 0; i < BOX_CELLS; i++) {
    for (let j = 0; j < BOX_CELLS; j++) {
      const x = x0 + ((j + 0.5) / BOX_CELLS) * (x1 - x0);
      const y = y0 + ((i + 0.5) / BOX_CELLS) * (y1 - y0);
      const cell = cellAt(x, y, code);
      cells.set(cell.row * code.columns + cell.column, cell);
    }
  }
  return [...cells.values()];
}

interface BoxFit {
  proposal: Proposal;
  /** What of it lies in the box. */
  mask: Mask;
  fit: number;
}

/**
 * How well each mask fits the box: how much its own box is like it, times the share of the mask in it, times the
 * mean overlap with what the other cells draw.
 */
function boxFits(drawings: readonly Proposal[], prompt: Box, scale: number): BoxFit[] {
  const [x0, y0, x1, y1] = prompt.map((value) => (value * scale) / FEATURE_STRIDE);
  const masks = drawings.map((drawing) => {
    const whole = positive(drawing);
    const mask = clip(whole, { x0, y0, x1, y1 });
    const inside = maskArea(mask) / Math.max(1, maskArea(whole));
    return { mask, likeness: inside * boxIou(maskBox(mask), { x0, y0, x1, y1 }) };
  });
  const agreement = masks.map(() => 0);
  masks.forEach(({ mask }, i) => {
    for (let k = 0; k < i; k++) {
      const overlap = maskIou(mask, masks[k].mask);
      agreement[i] += overlap;
      agreement[k] += overlap;
    }
  });
  return masks.map(({ mask, likeness }, i) => ({
    proposal: drawings[i],
    mask,
    fit: (likeness * (1 + agreement[i])) / masks.length,
  }));
}

/** Cells that the box touches are kept. */
function clip({ width, height, data }: Mask, { x0, y0, x1, y1 }: PixelBox): Mask {
  const kept = emptyMask(width, height);
  const columns = [Math.max(0, Math.floor(x0)), Math.min(width, Math.ceil(x1))] as const;
  for (let y = Math.max(0, Math.floor(y0)); y < Math.min(height, Math.ceil(y1)); y++) {
    const row = y * width;
    kept.data.set(data.subarray(row + columns[0], row + columns[1]), row + columns[0]);
  }
  return kept;
}

function boxIou(a: PixelBox | undefined, b: PixelBox): number {
  if (a === undefined) return 0;
  const overlap =
    Math.max(0, Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0)) * Math.max(0, Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0));
  const area = ({ x0, y0, x1, y1 }: PixelBox): number => (x1 - x0) * (y1 - y0);
  return overlap / Math.max(1e-9, area(a) + area(b) - overlap);
}
