import { describe, expect, test } from 'vitest';
import type { Proposal } from '../../../runtime-server/src/stages/segment-masks.js';
import { joinViews, onGrid } from '../../../runtime-server/src/stages/segment-views.js';

/** Logit `level` in the columns from `x0` to `x1`, -8 elsewhere. */
function stripe(x0: number, x1: number, level: number, peak: number, side = 8): Proposal {
  const logits = Float32Array.from({ length: side * side }, (_, i) => (i % side >= x0 && i % side < x1 ? level : -8));
  return { logits, width: side, height: side, peak };
}

describe('what was found at several sizes', () => {
  test('is as sure as its mean where all agree, and drawn as their mean', () => {
    const [joined, ...others] = joinViews([[stripe(0, 4, 2, 0.8)], [stripe(0, 4, 4, 0.6)]]);
    expect(others).toEqual([]);
    expect(joined.peak).toBeCloseTo(0.7);
    expect([...joined.logits.subarray(0, 8)]).toEqual([3, 3, 3, 3, -8, -8, -8, -8]);
  });

  test('is the less sure the fewer found it', () => {
    const views = [[stripe(0, 2, 2, 0.8), stripe(4, 8, 2, 0.8)], [stripe(4, 8, 2, 0.8)], [stripe(2, 4, 2, 0.8)]];
    const peakAt = (column: number): number | undefined =>
      joinViews(views).find(({ logits }) => logits[column] > 0)?.peak;
    expect(peakAt(5)).toBeCloseTo(0.85 * 0.8); // in two of three
    expect(peakAt(0)).toBeCloseTo(0.7 * 0.8);
    expect(peakAt(2)).toBeCloseTo(0.7 * 0.8);
    expect(joinViews(views)).toHaveLength(3);
  });

  test('counts once in each view, the nearest', () => {
    const joined = joinViews([[stripe(0, 6, 2, 0.9)], [stripe(0, 4, 2, 0.9), stripe(0, 7, 2, 0.9)]]);
    expect(joined.map(({ peak }) => peak)).toEqual([expect.closeTo(0.9), expect.closeTo(0.63)]);
    expect(joined[1].logits[4]).toBeLessThan(0); // the narrower one is left
  });

  test('stays as it is where the picture was seen once', () => {
    const alone = [stripe(0, 2, 2, 0.8)];
    expect(joinViews([alone])).toEqual(alone);
    expect(joinViews([])).toEqual([]);
  });

  test('lies at the same place on another grid', () => {
    const coarse = onGrid(stripe(4, 8, 2, 0.8, 16), 8, 8);
    expect([coarse.width, coarse.height, coarse.peak]).toEqual([8, 8, 0.8]);
    expect(Array.from(coarse.logits.subarray(0, 8), (logit) => logit > 0)).toEqual(
      [0, 0, 1, 1, 0, 0, 0, 0].map(Boolean),
    );
  });
});
