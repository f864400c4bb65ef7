import { describe, expect, test } from 'vitest';
import { quat, transformPositions } from '@scenemaker/sdk';
import { Scores } from '../../../../runtime-server/src/evaluate/scores.js';
import { evaluateShape } from '../../../../runtime-server/src/evaluate/tables/shape.js';
import { wholeObjectWindow } from '../../../../runtime-server/src/stages/shape-finish.js';
import type {
  DeoccludeInput,
  DeoccludeOutput,
  SegmentInput,
  SegmentOutput,
  ShapeInput,
  ShapeOutput,
} from '../../../../runtime-server/src/stages/stage.js';
import { objectCube } from '../../../../runtime-server/src/stages/upright.js';
import { POINTS, SIDE, stageOf, trueScene } from '../truth-support.js';

const truth = trueScene();

describe('shape', () => {
  const single = { ...truth, objects: truth.objects.slice(0, 1) };
  const [{ mask, pose, shape }] = single.objects;
  const solids = { round: 0.7, box: 0.1 };
  const window = { x: 0, y: 0, side: SIDE };
  /** The visible pixels, in red. */
  const object = {
    width: SIDE,
    height: SIDE,
    data: Uint8Array.from({ length: 4 * SIDE * SIDE }, (_, i) => (mask.data[i >> 2] && (i % 4 === 0 || i % 4 === 3) ? 255 : 0)), // prettier-ignore
  };
  const measure = async (make: (input: ShapeInput) => ShapeOutput) => {
    const scores = new Scores();
    const failures: string[] = [];
    const stages = {
      segment: stageOf<SegmentInput, SegmentOutput>('segment', ({ hints = [] }) =>
        hints.map((_, hint) => ({ mask, label: 'object', score: 1, hint, solids })),
      ),
      deocclude: stageOf<DeoccludeInput, DeoccludeOutput>('deocclude', () => ({
        object,
        window,
        before: object,
        confidence: 1,
      })),
      shape: stageOf('shape', make),
    };
    const { depth, intrinsics, up } = single;
    const onFailure = (message: string) => failures.push(message);
    const bench = { stages, scores, points: POINTS, seed: 0, onFailure };
    await evaluateShape(single, bench, { depth: depth.map((z) => 2 * z), intrinsics, up });
    return { report: scores.report(), failures };
  };
  /** The true mesh, upright and facing the viewer, `stretch` times as wide. */
  const facing = (stretch: number) => (input: ShapeInput) => {
    const seen = wholeObjectWindow(input.object, input.window);
    const { cubeFromCamera } = objectCube(seen, input.intrinsics, input.up, input.points);
    const rotation = quat.multiply(quat.fromMat3(cubeFromCamera), pose.rotation);
    const positions = transformPositions(shape.mesh.positions, rotation, [0, 0, 0]);
    const wide = positions.map((p, i) => (i % 3 === 0 ? stretch * p : p));
    return { mesh: { ...shape.mesh, positions: wide }, score: 1, place: pose };
  };

  test.each([1, 2])('the true mesh, %i times as wide: no error, since proportions do not count', async (stretch) => {
    const { report, failures } = await measure(facing(stretch));
    for (const table of [
      'shape',
      'shapeWithEstimatedDepth',
      'shapePictureAlone',
      'shapeWithoutDeocclusion',
      'shapeWithoutIcp',
    ] as const) {
      // 1500 points on a cube of side 1.9 lie about 0.1 apart.
      expect(report[table]?.cd?.mean).toBeLessThan(0.01);
      expect(report[table]?.fScore?.mean).toBeGreaterThan(0.9);
    }
    expect(report.shape?.volumeIou?.mean).toBeGreaterThan(0.95);
    expect(report.shapeUnoccluded?.cd?.n).toBe(1);
    expect(report.shapeBox?.volumeIou?.mean).toBeLessThan(0.9);
    expect(failures).toEqual([]);
  });

  test('is told which points were measured, and which the depth stage estimated', async () => {
    const given: { depth: number; measured: boolean; solids: ShapeInput['solids'] }[] = [];
    await measure((input) => {
      const depths = input.points.filter((_, i) => i % 3 === 2).sort();
      given.push({ depth: depths[depths.length >> 1], measured: input.measured, solids: input.solids });
      return facing(1)(input);
    });
    expect(given.map(({ measured }) => measured)).toEqual([true, false, true, true]);
    // What it looks like counts where depth says little or nothing.
    expect(given.map((of) => of.solids)).toEqual([undefined, solids, solids, undefined]);
    expect(given[1].depth / given[0].depth).toBeCloseTo(2, 1);
  });

  test('an object that cannot be made counts as nothing, and is reported', async () => {
    const { report, failures } = await measure(() => {
      throw new RangeError('the generated field has nothing inside');
    });
    expect(report.shape).toMatchObject({ volumeIou: { mean: 0 } });
    expect(report.shape?.fScore?.mean).toBeLessThan(0.05);
    expect(failures).toHaveLength(4);
    expect(failures[0]).toBe('scenes/0000, box-1: the generated field has nothing inside');
  });
});
