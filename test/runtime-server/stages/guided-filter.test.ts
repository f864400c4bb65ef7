import { describe, expect, test } from 'vitest';
import { GuidedFilter } from '../../../runtime-server/src/stages/guided-filter.js';
import { createPlanes, type Planes } from '../../../runtime-server/src/stages/picture-ops.js';

const SIDE = 12;

/** A guide of one colour a pixel. */
function guideOf(color: (x: number, y: number) => number[]): Planes {
  const guide = createPlanes(3, SIDE, SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) {
    color(i % SIDE, Math.floor(i / SIDE)).forEach((value, channel) => (guide.data[channel * SIDE * SIDE + i] = value));
  }
  return guide;
}

function filtered(guide: Planes, values: Float32Array, radius = 2, softness = 1e-4): number[] {
  const { data } = new GuidedFilter(guide, radius, softness).fit(values);
  const size = SIDE * SIDE;
  return Array.from(values, (_, i) => {
    const color = (channel: number): number => data[channel * size + i] * guide.data[channel * size + i];
    return color(0) + color(1) + color(2) + data[3 * size + i];
  });
}

const leftOf = (column: number): Float32Array =>
  Float32Array.from({ length: SIDE * SIDE }, (_, i) => (i % SIDE < column ? 1 : 0));

describe('the guided filter', () => {
  test('where the guide has one colour it is the mean of means', () => {
    const values = new Float32Array(SIDE * SIDE);
    values[5 * SIDE + 5] = 1;
    const result = filtered(guideOf(() => [0.3, 0.6, 0.2]), values, 1); // prettier-ignore
    // Each of the 9 windows about the pixel has the mean 1/9; a pixel two columns away shares 3 of them.
    expect(result[5 * SIDE + 5]).toBeCloseTo(1 / 9, 5);
    expect(result[5 * SIDE + 7]).toBeCloseTo(3 / 81, 5);
    expect(result[5 * SIDE + 8]).toBeCloseTo(0, 5);
  });

  test.each([0, 1, 2])('values that are linear in a colour stay as they are (channel %i)', (channel) => {
    const guide = guideOf((x, y) => [0, 1, 2].map((k) => (k === channel ? (3 * x + y) / 50 : 0.5)));
    const values = Float32Array.from({ length: SIDE * SIDE }, (_, i) => (3 * (i % SIDE) + Math.floor(i / SIDE)) / 25);
    const result = filtered(guide, values, 2, 1e-9);
    result.forEach((value, i) => expect(value).toBeCloseTo(values[i], 3));
  });

  test('an edge goes to where the guide has it', () => {
    const guide = guideOf((x) => (x < 6 ? [0.8, 0.3, 0.2] : [0.4, 0.4, 0.5]));
    for (const column of [5, 7]) {
      const set = filtered(guide, leftOf(column)).map((value) => (value > 0.5 ? 1 : 0));
      expect(set).toEqual(Array.from(leftOf(6)));
    }
  });

  test('an edge fainter than the softness draws nothing', () => {
    const guide = guideOf((x) => (x < 6 ? [0.5, 0.5, 0.5] : [0.5, 0.5, 0.502]));
    const set = filtered(guide, leftOf(7), 2, 0.01).map((value) => (value > 0.5 ? 1 : 0));
    expect(set).toEqual(Array.from(leftOf(7)));
  });
});
