import { describe, expect, test } from 'vitest';
import type { Planes } from '../../../runtime-server/src/stages/picture-ops.js';
import { joinColors } from '../../../runtime-server/src/stages/seamless-colors.js';

const LENGTH = 100;

/** A row of pixels; `red` and `coverage` of each, the red premultiplied. */
const row = (red: (x: number) => number, coverage: (x: number) => number): Planes => {
  const data = new Float32Array(4 * LENGTH);
  for (let x = 0; x < LENGTH; x++) {
    data[x] = red(x) * coverage(x);
    data[3 * LENGTH + x] = coverage(x);
  }
  return { channels: 4, width: LENGTH, height: 1, data };
};
const seen = row(
  () => 1,
  (x) => (x < 20 ? 1 : 0),
);
const redAt = ({ data }: Planes, x: number): number => data[x] / data[3 * LENGTH + x];

describe('colours that were drawn', () => {
  test('begin as what is seen and give way to what was drawn within the reach', () => {
    const object = row(
      (x) => (x < 20 ? 1 : 0.2),
      (x) => (x < 20 ? 1 : 0.8),
    );
    joinColors(object, seen);
    // Of the step of 0.8 there is left exp(-distance / 6 pixels).
    for (const distance of [1, 3, 6, 12]) {
      expect(redAt(object, 19 + distance)).toBeCloseTo(0.2 + 0.8 * Math.exp(-distance / 6), 1);
    }
    expect(redAt(object, 90)).toBeCloseTo(0.2, 3);
  });

  test('leave what is seen and every coverage as they are', () => {
    const object = row(
      (x) => (x < 20 ? 1 : 0.2),
      (x) => (x < 20 ? 1 : x / LENGTH),
    );
    const before = object.data.slice();
    joinColors(object, seen);
    expect(object.data.subarray(0, 20)).toEqual(before.subarray(0, 20));
    expect(object.data.subarray(3 * LENGTH)).toEqual(before.subarray(3 * LENGTH));
  });

  test('do not flow across what is empty', () => {
    const object = row(
      (x) => (x < 20 ? 1 : 0.2),
      (x) => (x === 20 ? 0 : 1),
    );
    joinColors(object, seen);
    expect(redAt(object, 21)).toBeCloseTo(0.2, 5);
  });

  test('stay as they are where nothing is seen', () => {
    const object = row(
      () => 0.3,
      () => 1,
    );
    const nothing = row(
      () => 0,
      () => 0,
    );
    joinColors(object, nothing);
    for (const x of [0, 50, 99]) expect(redAt(object, x)).toBeCloseTo(0.3, 5);
  });
});
