import { describe, expect, test } from 'vitest';
import { boxMesh, sampleSurface } from '@scenemaker/sdk';
import { boxIou, cloudBox } from '../../../runtime-server/src/evaluate/metrics/boxes.js';
import { compareClouds } from '../../../runtime-server/src/evaluate/metrics/clouds.js';
import { applyNormalisation, objectFrame, sceneFrame } from '../../../runtime-server/src/evaluate/metrics/normalise.js';

const shifted = (points: Float32Array, by: readonly number[]): Float32Array => points.map((p, i) => p + by[i % 3]);
const surface = sampleSurface(boxMesh(0.5, 0.3, 0.4), 2000, 1).points;
/** Farther apart than any shift below. */
const sparse = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1);

describe('Chamfer distance and F-Score', () => {
  test('a cloud against itself: 0 and 1', () => {
    const { cd, fScore } = compareClouds(surface, surface);
    expect(cd).toBe(0);
    expect(fScore).toBeCloseTo(1, 7);
  });

  test('a shift by 0.05: the squared distance, both ways, and every point near', () => {
    const { cd, fScore } = compareClouds(sparse, shifted(sparse, [0.05, 0, 0]));
    expect(cd).toBeCloseTo(2 * 0.05 ** 2, 8);
    expect(fScore).toBeCloseTo(1, 7);
  });

  test('a shift by 0.2: no point near', () => {
    const { cd, fScore } = compareClouds(sparse, shifted(sparse, [0, 0.2, 0]));
    expect(cd).toBeCloseTo(2 * 0.2 ** 2, 7);
    expect(fScore).toBe(0);
  });

  test('a half of the cloud: precision 1, recall 1/2, F 2/3; the other half counts in one direction', () => {
    const pair = Float32Array.of(0, 0, 0, 2, 0, 0);
    const { cd, fScore } = compareClouds(pair.slice(0, 3), pair);
    expect(fScore).toBeCloseTo(2 / 3, 6);
    expect(cd).toBeCloseTo(0 + (0 + 4) / 2, 6);
  });

  test('is the same both ways round', () => {
    const other = shifted(surface, [0.1, -0.05, 0.2]);
    expect(compareClouds(surface, other).cd).toBeCloseTo(compareClouds(other, surface).cd, 12);
  });
});

describe('IoU of boxes', () => {
  const unit = { min: [0, 0, 0], max: [1, 1, 1] } as const;
  const moved = (by: number) => ({ min: [by, 0, 0], max: [1 + by, 1, 1] }) as const;

  test('the same box: 1', () => expect(boxIou(unit, unit)).toBe(1));
  test('half over each other: 1/2 over 3/2', () => expect(boxIou(unit, moved(0.5))).toBeCloseTo(1 / 3, 12));
  test('touching: 0', () => expect(boxIou(unit, moved(1))).toBe(0));
  test('apart: 0', () => expect(boxIou(unit, moved(3))).toBe(0));
  test('apart along two axes, where the lacks multiply to a plus: 0', () => {
    expect(boxIou(unit, { min: [3, 3, 0], max: [4, 4, 1] })).toBe(0);
  });
  test('one in the other: the ratio of volumes', () => {
    expect(boxIou(unit, { min: [0.25, 0.25, 0.25], max: [0.75, 0.75, 0.75] })).toBeCloseTo(1 / 8, 12);
  });
  test('flat boxes: 0, not NaN', () => {
    const flat = { min: [0, 0, 0], max: [1, 0, 1] } as const;
    expect(boxIou(flat, flat)).toBe(0);
  });
});

describe('normalised frames', () => {
  test('the true scene fills -1 to 1 along its longest side, and what is compared moves with it', () => {
    const truth = Float32Array.of(0, 0, 0, 4, 1, 2);
    const frame = sceneFrame(truth);
    expect([...applyNormalisation(truth, frame)]).toEqual([-1, -0.25, -0.5, 1, 0.25, 0.5]);
    expect([...applyNormalisation(Float32Array.of(6, 0.5, 1), frame)]).toEqual([2, 0, 0]);
  });

  test('an object reaches from -0.95 to 0.95 along each axis', () => {
    const { min, max } = cloudBox(applyNormalisation(surface, objectFrame(surface)));
    for (let axis = 0; axis < 3; axis++) {
      expect(min[axis]).toBeCloseTo(-0.95, 5);
      expect(max[axis]).toBeCloseTo(0.95, 5);
    }
  });

  test('an axis without extent is only shifted', () => {
    const flat = Float32Array.of(0, 5, 0, 1, 5, 1);
    expect([...applyNormalisation(flat, objectFrame(flat))].map((x) => Number(x.toFixed(5)))).toEqual([
      -0.95, 0, -0.95, 0.95, 0, 0.95,
    ]);
  });
});
