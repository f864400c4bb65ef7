import { describe, expect, test } from 'vitest';
import { createRandom } from '@scenemaker/sdk';
import { classicalFill } from '../../../runtime-server/src/evaluate/classical-fill.js';
import { HIGHEST_PSNR, psnr, ssim } from '../../../runtime-server/src/evaluate/metrics/pictures.js';
import type { Planes } from '../../../runtime-server/src/stages/picture-ops.js';

const SIDE = 24;
const picture = (value: (x: number, y: number) => number): Planes => ({
  channels: 1,
  width: SIDE,
  height: SIDE,
  data: Float32Array.from({ length: SIDE * SIDE }, (_, i) => value(i % SIDE, Math.floor(i / SIDE))),
});
const flat = (value: number): Planes => picture(() => value);
const random = createRandom(1);
const noisy = picture(() => random.next());

describe('PSNR', () => {
  test('wrong by 0.1 everywhere: 20 dB', () => expect(psnr(flat(0.5), flat(0.6))).toBeCloseTo(20, 5));
  test('wrong by 0.5 in a quarter of the pixels: 10 log 16', () => {
    expect(
      psnr(
        flat(0),
        picture((x, y) => (x < 12 && y < 12 ? 0.5 : 0)),
      ),
    ).toBeCloseTo(10 * Math.log10(16), 5);
  });
  test('the same picture: the highest that is counted', () => expect(psnr(noisy, noisy)).toBe(HIGHEST_PSNR));
  test('only the region counts', () => {
    const region = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (i % SIDE < 3 ? 1 : 0));
    const b = picture((x) => (x < 3 ? 0.01 : 1));
    expect(psnr(flat(0), b, region)).toBeCloseTo(40, 5);
  });
  test('no region: no number', () => expect(psnr(noisy, noisy, new Uint8Array(SIDE * SIDE))).toBeNaN());
});

describe('SSIM', () => {
  test('the same picture: 1', () => expect(ssim(noisy, noisy)).toBeCloseTo(1, 6));
  test('two greys: what is left of the formula', () => {
    const [a, b, c] = [0.2, 0.6, 0.01 ** 2];
    expect(ssim(flat(a), flat(b))).toBeCloseTo((2 * a * b + c) / (a * a + b * b + c), 4);
  });
  test('the negative is unlike', () => {
    expect(ssim(noisy, { ...noisy, data: noisy.data.map((value) => 1 - value) })).toBeLessThan(-0.5);
  });
  test('is the same both ways round', () => {
    const other = picture((x, y) => (x * y) / (SIDE * SIDE));
    expect(ssim(noisy, other)).toBeCloseTo(ssim(other, noisy), 12);
  });
});

describe('the classical fill', () => {
  const middle = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    return x > 5 && x < 18 && y > 5 && y < 18 ? 1 : 0;
  });
  const hide = (source: Planes): Planes => ({ ...source, data: source.data.map((v, i) => (middle[i] ? 0 : v)) });

  test('continues a slope', () => {
    const slope = picture((x, y) => (x + 2 * y) / (3 * SIDE));
    const filled = classicalFill(hide(slope), middle);
    expect(Math.max(...filled.data.map((value, i) => Math.abs(value - slope.data[i])))).toBeLessThan(0.005);
  });

  test('keeps what is known', () => {
    const filled = classicalFill(hide(noisy), middle);
    expect(filled.data.filter((_, i) => middle[i] === 0)).toEqual(noisy.data.filter((_, i) => middle[i] === 0));
  });

  test('a picture of which nothing is known stays empty', () => {
    const filled = classicalFill(flat(0), new Uint8Array(SIDE * SIDE).fill(1));
    expect(filled.data.every((value) => value === 0)).toBe(true);
  });
});
