import { describe, expect, test } from 'vitest';
import { fitLetterbox, letterboxPicture, unletterbox } from '../../../runtime-server/src/stages/letterbox.js';
import {
  components,
  decodeMask,
  dilate,
  dropSmallParts,
  encodeMask,
  erode,
  maskBox,
  maskIou,
  resizeMask,
} from '../../../runtime-server/src/stages/mask-ops.js';
import {
  maskedPlanes,
  pictureFromPremultiplied,
  type Planes,
  resample,
  wholeRect,
} from '../../../runtime-server/src/stages/picture-ops.js';
import type { Mask } from '../../../runtime-server/src/stages/stage.js';

const planes = (width: number, values: number[]): Planes => ({
  channels: 1,
  width,
  height: values.length / width,
  data: Float32Array.from(values),
});

/** Rows of '.' and '#'. */
const mask = (...rows: string[]): Mask => ({
  width: rows[0].length,
  height: rows.length,
  data: Uint8Array.from(rows.join(''), (c) => (c === '#' ? 1 : 0)),
});

const drawn = ({ width, height, data }: Mask): string[] =>
  Array.from({ length: height }, (_, y) =>
    [...data.subarray(y * width, (y + 1) * width)].map((v) => (v ? '#' : '.')).join(''),
  );

describe('resampling', () => {
  test('gives a picture back unchanged at its own size', () => {
    const source = planes(3, [1, 2, 3, 4, 5, 6]);
    expect([...resample(source, wholeRect(source), 3, 2).data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('keeps a constant, whatever the window inside', () => {
    const source = planes(4, Array<number>(16).fill(0.25));
    const { data } = resample(source, { x: 0.3, y: 0.7, width: 2.9, height: 2.1 }, 5, 3);
    for (const value of data) expect(value).toBeCloseTo(0.25, 6);
  });

  test('enlarges bilinearly, with pixel centres at half integers', () => {
    const source = planes(2, [0, 4]);
    expect([...resample(source, wholeRect(source), 4, 1).data]).toEqual([0, 1, 3, 4]);
  });

  test('shrinks by a triangle twice as wide as the step, of what lies inside', () => {
    // Centre between samples 0 and 1: weights 3/8 3/8 1/8 on samples 0 to 2, 1/8 beyond the border.
    const source = planes(4, [7, 0, 0, 0]);
    expect([...resample(source, wholeRect(source), 2, 1).data]).toEqual([3, 0]);
    expect([...resample(source, wholeRect(source), 2, 1, 8).data]).toEqual([7 * 0.375 + 1, 1]);
  });

  test('fills what lies beyond the border', () => {
    const source = planes(2, [1, 1, 1, 1]);
    expect([...resample(source, { x: -2, y: 0, width: 4, height: 2 }, 4, 2, 9).data]).toEqual([9, 9, 1, 1, 9, 9, 1, 1]);
    expect([...resample(source, { x: 10, y: 10, width: 2, height: 2 }, 2, 1, 9).data]).toEqual([9, 9]);
  });

  test('does not mix colours with what the mask hides', () => {
    const picture = { width: 2, height: 1, data: Uint8Array.of(200, 100, 0, 255, 255, 255) };
    const shrunk = resample(maskedPlanes(picture, mask('#.')), { x: 0, y: 0, width: 2, height: 1 }, 1, 1, 0);
    const [r, g, b, a] = pictureFromPremultiplied(shrunk).data;
    expect([r, g, b]).toEqual([200, 100, 0]);
    expect(a).toBeGreaterThan(60);
    expect(a).toBeLessThan(160);
  });
});

describe('the letterbox', () => {
  test('fits the longest side and rounds the other up to a multiple of 32', () => {
    expect(fitLetterbox({ width: 400, height: 300 }, 192)).toEqual({
      scale: 0.48,
      innerWidth: 192,
      innerHeight: 144,
      width: 192,
      height: 160,
    });
    expect(fitLetterbox({ width: 400, height: 300 }, 128, { multiple: 16, square: true })).toMatchObject({
      innerHeight: 96,
      width: 128,
      height: 128,
    });
  });

  test('puts the picture at the upper left and grey around it', () => {
    const picture = { width: 4, height: 2, data: new Uint8Array(24).fill(255) };
    const box = fitLetterbox(picture, 64);
    const { data, shape } = letterboxPicture(picture, box);
    expect(shape).toEqual([1, 3, 32, 64]);
    expect(data[0]).toBe(1);
    const padded = letterboxPicture(
      { width: 64, height: 40, data: new Uint8Array(64 * 40 * 3) },
      fitLetterbox({ width: 64, height: 40 }, 64),
    );
    expect(padded.shape).toEqual([1, 3, 64, 64]);
    expect(padded.data[39 * 64]).toBe(0);
    expect(padded.data[40 * 64]).toBe(0.5);
  });

  test('brings answers at half the resolution back to the same place', () => {
    const picture = { width: 128, height: 128 };
    const box = fitLetterbox(picture, 64);
    const answer = Float32Array.from({ length: 32 * 32 }, (_, i) => i % 32);
    const back = unletterbox(answer, box, 2, picture);
    // Cell j of the answer covers picture pixels 4 j to 4 j + 3, its centre is at 4 j + 2.
    expect(back[64 * 128 + 61] + back[64 * 128 + 62]).toBeCloseTo(30, 5);
  });
});

describe('masks', () => {
  const cross = mask('.....', '..#..', '.###.', '..#..', '.....');

  test('have a bounding box with exclusive ends', () => {
    expect(maskBox(cross)).toEqual({ x0: 1, y0: 1, x1: 4, y1: 4 });
    expect(maskBox(mask('..', '..'))).toBeUndefined();
  });

  test('grow and shrink by squares', () => {
    expect(drawn(dilate(mask('.....', '.....', '..#..', '.....', '.....'), 1))).toEqual([
      '.....',
      '.###.',
      '.###.',
      '.###.',
      '.....',
    ]);
    expect(drawn(erode(mask('#####', '#####', '#####', '.....'), 1))).toEqual(['#####', '#####', '.....', '.....']);
    expect(drawn(dilate(mask('#....'), 7))).toEqual(['#####']);
  });

  test('fall into parts that touch along edges', () => {
    const { areas } = components(mask('##..', '..##', '#...'));
    expect(areas).toEqual([2, 2, 1]);
    expect(drawn(dropSmallParts(mask('###.', '....', '...#'), 0.5))).toEqual(['###.', '....', '....']);
  });

  test('compare by overlap over union', () => {
    expect(maskIou(mask('##..'), mask('.##.'))).toBeCloseTo(1 / 3);
    expect(maskIou(mask('..'), mask('..'))).toBe(0);
  });

  test.each([[cross], [mask('##', '##')], [mask('..', '..')], [mask('#.', '.#')]])('survive run lengths', (source) => {
    const runs = encodeMask(source);
    expect(decodeMask(runs)).toEqual(source);
    expect(runs.runs.reduce((sum, run) => sum + run, 0)).toBe(source.data.length);
  });

  test('are resized by the pixel under each centre', () => {
    expect(drawn(resizeMask(mask('#.', '.#'), 4, 2))).toEqual(['##..', '..##']);
    expect(resizeMask(cross, 5, 5)).toBe(cross);
  });
});
