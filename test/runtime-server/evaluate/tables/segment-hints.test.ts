import { describe, expect, test } from 'vitest';
import { Scores } from '../../../../runtime-server/src/evaluate/scores.js';
import { evaluateSegmentHints, innermostPoint } from '../../../../runtime-server/src/evaluate/tables/segment-hints.js';
import { emptyMask, maskBox } from '../../../../runtime-server/src/stages/mask-ops.js';
import type { SegmentInput, SegmentOutput } from '../../../../runtime-server/src/stages/stage.js';
import { trueScene } from '../truth-support.js';

const truth = trueScene();

describe('the innermost point', () => {
  test('is in the thickest part, not in the middle of the box', () => {
    const mask = emptyMask(20, 12);
    for (let x = 0; x < 20; x++) mask.data[6 * 20 + x] = 1; // a thin bar
    for (let y = 2; y < 7; y++) for (let x = 1; x < 6; x++) mask.data[y * 20 + x] = 1; // a square at its left end
    expect(innermostPoint(mask)).toEqual([3.5, 4.5]);
  });

  test('counts the border of the picture as the mask’s', () => {
    const mask = emptyMask(5, 3);
    mask.data.fill(1);
    const [x, y] = innermostPoint(mask);
    expect(y).toBe(1.5);
    expect(x).toBeGreaterThan(1);
    expect(x).toBeLessThan(4);
  });
});

describe('objects that are pointed out', () => {
  /** A stage that draws the object under the hint, and only that of the second object's box. */
  const asked: SegmentInput[] = [];
  const stage = {
    name: 'segment' as const,
    dispose: async () => {},
    run: async (input: SegmentInput): Promise<SegmentOutput> => {
      asked.push(input);
      const { box, points = [] } = input.hints?.[0] ?? {};
      const object = truth.objects.find(({ mask }) => {
        const own = maskBox(mask);
        const [x, y] = points[0] ?? [-1, -1];
        return box === undefined
          ? mask.data[Math.floor(y) * mask.width + Math.floor(x)] === 1
          : own?.x0 === box[0] && own.y1 === box[3];
      });
      if (object === undefined || (box === undefined && object === truth.objects[0])) return [];
      return [{ mask: object.mask, label: 'box', score: 1, hint: 0 }];
    },
  };

  test('are asked for one by one, by box and by point, and scored by the mask that comes back', async () => {
    const scores = new Scores();
    await evaluateSegmentHints(truth, stage, scores, 0);
    const { segmentBoxes, segmentPoints } = scores.report();
    expect(segmentBoxes).toMatchObject({ recall50: { mean: 1, n: 2 }, maskIou: { mean: 1, n: 2 } });
    expect(segmentPoints).toMatchObject({ recall50: { mean: 0.5, n: 2 }, bestIou: { mean: 0.5 }, maskIou: { n: 1 } });
    expect(asked).toHaveLength(4);
    expect(asked.every(({ hints }) => hints?.length === 1)).toBe(true);
  });
});
