import { describe, expect, test } from 'vitest';
import { absoluteRelativeError, alignDepth } from '../../../runtime-server/src/evaluate/metrics/depth.js';

const truth = Float32Array.of(1, 2, 3, 4, 8, NaN);

describe('depth up to scale and shift', () => {
  test('scale and shift are found', () => {
    const { scale, shift } = alignDepth(
      truth.map((z) => (z - 0.5) / 3),
      truth,
    );
    expect(scale).toBeCloseTo(3, 4);
    expect(shift).toBeCloseTo(0.5, 4);
  });

  test('an estimate that differs by scale and shift alone has no error', () => {
    expect(absoluteRelativeError(truth.map((z) => 7 * z + 2), truth)).toBeLessThan(1e-5); // prettier-ignore
  });

  test('wrong by a tenth, up and down: 0.1 without alignment', () => {
    const estimate = truth.map((z, i) => z * (i % 2 ? 1.1 : 0.9));
    expect(absoluteRelativeError(estimate, truth, { scale: 1, shift: 0 })).toBeCloseTo(0.1, 6);
  });

  test('a missing pixel is wrong by 1; where there is no truth nothing counts', () => {
    const estimate = Float32Array.of(1, 2, 3, 4, NaN, 100);
    expect(absoluteRelativeError(estimate, truth)).toBeCloseTo(1 / 5, 6);
  });

  test('near and far confused: all that is left is one plane', () => {
    expect(alignDepth(truth.map((z) => 9 - z), truth).scale).toBe(0); // prettier-ignore
  });

  test('a constant estimate is aligned without dividing by zero', () => {
    expect(absoluteRelativeError(new Float32Array(6).fill(2), truth)).toBeLessThan(1);
  });

  test('no truth: no number', () => {
    expect(absoluteRelativeError(truth, new Float32Array(6).fill(NaN))).toBeNaN();
  });
});
