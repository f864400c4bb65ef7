import { describe, expect, test } from 'vitest';
import { judgeMasks } from '../../../runtime-server/src/evaluate/metrics/masks.js';
import { emptyMask } from '../../../runtime-server/src/stages/mask-ops.js';
import type { Mask } from '../../../runtime-server/src/stages/stage.js';

const [WIDTH, HEIGHT] = [20, 10];

/** Columns `from` to `to` (exclusive) of all rows, or of `rows` rows. */
function columns(from: number, to: number, rows = HEIGHT): Mask {
  const mask = emptyMask(WIDTH, HEIGHT);
  for (let y = 0; y < rows; y++) mask.data.fill(1, y * WIDTH + from, y * WIDTH + to);
  return mask;
}

const fates = (found: Mask[], truths: Mask[]): string[] => judgeMasks(found, truths).truths.map(({ fate }) => fate);

describe('what became of each true mask', () => {
  test('the same mask is right, with IoU 1', () => {
    expect(judgeMasks([columns(2, 6)], [columns(2, 6)])).toEqual({
      truths: [{ fate: 'right', bestIou: 1 }],
      found: [{ right: true, onTruth: true }],
    });
  });

  test('IoU 0.5 is right, less is not', () => {
    // 4 of 8 columns; 7 of 10 rows.
    expect(judgeMasks([columns(0, 8)], [columns(4, 8)]).truths).toEqual([{ fate: 'right', bestIou: 0.5 }]);
    const { truths } = judgeMasks([columns(0, 16, 7)], [columns(0, 16)]);
    expect(truths).toEqual([{ fate: 'right', bestIou: 0.7 }]);
    expect(fates([columns(0, 9)], [columns(5, 9)])).toEqual(['missed']);
  });

  test('one mask over two objects: both are merged', () => {
    expect(fates([columns(0, 12)], [columns(0, 5), columns(7, 12)])).toEqual(['merged', 'merged']);
  });

  test('one mask over a large and a small object: the large one is right, the small one merged', () => {
    expect(fates([columns(0, 12)], [columns(0, 10), columns(10, 12)])).toEqual(['right', 'merged']);
  });

  test('a mask that covers less than half of the second object merges nothing', () => {
    expect(fates([columns(0, 4)], [columns(0, 2), columns(3, 15)])).toEqual(['right', 'missed']);
  });

  test('two masks that share an object: it is split; one of them alone: it is missed', () => {
    const truth = columns(0, 10);
    const [left, right] = [columns(0, 4), columns(6, 10)];
    expect(fates([left, right], [truth])).toEqual(['split']);
    expect(fates([left], [truth])).toEqual(['missed']);
  });

  test('two masks that together cover less than half: missed', () => {
    expect(fates([columns(0, 2), columns(8, 10)], [columns(0, 10)])).toEqual(['missed']);
  });

  test('a mask beside every object is on no truth; half on one it is', () => {
    const { found } = judgeMasks([columns(10, 14), columns(3, 7)], [columns(0, 5)]);
    expect(found).toEqual([
      { right: false, onTruth: false },
      { right: false, onTruth: true },
    ]);
  });

  test('nothing found, nothing marked, an empty found mask', () => {
    expect(judgeMasks([], [columns(0, 5)]).truths).toEqual([{ fate: 'missed', bestIou: 0 }]);
    expect(judgeMasks([columns(0, 5)], [])).toEqual({ truths: [], found: [{ right: false, onTruth: false }] });
    expect(judgeMasks([emptyMask(WIDTH, HEIGHT)], [columns(0, 5)]).truths).toEqual([{ fate: 'missed', bestIou: 0 }]);
  });
});
