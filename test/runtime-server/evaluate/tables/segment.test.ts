import { describe, expect, test } from 'vitest';
import { Scores } from '../../../../runtime-server/src/evaluate/scores.js';
import { evaluateSegment } from '../../../../runtime-server/src/evaluate/tables/segment.js';
import { evaluateWords } from '../../../../runtime-server/src/evaluate/tables/words.js';
import { emptyMask } from '../../../../runtime-server/src/stages/mask-ops.js';
import type { Segment, SegmentInput, Stage } from '../../../../runtime-server/src/stages/stage.js';
import { SIDE, stageOf, trueScene } from '../truth-support.js';

const truth = trueScene();

const segmentOf = (mask: Segment['mask']): Segment => ({ mask, label: 'box', score: 1 });

describe('segment', () => {
  test('one of two objects found, and one mask of nothing', async () => {
    const nothing = emptyMask(SIDE, SIDE);
    nothing.data.fill(1, 0, 50);
    const scores = new Scores();
    const found = [segmentOf(truth.objects[0].mask), segmentOf(nothing)];
    await evaluateSegment(truth, stageOf('segment', () => found), scores, 0); // prettier-ignore
    expect(scores.report().segment).toMatchObject({
      recall50: { mean: 0.5, n: 2 },
      precision50: { mean: 0.5, n: 2 },
      maskIou: { mean: 1, n: 1 },
      bestIou: { mean: 0.5, n: 2 },
      missed: { mean: 0.5, n: 2 },
      falseMasks: { mean: 1, n: 1 },
    });
  });

  test('a mask of which a half is right, to the pixel, is found; one of less is not', async () => {
    const { mask } = truth.objects[0];
    const pixels = [...mask.data.keys()].filter((i) => mask.data[i] === 1);
    const part = (share: number): Segment => {
      const cut = emptyMask(SIDE, SIDE);
      for (const i of pixels.slice(0, Math.ceil(share * pixels.length))) cut.data[i] = 1;
      return segmentOf(cut);
    };
    const recall = async (share: number): Promise<number | undefined> => {
      const scores = new Scores();
      await evaluateSegment(truth, stageOf('segment', () => [part(share)]), scores, 0); // prettier-ignore
      return scores.report().segment?.recall50?.mean;
    };
    expect(await recall(0.5)).toBe(0.5);
    expect(await recall(0.45)).toBe(0);
  });
});

describe('words', () => {
  const [first, second] = truth.objects;
  const scene = {
    ...truth,
    objects: [
      { ...first, category: 'crate', caption: 'a red crate' },
      { ...second, category: 'box', caption: 'a box' },
    ],
  };
  const measure = async (answer: (words: string) => Segment['mask'] | undefined) => {
    const scores = new Scores();
    const stage = stageOf('segment', ({ hints = [] }: SegmentInput) => {
      const mask = answer(hints[0].words ?? '');
      return mask === undefined ? [] : [{ ...segmentOf(mask), hint: 0 }];
    });
    await evaluateWords(scene, stage, scores, { seed: 0, categories: ['crate', 'lamp', 'box'] });
    return scores.report();
  };

  test('always the first object: right for half of the prompts, as by chance; what is absent is not refused', async () => {
    const report = await measure(() => first.mask);
    for (const table of ['wordsCategory', 'wordsCaption'] as const) {
      expect(report[table]).toMatchObject({
        rightObject: { mean: 0.5, n: 2 },
        chance: { mean: 0.5 },
        refused: { mean: 0 },
      });
    }
    expect(report.wordsAbsent).toMatchObject({ refused: { mean: 0, n: 1 } });
  });

  test('the object that is asked for, and nothing for a lamp', async () => {
    const report = await measure((words) => (words.includes('crate') ? first.mask : words.includes('box') ? second.mask : undefined)); // prettier-ignore
    expect(report.wordsCategory?.rightObject?.mean).toBe(1);
    expect(report.wordsCaption?.rightObject?.mean).toBe(1);
    expect(report.wordsAbsent?.refused?.mean).toBe(1);
  });

  test('categories of which the stage says that it does not know them count by themselves', async () => {
    const scores = new Scores();
    const stage: Stage<SegmentInput, Segment[]> = {
      name: 'segment',
      run: async ({ hints = [] }, { onNote }) => {
        if (hints[0].words === 'crate') onNote?.('hint 1: I know no word "crate"');
        return [{ ...segmentOf(second.mask), hint: 0 }];
      },
      dispose: async () => {},
    };
    await evaluateWords(scene, stage, scores, { seed: 0, categories: ['crate', 'box'] });
    const report = scores.report();
    expect(report.wordsCategory).toMatchObject({ rightObject: { mean: 0.5, n: 2 } });
    expect(report.wordsKnownCategory).toMatchObject({ rightObject: { mean: 1, n: 1 } });
  });

  test('nothing found, or a mask of nothing, is not right', async () => {
    expect((await measure(() => undefined)).wordsCategory).toMatchObject({ rightObject: { mean: 0 }, refused: { mean: 1 } }); // prettier-ignore
    const nothing = emptyMask(SIDE, SIDE);
    nothing.data.fill(1, 0, 50);
    expect((await measure(() => nothing)).wordsCategory).toMatchObject({ rightObject: { mean: 0 }, refused: { mean: 0 } }); // prettier-ignore
  });
});
