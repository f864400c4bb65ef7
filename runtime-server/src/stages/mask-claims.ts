/** From masks that a model gives, at the picture's size, to segments that do not overlap. */
import { dropSmallParts, emptyMask, maskArea } from './mask-ops.js';
import type { Mask, Segment, SegmentHint, SegmentInput } from './stage.js';

/** An object that nobody asked for and that is smaller than this share of the picture is dropped. */
const SMALLEST_SHARE = 0.002;
/** A part smaller than this share of its mask's largest part is dropped. */
const SMALLEST_PART = 0.1;
/** A mask that keeps less than this share of its pixels was mostly a part of other objects. */
const LEAST_KEPT = 0.4;

/**
 * Pixels go to the masks that were given, then to what was asked for, then to what is surest. Hinted objects are kept
 * however small, in the order of the hints; of the others the best, so that there are `maxObjects` at most.
 */
export function claimMasks(found: readonly Segment[], { picture, hints = [], maxObjects }: SegmentInput): Segment[] {
  const { width, height } = picture;
  const given = hints.flatMap(({ mask, words }, hint) =>
    mask === undefined ? [] : [{ mask, label: words ?? 'object', score: 1, hint }],
  );
  const rank = ({ hint }: Segment): number => (hint === undefined ? 1 : 0);
  const ranked = found
    .filter(({ hint }) => hint === undefined || isAnswered(hints, hint))
    .sort((a, b) => rank(a) - rank(b) || b.score - a.score);
  const taken = new Uint8Array(width * height);
  const claimed: Segment[] = [];
  for (const segment of [...given, ...ranked]) {
    const mask = take(segment.mask, taken);
    const area = maskArea(mask);
    const kept = area / Math.max(1, maskArea(segment.mask));
    const large = area >= SMALLEST_SHARE * width * height && kept >= LEAST_KEPT;
    if (segment.hint === undefined ? large : area > 0) {
      claimed.push({ ...segment, mask });
      for (let i = 0; i < taken.length; i++) taken[i] |= mask.data[i];
    }
  }
  const hinted = claimed.filter(({ hint }) => hint !== undefined).sort((a, b) => (a.hint ?? 0) - (b.hint ?? 0));
  const others = claimed.filter(({ hint }) => hint === undefined).sort((a, b) => b.score - a.score);
  return [...hinted, ...others.slice(0, Math.max(0, (maxObjects ?? Infinity) - hinted.length))];
}

/** Whether a model's answer to this hint counts: there is one, and no mask came with it. */
const isAnswered = (hints: readonly SegmentHint[], hint: number): boolean =>
  hint in hints && hints[hint].mask === undefined;

/** What of the mask nobody has taken, without crumbs. */
function take({ width, height, data }: Mask, taken: Uint8Array): Mask {
  const free = emptyMask(width, height);
  for (let i = 0; i < data.length; i++) free.data[i] = data[i] !== 0 && taken[i] === 0 ? 1 : 0;
  return dropSmallParts(free, SMALLEST_PART);
}
