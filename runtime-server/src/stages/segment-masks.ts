/** From the masks that were drawn to masks that do not overlap, at the picture's size. */
import { sigmoid } from '../models/index.js';
import type { Letterbox } from './letterbox.js';
import { dropSmallParts, emptyMask, maskArea, maskIou, type PixelBox } from './mask-ops.js';
import { type Planes, resample } from './picture-ops.js';
import type { Mask, SegmentHint } from './stage.js';

/** One drawn mask, at the resolution of the mask features. */
export interface Proposal {
  logits: Float32Array;
  width: number;
  height: number;
  /** Objectness at the cell whose kernel drew it, 0 to 1. */
  peak: number;
  embedding: Float32Array;
  hint?: number;
  within?: readonly [number, number, number, number];
  /** How many kernels were averaged. */
  drawings: number;
}

export interface Claim {
  mask: Mask;
  score: number;
  hint?: number;
  embedding?: Float32Array;
}

const DUPLICATE_IOU = 0.5;
/** An object smaller than this share of the picture is dropped. */
const SMALLEST_SHARE = 0.002;
/** A part smaller than this share of its mask's largest part is dropped. */
const SMALLEST_PART = 0.1;
/** A mask that keeps less than this share of its pixels was mostly a part of other objects. */
const LEAST_KEPT = 0.4;

/** sqrt(objectness * mean mask probability inside the mask), 0 to 1. */
export function proposalScore({ logits, peak }: Pick<Proposal, 'logits' | 'peak'>): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < logits.length; i++) {
    if (logits[i] <= 0) continue;
    sum += sigmoid(logits[i]);
    count++;
  }
  return count === 0 ? 0 : Math.sqrt((peak * sum) / count);
}

/** Drops proposals that overlap a better one, and empty ones; best first. */
export function suppressDuplicates(proposals: readonly Proposal[]): Proposal[] {
  const ranked = proposals
    .map((proposal) => ({ proposal, score: proposalScore(proposal), mask: positive(proposal) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const kept: typeof ranked = [];
  for (const candidate of ranked) {
    if (kept.every(({ mask }) => maskIou(mask, candidate.mask) <= DUPLICATE_IOU)) kept.push(candidate);
  }
  return kept.map(({ proposal }) => proposal);
}

/**
 * Every pixel goes to the proposal with the highest probability there; masks that were given go first.
 * Objects asked for by a hint are kept however small, in the order of the hints; the others best first.
 */
export function claimPixels(
  proposals: readonly Proposal[],
  hints: readonly SegmentHint[],
  box: Letterbox,
  picture: { width: number; height: number },
): Claim[] {
  const { width, height } = picture;
  const owner = new Uint16Array(width * height);
  const highest = new Float32Array(width * height);
  const given = hints.flatMap(({ mask }, hint) => (mask === undefined ? [] : [{ mask, hint }]));
  given.forEach(({ mask }, index) => {
    for (let i = 0; i < owner.length; i++) {
      if (mask.data[i] === 0 || highest[i] === Infinity) continue;
      owner[i] = index + 1;
      highest[i] = Infinity;
    }
  });
  const wanted = proposals.map((proposal, index) =>
    claimOne(proposal, given.length + index + 1, owner, highest, box, picture),
  );

  const claims: Claim[] = given.map(({ hint }, index) => ({
    mask: ownedBy(owner, index + 1, picture),
    score: 1,
    hint,
  }));
  proposals.forEach((proposal, index) => {
    const mask = dropSmallParts(ownedBy(owner, given.length + index + 1, picture), SMALLEST_PART);
    const area = maskArea(mask);
    const { hint, embedding } = proposal;
    const keep =
      hint === undefined ? area >= SMALLEST_SHARE * width * height && area >= LEAST_KEPT * wanted[index] : area > 0;
    if (keep) claims.push({ mask, score: proposalScore(proposal), embedding, ...(hint !== undefined && { hint }) });
  });
  return claims
    .filter(({ mask }) => maskArea(mask) > 0)
    .sort((a, b) => (a.hint ?? Infinity) - (b.hint ?? Infinity) || b.score - a.score);
}

/** Takes the pixels where this proposal beats the earlier ones; returns how many it wanted. */
function claimOne(
  proposal: Proposal,
  index: number,
  owner: Uint16Array,
  highest: Float32Array,
  box: Letterbox,
  picture: { width: number; height: number },
): number {
  const scale = (box.scale * proposal.width) / box.width;
  const area = pictureBox(proposal, scale, picture);
  if (area === undefined) return 0;
  const { x0, y0, x1, y1 } = area;
  const source: Planes = { channels: 1, width: proposal.width, height: proposal.height, data: proposal.logits };
  const rect = { x: x0 * scale, y: y0 * scale, width: (x1 - x0) * scale, height: (y1 - y0) * scale };
  const logits = resample(source, rect, x1 - x0, y1 - y0).data;
  let wanted = 0;
  for (let y = y0, k = 0; y < y1; y++) {
    for (let x = x0, i = y * picture.width + x0; x < x1; x++, i++, k++) {
      if (logits[k] <= 0) continue;
      wanted++;
      if (logits[k] <= highest[i]) continue;
      highest[i] = logits[k];
      owner[i] = index;
    }
  }
  return wanted;
}

/** The picture pixels that a proposal can reach: those of its positive cells, with a cell of room. */
function pictureBox(
  proposal: Proposal,
  scale: number,
  picture: { width: number; height: number },
): PixelBox | undefined {
  const { width, height, logits, within } = proposal;
  let x0 = width;
  let y0 = height;
  let x1 = -1;
  let y1 = -1;
  for (let i = 0; i < logits.length; i++) {
    if (logits[i] <= 0) continue;
    const x = i % width;
    const y = Math.floor(i / width);
    x0 = Math.min(x0, x);
    y0 = Math.min(y0, y);
    x1 = Math.max(x1, x);
    y1 = Math.max(y1, y);
  }
  const [left, top, right, bottom] = within ?? [0, 0, picture.width, picture.height];
  const reach = {
    x0: Math.max(0, Math.floor(left), Math.floor((x0 - 1) / scale)),
    y0: Math.max(0, Math.floor(top), Math.floor((y0 - 1) / scale)),
    x1: Math.min(picture.width, Math.ceil(right), Math.ceil((x1 + 2) / scale)),
    y1: Math.min(picture.height, Math.ceil(bottom), Math.ceil((y1 + 2) / scale)),
  };
  return x1 >= 0 && reach.x1 > reach.x0 && reach.y1 > reach.y0 ? reach : undefined;
}

function positive({ logits, width, height }: Proposal): Mask {
  return { width, height, data: Uint8Array.from(logits, (logit) => (logit > 0 ? 1 : 0)) };
}

function ownedBy(owner: Uint16Array, index: number, { width, height }: { width: number; height: number }): Mask {
  const mask = emptyMask(width, height);
  for (let i = 0; i < owner.length; i++) mask.data[i] = owner[i] === index ? 1 : 0;
  return mask;
}
