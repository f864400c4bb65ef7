import { describe, expect, test } from 'vitest';
import { Scores } from '../../../../runtime-server/src/evaluate/scores.js';
import { evaluateDepth } from '../../../../runtime-server/src/evaluate/tables/depth.js';
import { stageOf, trueScene } from '../truth-support.js';

const truth = trueScene();

describe('depth', () => {
  test('scale and shift do not count, the focal length does', async () => {
    const scores = new Scores();
    const { fx, fy, cx, cy } = truth.intrinsics;
    const estimate = {
      depth: truth.depth.map((z) => 0.2 * z + 0.1),
      intrinsics: { fx: 1.2 * fx, fy, cx, cy },
      up: truth.up,
    };
    await evaluateDepth(truth, stageOf('depth', () => estimate), scores, 0); // prettier-ignore
    const report = scores.report().depth ?? {};
    expect(report.absRel?.mean).toBeLessThan(1e-4);
    expect(report.focalError?.mean).toBeCloseTo(0.2, 6);
  });

  test('which of two objects is nearer: right, wrong, and not asked where they are level', async () => {
    const [first, second] = truth.objects;
    const order = async (trueDepth: number[], estimated: number[]) => {
      const scores = new Scores();
      const map = ([a, b]: number[]) =>
        truth.depth.map((_, i) => (first.mask.data[i] ? a : second.mask.data[i] ? b : 3));
      const estimate = { depth: map(estimated), intrinsics: truth.intrinsics, up: truth.up };
      await evaluateDepth({ ...truth, depth: map(trueDepth) }, stageOf('depth', () => estimate), scores, 0); // prettier-ignore
      return scores.report().depth?.depthOrder;
    };
    expect(await order([1, 2], [5, 6])).toMatchObject({ mean: 1, n: 1 });
    expect(await order([2, 1], [5, 6])).toMatchObject({ mean: 0, n: 1 });
    expect(await order([1, 1.04], [5, 6])).toBeUndefined();
  });
});
