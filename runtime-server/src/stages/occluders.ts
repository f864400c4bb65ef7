/** What hides an object: which others are in front, as far as the depth where they meet tells, and how much is seen of it. */
import { emptyMask, maskArea, ownersOf, unionOf } from './mask-ops.js';
import type { Mask } from './stage.js';
import { median } from './order.js';

/**
 * Objects meet where no more than this share of the picture's longer side lies between them. Masks are off by as much:
 * depth is read so far inside them.
 */
const REACH = 0.008;
/** An object that is farther away by this share where two meet lies behind; less is within the error of depth. */
const BEHIND = 0.02;
/** Fewer places where two meet do not tell which is in front. */
const FEWEST = 4;

/**
 * Of each mask the pixels of others that may hide it: of those that meet it and do not lie behind it there, and of those
 * that meet these. An object ends where one that is farther away can be seen.
 *
 * @param depth z of each pixel, row by row, NaN where there is none.
 */
export function occludersOf(masks: readonly Mask[], depth: Float32Array, width: number, height: number): Mask[] {
  const meetings = meetingsOf(masks, depth, width, height);
  return masks.map((mask, object) => {
    const others = [...inFront(object, meetings)].map((other) => masks[other]);
    if (others.length === 0) return emptyMask(width, height);
    const hidden = unionOf(others, width, height);
    for (let i = 0; i < hidden.data.length; i++) if (mask.data[i] !== 0) hidden.data[i] = 0;
    return hidden;
  });
}

/** What `object` may reach behind. */
function inFront(object: number, meetings: readonly ReadonlyMap<number, number[]>[]): Set<number> {
  const behind = (steps: number[]): boolean =>
    steps.length >= FEWEST && (median(Float32Array.from(steps)) ?? 0) > BEHIND;
  const past = new Set([object]);
  const found = new Set<number>();
  for (const [other, steps] of meetings[object]) (behind(steps) ? past : found).add(other);
  for (const next of found) for (const other of meetings[next].keys()) if (!past.has(other)) found.add(other);
  return found;
}

/** For each mask those that meet it, and log(its z / the mask's z) wherever they do and both have one. */
function meetingsOf(
  masks: readonly Mask[],
  depth: Float32Array,
  width: number,
  height: number,
): Map<number, number[]>[] {
  const owner = ownersOf(masks, width, height);
  const meetings = masks.map(() => new Map<number, number[]>());
  const stepsOf = (from: number, to: number): number[] => {
    const steps = meetings[owner[from]].get(owner[to]) ?? [];
    meetings[owner[from]].set(owner[to], steps);
    return steps;
  };
  const reach = Math.max(1, Math.round(REACH * Math.max(width, height)));
  /** The depth farthest from pixel `i` in its mask, at most `reach` pixels of `stride` away and before `end`. */
  const inside = (i: number, stride: number, end: number): number => {
    let found = depth[i];
    for (let k = 1, at = i + stride; k <= reach && at !== end && owner[at] === owner[i]; k++, at += stride) {
      if (Number.isFinite(depth[at])) found = depth[at];
    }
    return found;
  };
  const scan = (first: number, length: number, stride: number): void => {
    let last = -1;
    for (let k = 0, i = first; k < length; k++, i += stride) {
      if (owner[i] < 0) continue;
      if (last >= 0 && owner[last] !== owner[i] && (i - last) / stride <= reach) {
        const step = Math.log(inside(i, stride, first + length * stride) / inside(last, -stride, first - stride));
        const [there, back] = [stepsOf(last, i), stepsOf(i, last)];
        if (Number.isFinite(step)) {
          there.push(step);
          back.push(-step);
        }
      }
      last = i;
    }
  };
  for (let y = 0; y < height; y++) scan(y * width, width, 1);
  for (let x = 0; x < width; x++) scan(x, height, width);
  return meetings;
}

/** 1 where the picture shows neither the object nor one that could hide it. */
export function freePixels(mask: Mask, hidden: Mask): Mask {
  const data = new Uint8Array(mask.data.length);
  for (let i = 0; i < data.length; i++) data[i] = mask.data[i] === 0 && hidden.data[i] === 0 ? 1 : 0;
  return { ...mask, data };
}

/** Visible pixels over the whole object's, both in pixels of the picture; 0 to 1. */
export function visibleFraction(
  mask: Mask,
  { object, window }: { object: { width: number; data: Uint8Array }; window: { side: number } },
): number {
  let whole = 0;
  for (let i = 3; i < object.data.length; i += 4) if (object.data[i] > 127) whole++;
  whole *= (window.side / object.width) ** 2;
  return whole === 0 ? 1 : Math.min(1, maskArea(mask) / whole);
}
