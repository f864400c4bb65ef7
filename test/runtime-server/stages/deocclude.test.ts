import { describe, expect, test } from 'vitest';
import {
  deoccludeCondition,
  dropLooseParts,
  expectedOverlap,
  keepWhatIsSeen,
} from '../../../runtime-server/src/stages/deocclusion.js';
import type { Planes } from '../../../runtime-server/src/stages/picture-ops.js';

/** Three pixels in a row: r of each, then g, b, and coverage; premultiplied. */
const row = (...channels: number[][]): Planes => ({
  channels: 4,
  width: 3,
  height: 1,
  data: Float32Array.from(channels.flat()),
});
const hidden = (...bits: number[]) => ({ width: 3, height: 1, data: Uint8Array.from(bits) });

describe('de-occlusion', () => {
  const seen = row([0.75, 0.2, 0], [0, 0.2, 0], [0, 0, 0], [1, 0.4, 0]);

  test('is conditioned on visible colours, and on what may be hidden and is not visible', () => {
    const { data, shape } = deoccludeCondition(seen, hidden(1, 0, 1));
    expect(shape).toEqual([1, 5, 1, 3]);
    expect([...data]).toEqual([0.5, -1, -1, -1, -1, -1, -1, -1, -1, 1, 0, 0, 0, 0, 1]);
  });

  test('keeps what is seen, adds where something may hide, leaves the background empty', () => {
    const whole = row([0.1, 0.5, 0.5], [0, 0, 0], [0, 0, 0], [1, 1, 1]);
    const apart = row([0.75, 0, 0], [0, 0, 0], [0, 0, 0], [1, 0, 0]);
    const { data } = keepWhatIsSeen(apart, hidden(1, 0, 1), whole);
    expect([...data.subarray(9)]).toEqual([1, 0, 1]);
    expect(data[0]).toBeCloseTo(0.75);
    expect(data[2]).toBeCloseTo(0.5);
  });

  test('fills a pixel that what hides the object covers in part, so that no seam is left', () => {
    const whole = row([0.1, 0.5, 0.5], [0, 0, 0], [0, 0, 0], [1, 1, 1]);
    const { data } = keepWhatIsSeen(seen, hidden(0, 0, 1), whole);
    expect([...data.subarray(9)]).toEqual([1, 1, 1]);
    expect(data[1]).toBeCloseTo(0.2 + 0.6 * 0.5); // what is seen of it, and the rest as drawn
    expect(keepWhatIsSeen(seen, hidden(1, 0, 0), whole).data[10]).toBe(1);
    expect(keepWhatIsSeen(seen, hidden(0, 0, 0), whole).data[10]).toBeCloseTo(0.4);
  });

  test('expects as much overlap as its coverage is sure of', () => {
    // One pixel seen; of two that may be hidden, one is 80 % likely (and taken), one 25 % (and left).
    const condition = deoccludeCondition(row([1, 0, 0], [0, 0, 0], [0, 0, 0], [1, 0, 0]), hidden(0, 1, 1));
    expect(expectedOverlap(Float32Array.of(0, 0.8, 0.25), condition)).toBeCloseTo(1.8 / 2.25, 6);
    expect(expectedOverlap(Float32Array.of(1, 1, 0), condition)).toBe(1);
  });

  test('never adds more coverage than the model gives', () => {
    const { data } = keepWhatIsSeen(seen, hidden(1, 1, 1), row([0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0.25]));
    expect([...data.subarray(9)]).toEqual([1, Math.fround(0.4), 0.25]);
  });

  test('drops what hangs together with nothing that was seen, and keeps soft edges', () => {
    const line = (...alpha: number[]): Planes => ({
      channels: 4,
      width: alpha.length,
      height: 1,
      data: Float32Array.from([0, 0, 0].flatMap(() => alpha).concat(alpha)),
    });
    const object = line(1, 0.8, 0.3, 0.2, 0.9, 0.4);
    dropLooseParts(object, line(1, 0, 0, 0, 0, 0));
    expect([...object.data.subarray(18)].map((a) => Math.round(a * 10) / 10)).toEqual([1, 0.8, 0.3, 0, 0, 0]);
    expect(object.data[4]).toBe(0);
  });
});
