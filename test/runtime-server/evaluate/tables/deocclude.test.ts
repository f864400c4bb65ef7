import { describe, expect, test } from 'vitest';
import { Scores } from '../../../../runtime-server/src/evaluate/scores.js';
import { evaluateDeocclude } from '../../../../runtime-server/src/evaluate/tables/deocclude.js';
import type { DeoccludeInput } from '../../../../runtime-server/src/stages/stage.js';
import { stageOf, trueScene } from '../truth-support.js';

const truth = trueScene();
const estimate = { depth: truth.depth, intrinsics: truth.intrinsics, up: truth.up };

describe('deocclude', () => {
  const side = 32;
  const window = { x: 10, y: 10, side };
  /** A red square of which the right half is hidden. */
  const rgba = (covered: (x: number, y: number) => boolean) => ({
    width: side,
    height: side,
    data: Uint8Array.from({ length: 4 * side * side }, (_, i) => {
      const pixel = i >> 2;
      return covered(pixel % side, Math.floor(pixel / side)) && i % 4 !== 1 && i % 4 !== 2 ? 255 : 0;
    }),
  });
  const square = (x: number, y: number): boolean => x >= 8 && x < 24 && y >= 8 && y < 24;
  const maskOf = (set: (x: number, y: number) => boolean) => ({
    width: side,
    height: side,
    data: Uint8Array.from({ length: side * side }, (_, i) => (set(i % side, Math.floor(i / side)) ? 1 : 0)),
  });
  const visible = rgba((x, y) => square(x, y) && x < 16);
  const whole = rgba(square);
  const pair = { window, whole, visible: maskOf((x, y) => square(x, y) && x < 16), hidden: maskOf((x) => x >= 16) };
  const scene = { ...truth, objects: [{ ...truth.objects[0], pair: async () => pair }] };
  const measure = async (object: typeof whole) => {
    const scores = new Scores();
    await evaluateDeocclude(scene, stageOf('deocclude', () => ({ object, window, before: visible, confidence: 0.75 })), estimate, scores, 0); // prettier-ignore
    return scores.report();
  };

  test('the whole object: the highest PSNR and SSIM 1, above the classical fill', async () => {
    const report = await measure(whole);
    expect(report.deocclude).toMatchObject({ psnr: { mean: 60 }, silhouetteIou: { mean: 1 } });
    expect(report.deocclude?.ssim?.mean).toBeCloseTo(1, 5);
    expect(report.deocclude?.psnrGain?.mean).toBeGreaterThan(30);
    expect(report.deocclude?.confidenceError?.mean).toBeCloseTo(0.25, 6);
    expect(report.deoccludeNothing?.confidenceError).toBeUndefined();
    expect(report.deoccludeClassicalFill?.psnrGain?.mean).toBe(0);
  });

  test('nothing filled: a quarter of the hidden pixels is wrong in red and coverage', async () => {
    const report = await measure(visible);
    // 128 of 512 hidden pixels, 2 of 4 channels, by 1.
    expect(report.deocclude?.psnr?.mean).toBeCloseTo(-10 * Math.log10(1 / 8), 4);
    expect(report.deocclude?.silhouetteIou?.mean).toBeCloseTo(0.5, 6);
    expect(report.deoccludeNothing?.psnr?.mean).toBeCloseTo(-10 * Math.log10(1 / 8), 4);
  });

  describe('words that ask for colours', () => {
    const PAINT = { red: [200, 40, 40], green: [70, 150, 60], blue: [50, 90, 190], yellow: [240, 210, 60] };
    /** The right half painted as `paint` says of the words. */
    const steered = async (paint: (words: string) => readonly number[]) => {
      const scores = new Scores();
      const asked: string[] = [];
      const stage = stageOf('deocclude', ({ words }: DeoccludeInput) => {
        asked.push(words);
        const color = paint(words);
        const data = whole.data.map((value, i) => {
          const hidden = (i >> 2) % side >= 16 && whole.data[4 * (i >> 2) + 3] > 0;
          return hidden && i % 4 < 3 ? color[i % 4] : value;
        });
        return { object: { ...whole, data }, window, before: visible, confidence: 1 };
      });
      await evaluateDeocclude(scene, stage, estimate, scores, 0);
      return { row: scores.report().deoccludeWords, asked };
    };

    test('are right where the fill has the colour that was asked for', async () => {
      const { row, asked } = await steered((words) => Object.entries(PAINT).find(([name]) => words.startsWith(name))?.[1] ?? [0, 0, 0]); // prettier-ignore
      expect(row).toMatchObject({ rightColor: { mean: 1, n: 1 }, chance: { mean: 0.25 } });
      expect(asked).toEqual(['a box', 'red box', 'green box', 'blue box', 'yellow box']);
    });

    test('are wrong where every fill is the same, or of another colour', async () => {
      expect((await steered(() => PAINT.red)).row).toMatchObject({ rightColor: { mean: 0 } });
      const { red, green, ...others } = PAINT;
      const swapped = { ...others, red: green, green: red };
      const { row } = await steered((words) => Object.entries(swapped).find(([name]) => words.startsWith(name))?.[1] ?? [0, 0, 0]); // prettier-ignore
      expect(row).toMatchObject({ rightColor: { mean: 0.5 } });
    });
  });

  test('an object of which nothing is hidden does not count', async () => {
    const scores = new Scores();
    const seen = { ...pair, hidden: maskOf(() => false) };
    const clear = { ...truth, objects: [{ ...truth.objects[0], pair: async () => seen }] };
    await evaluateDeocclude(clear, stageOf('deocclude', () => ({ object: whole, window, before: whole, confidence: 1 })), estimate, scores, 0); // prettier-ignore
    expect(scores.report()).toEqual({});
  });
});
