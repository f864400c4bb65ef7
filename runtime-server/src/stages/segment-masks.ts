/** From the masks that were drawn to masks that do not overlap, at the picture's size. */
import { sigmoid } from '../models/index.js';
import type { GuidedFilter } from './guided-filter.js';
import type { Letterbox } from './letterbox.js';
import { dropSmallParts, emptyMask, maskArea, maskIou, type PixelBox } from './mask-ops.js';
import { type Planes, plane, resample, thresholdPlane } from './picture-ops.js';
import type { Mask, Picture, SegmentHint } from './stage.js';

/** One drawn mask, at the resolution of the mask features. */
export interface Proposal {
  logits: Float32Array;
  width: number;
  height: number;
  /** Objectness at the cell whose kernel drew it, 0 to 1. */
  peak: number;
  hint?: number;
  within?: readonly [number, number, number, number];
}

export interface Claim {
  mask: Mask;
  score: number;
  hint?: number;
  /** What it was drawn as; absent for a mask that was given. */
  proposal?: Proposal;
}

/** Masks that overlap by more than this are of one object. */
export const DUPLICATE_IOU = 0.5;
/** An object smaller than this share of the picture is dropped. */
const SMALLEST_SHARE = 0.002;
/** A part smaller than this share of its mask's largest part is dropped. */
const SMALLEST_PART = 0.1;
/** How far, in cells of the mask features, a picture's edges may draw a mask beyond where it was drawn. */
export const EDGE_REACH = 2;
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
 * Every pixel goes to the proposal that the picture's edges say it belongs to most; masks that were given go first.
 * Objects asked for by a hint are kept however small, in the order of the hints; the others best first.
 * @param edges Guided by the picture as the network saw it, without the filling.
 */
export function claimPixels(
  proposals: readonly Proposal[],
  hints: readonly SegmentHint[],
  box: Letterbox,
  picture: Picture,
  edges: GuidedFilter,
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
    claimOne(proposal, given.length + index + 1, owner, highest, box, picture, edges),
  );

  const claims: Claim[] = given.map(({ hint }, index) => ({
    mask: ownedBy(owner, index + 1, picture),
    score: 1,
    hint,
  }));
  proposals.forEach((proposal, index) => {
    const mask = dropSmallParts(ownedBy(owner, given.length + index + 1, picture), SMALLEST_PART);
    const area = maskArea(mask);
    const { hint } = proposal;
    const keep =
      hint === undefined ? area >= SMALLEST_SHARE * width * height && area >= LEAST_KEPT * wanted[index] : area > 0;
    if (keep) claims.push({ mask, score: proposalScore(proposal), proposal, ...(hint !== undefined && { hint }) });
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
  picture: Picture,
  edges: GuidedFilter,
): number {
  const area = pictureBox(proposal, (box.scale * proposal.width) / box.width, picture);
  if (area === undefined) return 0;
  const { x0, y0, x1, y1 } = area;
  const rect = { x: x0 * box.scale, y: y0 * box.scale, width: (x1 - x0) * box.scale, height: (y1 - y0) * box.scale };
  const colorsToShare = resample(edges.fit(drawnMask(proposal, box)), rect, x1 - x0, y1 - y0);
  const [red, green, blue, offset] = [0, 1, 2, 3].map((channel) => plane(colorsToShare, channel));
  let wanted = 0;
  for (let y = y0, k = 0; y < y1; y++) {
    for (let x = x0, i = y * picture.width + x0; x < x1; x++, i++, k++) {
      const [r, g, b] = [picture.data[3 * i], picture.data[3 * i + 1], picture.data[3 * i + 2]];
      const share = (red[k] * r + green[k] * g + blue[k] * b) / 255 + offset[k];
      if (share <= 0.5) continue;
      wanted++;
      if (share <= highest[i]) continue;
      highest[i] = share;
      owner[i] = index;
    }
  }
  return wanted;
}

/** The probability of the mask, at the size of the picture in the network's input. */
export function drawnMask(
  { width, height, logits }: Proposal,
  { innerWidth, innerHeight, width: full }: Letterbox,
): Float32Array {
  const source: Planes = { channels: 1, width, height, data: logits };
  const rect = { x: 0, y: 0, width: (innerWidth * width) / full, height: (innerHeight * width) / full };
  return resample(source, rect, innerWidth, innerHeight).data.map(sigmoid);
}

/** The picture pixels that a proposal can reach: those of its positive cells, and as far as edges may draw it. */
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
    x0: Math.max(0, Math.floor(left), Math.floor((x0 - EDGE_REACH) / scale)),
    y0: Math.max(0, Math.floor(top), Math.floor((y0 - EDGE_REACH) / scale)),
    x1: Math.min(picture.width, Math.ceil(right), Math.ceil((x1 + 1 + EDGE_REACH) / scale)),
    y1: Math.min(picture.height, Math.ceil(bottom), Math.ceil((y1 + 1 + EDGE_REACH) / scale)),
  };
  return x1 >= 0 && reach.x1 > reach.x0 && reach.y1 > reach.y0 ? reach : undefined;
}

/** Where the mask is likelier than not. */
export const positive = ({ logits, width, height }: Proposal): Mask =>
  thresholdPlane({ channels: 1, width, height, data: logits }, 0);

function ownedBy(owner: Uint16Array, index: number, { width, height }: { width: number; height: number }): Mask {
  const mask = emptyMask(width, height);
  for (let i = 0; i < owner.length; i++) mask.data[i] = owner[i] === index ? 1 : 0;
  return mask;
}
