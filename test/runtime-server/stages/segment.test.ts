import { describe, expect, test } from 'vitest';
import { GuidedFilter } from '../../../runtime-server/src/stages/guided-filter.js';
import { fitLetterbox } from '../../../runtime-server/src/stages/letterbox.js';
import { maskArea, maskBox, maskIou } from '../../../runtime-server/src/stages/mask-ops.js';
import { planesOf } from '../../../runtime-server/src/stages/picture-ops.js';
import { candidatesFromHints, chooseByHints } from '../../../runtime-server/src/stages/segment-hints.js';
import {
  claimPixels,
  type Proposal,
  proposalScore,
  suppressDuplicates,
} from '../../../runtime-server/src/stages/segment-masks.js';
import { findPeaks } from '../../../runtime-server/src/stages/segment-peaks.js';
import type { Picture } from '../../../runtime-server/src/stages/stage.js';

/** Grey, so that no edge draws a mask; the network sees it as it is. */
const picture = { width: 64, height: 64, data: new Uint8Array(3 * 64 * 64).fill(128) };
const edgesOf = (picture: Picture) => new GuidedFilter(planesOf(picture), 4, 1e-3);
const edges = edgesOf(picture);
const box = fitLetterbox(picture, 64);
const SIDE = 32;

/** Logit `level` in the box (cells of 2 pixels), -8 elsewhere. */
function proposal(x0: number, y0: number, x1: number, y1: number, level: number, peak = 0.9): Proposal {
  const logits = new Float32Array(SIDE * SIDE).fill(-8);
  for (let y = y0; y < y1; y++) logits.fill(level, y * SIDE + x0, y * SIDE + x1);
  return { logits, width: SIDE, height: SIDE, peak };
}

describe('peaks', () => {
  const columns = 16;
  const objectness = new Float32Array(columns * columns);
  objectness[3 * columns + 4] = 0.8;
  objectness[3 * columns + 5] = 0.6; // beside a higher one
  objectness[9 * columns + 9] = 0.9;
  objectness[9 * columns + 10] = 0.9; // an equal neighbour counts once
  objectness[12 * columns + 2] = 0.2; // below the threshold
  const code = { objectness, columns, rows: columns, box };

  test('are local maxima above the threshold, best first', () => {
    expect(findPeaks(code, 0.3, 16).map(({ column, row }) => [column, row])).toEqual([[9, 9], [4, 3]]); // prettier-ignore
    expect(findPeaks(code, 0.3, 1)).toHaveLength(1);
    expect(findPeaks(code, 0.95, 16)).toEqual([]);
  });

  test('are not looked for in the filling', () => {
    const flat = fitLetterbox({ width: 64, height: 32 }, 64);
    expect(findPeaks({ ...code, box: flat }, 0.3, 16).map(({ row }) => row)).toEqual([3]);
  });
});

describe('masks', () => {
  test('score by objectness and by how sure the mask is', () => {
    expect(proposalScore(proposal(2, 2, 6, 6, 20, 0.64))).toBeCloseTo(0.8);
    expect(proposalScore(proposal(2, 2, 6, 6, -1))).toBe(0);
  });

  test('that overlap a better one are dropped', () => {
    const better = proposal(2, 2, 12, 12, 4);
    const kept = suppressDuplicates([proposal(3, 2, 12, 12, 3), better, proposal(20, 20, 30, 30, 1)]);
    expect(kept[0]).toBe(better);
    expect(kept).toHaveLength(2);
  });

  test('get each pixel once', () => {
    const claims = claimPixels([proposal(2, 2, 12, 12, 4), proposal(8, 2, 20, 12, 2)], [], box, picture, edges);
    expect(claims).toHaveLength(2);
    const [a, b] = claims.map(({ mask }) => mask);
    expect(a.data.every((value, i) => value + b.data[i] <= 1)).toBe(true);
    // In their middle row one follows the other.
    const row = Array.from({ length: 64 }, (_, x) => (a.data[14 * 64 + x] ? 'a' : b.data[14 * 64 + x] ? 'b' : ' '));
    expect(row.join('')).toMatch(/^ {4}a{16,20}b{14,20} +$/);
  });

  test('end where the picture has an edge, not where the coarse mask does', () => {
    const red = (i: number): boolean => i % 64 >= 17 && i % 64 < 43 && i >= 15 * 64 && i < 41 * 64;
    const square = { ...picture, data: picture.data.map((value, i) => (i % 3 === 0 && red(Math.floor(i / 3)) ? 220 : value)) }; // prettier-ignore
    for (const [x0, y0, x1, y1] of [
      [9, 8, 21, 20],
      [8, 6, 22, 21],
    ]) {
      const [{ mask }] = claimPixels([proposal(x0, y0, x1, y1, 4)], [], box, square, edgesOf(square));
      const truth = { ...mask, data: mask.data.map((_, i) => (red(i) ? 1 : 0)) };
      // Drawn, they reach 0.85 and 0.80.
      expect(maskIou(mask, truth)).toBeGreaterThan(0.94);
    }
  });

  test('that are tiny are dropped', () => {
    expect(claimPixels([proposal(4, 4, 5, 5, 4)], [], box, picture, edges)).toEqual([]);
    expect(claimPixels([], [], box, picture, edges)).toEqual([]);
  });

  test('that were given win every pixel and come in the order of the hints', () => {
    const data = new Uint8Array(64 * 64);
    for (let y = 0; y < 30; y++) data.fill(1, y * 64, y * 64 + 30);
    const given = { width: 64, height: 64, data };
    const hints = [{ points: [[50, 20] as const] }, { mask: given }];
    const claims = claimPixels([{ ...proposal(2, 2, 28, 12, 8), hint: 0 }], hints, box, picture, edges);
    expect(claims.map(({ hint }) => hint)).toEqual([0, 1]);
    expect(maskArea(claims[1].mask)).toBe(900);
    expect(maskBox(claims[0].mask)?.x0).toBe(30);
  });
});

describe('hints', () => {
  const code = { box, columns: 16, rows: 16 };
  const frame = [16, 16, 32, 40] as const;

  test('by points name the cell under each, by boxes cells all over them', () => {
    const hints = [{ points: [[9, 17] as const, [63, 63] as const] }, { box: frame }, { words: 'mug' }];
    const candidates = candidatesFromHints(hints, code);
    expect(candidates.filter(({ hint }) => hint === 0)).toEqual([
      { column: 2, row: 4, peak: 1, hint: 0 },
      { column: 15, row: 15, peak: 1, hint: 0 },
    ]);
    const cells = candidates.filter(({ hint }) => hint === 1);
    expect(cells.every(({ within }) => within === frame)).toBe(true);
    // The box covers columns 4 to 7 and rows 4 to 9: each once.
    expect(cells.map(({ column, row }) => row * 16 + column).toSorted((a, b) => a - b)).toEqual(
      [4, 5, 6, 7, 8, 9].flatMap((row) => [4, 5, 6, 7].map((column) => row * 16 + column)),
    );
    expect(candidates.every(({ hint }) => hint !== 2)).toBe(true);
  });

  test('by points give the mean of what is drawn', () => {
    const drawn = [proposal(2, 2, 6, 6, 6), proposal(2, 2, 6, 12, 6)].map((one) => ({ ...one, hint: 0 }));
    const [{ logits }] = chooseByHints(drawn, [{ points: [[5, 5], [5, 9]] }], box); // prettier-ignore
    expect([3, 8, 14].map((row) => logits[row * SIDE + 3])).toEqual([6, -1, -8]);
  });

  test('by a box take the mask that fills it, not the surer one before it', () => {
    const before = { ...proposal(10, 8, 14, 14, 9, 1), hint: 0 };
    const meant = { ...proposal(8, 8, 16, 20, 3, 1), hint: 0 };
    const beyond = { ...proposal(2, 2, 30, 30, 9, 1), hint: 0 };
    expect(chooseByHints([before, meant, beyond], [{ box: frame }], box)).toEqual([meant]);
  });

  test('by two boxes are not answered by one object', () => {
    const hints = [{ box: frame }, { box: [16, 16, 34, 40] as const }];
    const first = { ...proposal(8, 8, 16, 20, 5), hint: 0 };
    const same = { ...proposal(8, 8, 16, 20, 5), hint: 1 };
    const other = { ...proposal(12, 8, 17, 14, 5), hint: 1 };
    expect(chooseByHints([first, same, other], hints, box)).toEqual([first, other]);
    expect(chooseByHints([first, same], hints, box)).toEqual([first]);
  });
});
