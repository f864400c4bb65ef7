import { describe, expect, test } from 'vitest';
import { mat3, quat, type SceneDescription, transformPositions, vec3 } from '@scenemaker/sdk';
import { Scores } from '../../../runtime-server/src/evaluate/scores.js';
import { evaluateDeocclude } from '../../../runtime-server/src/evaluate/tables/deocclude.js';
import { evaluateDepth } from '../../../runtime-server/src/evaluate/tables/depth.js';
import { evaluatePipeline } from '../../../runtime-server/src/evaluate/tables/pipeline.js';
import { evaluatePose } from '../../../runtime-server/src/evaluate/tables/pose.js';
import { evaluateSegment } from '../../../runtime-server/src/evaluate/tables/segment.js';
import { evaluateShape } from '../../../runtime-server/src/evaluate/tables/shape.js';
import { evaluateWords } from '../../../runtime-server/src/evaluate/tables/words.js';
import { trueDescription } from '../../../runtime-server/src/evaluate/true-description.js';
import type { Pipeline, PipelineRequest } from '../../../runtime-server/src/pipeline-types.js';
import { emptyMask } from '../../../runtime-server/src/stages/mask-ops.js';
import { wholeObjectWindow } from '../../../runtime-server/src/stages/shape.js';
import type {
  DeoccludeInput,
  DeoccludeOutput,
  PoseInput,
  PoseOutput,
  Segment,
  SegmentInput,
  ShapeInput,
  ShapeOutput,
  Stage,
} from '../../../runtime-server/src/stages/stage.js';
import { objectCube, uprightFromCamera } from '../../../runtime-server/src/stages/upright.js';
import { POINTS, SIDE, trueScene } from './truth-support.js';

const truth = trueScene();

/** A stage that answers what it is told to. */
const stageOf = <Input, Output>(name: Stage<Input, Output>['name'], run: (input: Input) => Output) => ({
  name,
  run: async (input: Input) => run(input),
  dispose: async () => {},
});

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

  test('nothing found, or a mask of nothing, is not right', async () => {
    expect((await measure(() => undefined)).wordsCategory).toMatchObject({ rightObject: { mean: 0 }, refused: { mean: 1 } }); // prettier-ignore
    const nothing = emptyMask(SIDE, SIDE);
    nothing.data.fill(1, 0, 50);
    expect((await measure(() => nothing)).wordsCategory).toMatchObject({ rightObject: { mean: 0 }, refused: { mean: 0 } }); // prettier-ignore
  });
});

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
    await evaluateDeocclude(scene, stageOf('deocclude', () => ({ object, window, before: visible, confidence: 0.75 })), scores, 0); // prettier-ignore
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

  test('an object of which nothing is hidden does not count', async () => {
    const scores = new Scores();
    const seen = { ...pair, hidden: maskOf(() => false) };
    const clear = { ...truth, objects: [{ ...truth.objects[0], pair: async () => seen }] };
    await evaluateDeocclude(clear, stageOf('deocclude', () => ({ object: whole, window, before: whole, confidence: 1 })), scores, 0); // prettier-ignore
    expect(scores.report()).toEqual({});
  });
});

describe('shape', () => {
  const single = { ...truth, objects: truth.objects.slice(0, 1) };
  const [{ mask, pose, shape }] = single.objects;
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
      deocclude: stageOf<DeoccludeInput, DeoccludeOutput>('deocclude', () => ({
        object,
        window,
        before: object,
        confidence: 1,
      })),
      shape: stageOf('shape', make),
    };
    await evaluateShape(single, {
      stages,
      scores,
      points: POINTS,
      seed: 0,
      onFailure: (message) => failures.push(message),
    });
    return { report: scores.report(), failures };
  };
  /** The true mesh, upright and facing the viewer, `stretch` times as wide. */
  const facing = (stretch: number) => (input: ShapeInput) => {
    const seen = wholeObjectWindow(input.object, input.window);
    const { cubeFromCamera } = objectCube(seen, input.intrinsics, input.up, input.points);
    const rotation = quat.multiply(quat.fromMat3(cubeFromCamera), pose.rotation);
    const positions = transformPositions(shape.mesh.positions, rotation, [0, 0, 0]);
    const wide = positions.map((p, i) => (i % 3 === 0 ? stretch * p : p));
    return { mesh: { ...shape.mesh, positions: wide }, score: 1 };
  };

  test.each([1, 2])('the true mesh, %i times as wide: no error, since proportions do not count', async (stretch) => {
    const { report, failures } = await measure(facing(stretch));
    for (const table of ['shape', 'shapePictureAlone', 'shapeWithoutDeocclusion', 'shapeWithoutIcp'] as const) {
      // 1500 points on a cube of side 1.9 lie about 0.1 apart.
      expect(report[table]?.cd?.mean).toBeLessThan(0.01);
      expect(report[table]?.fScore?.mean).toBeGreaterThan(0.9);
    }
    expect(report.shape?.volumeIou?.mean).toBeGreaterThan(0.95);
    expect(report.shapeUnoccluded?.cd?.n).toBe(1);
    expect(report.shapeBox?.volumeIou?.mean).toBeLessThan(0.9);
    expect(failures).toEqual([]);
  });

  test('an object that cannot be made counts as nothing, and is reported', async () => {
    const { report, failures } = await measure(() => {
      throw new RangeError('the generated field has nothing inside');
    });
    expect(report.shape).toMatchObject({ volumeIou: { mean: 0 } });
    expect(report.shape?.fScore?.mean).toBeLessThan(0.05);
    expect(failures).toHaveLength(3);
    expect(failures[0]).toBe('scenes/0000, box-1: the generated field has nothing inside');
  });
});

describe('pose', () => {
  /** Gives the true poses: those of the meshes it is handed. */
  const perfect = (input: PoseInput): PoseOutput => {
    const turn = uprightFromCamera(input.up);
    return input.objects.map(({ mesh }) => {
      const object = truth.objects.find(({ shape }) => shape.mesh === mesh);
      if (object === undefined) throw new Error('not a mesh of this scene');
      const { rotation, translation, size } = object.pose;
      const [x, y, z] = translation;
      const row = (k: number): number => turn[3 * k] * x + turn[3 * k + 1] * y + turn[3 * k + 2] * z;
      return {
        pose: { rotation: quat.multiply(quat.fromMat3(turn), rotation), translation: [row(0), row(1), row(2)], size },
        score: 1,
      };
    });
  };

  test('true poses: no error, in every table', async () => {
    const scores = new Scores();
    const bench = { stage: stageOf('pose', perfect), scores, points: POINTS, seed: 0 };
    await evaluatePose(truth, bench, { depth: truth.depth, intrinsics: truth.intrinsics, up: truth.up });
    const report = scores.report();
    for (const table of ['pose', 'poseCompletePoints', 'poseWithEstimatedDepth'] as const) {
      expect(report[table]?.fScoreS?.mean).toBeGreaterThan(0.99);
      expect(report[table]?.iouB?.mean).toBeGreaterThan(0.9);
      expect(report[table]?.rotationDeg?.mean).toBeLessThan(0.1);
      expect(report[table]?.cdS?.n).toBe(1);
      expect(report[table]?.iouB?.n).toBe(2);
    }
    expect(Object.keys(report.poseWithoutIcp ?? {})).toEqual(['cdS', 'fScoreS', 'cdO', 'fScoreO']);
  });
});

describe('steps of a pose', () => {
  test('are measured where the stage tells them: here the first draw is half a metre off, the best one right', async () => {
    const scores = new Scores();
    const turn = uprightFromCamera(truth.up);
    const stage = stageOf('pose', (input: PoseInput): PoseOutput =>
      input.objects.map((_, index) => {
        const { rotation, translation, size } = truth.objects[index].pose;
        const pose = {
          rotation: quat.multiply(quat.fromMat3(turn), rotation),
          translation: mat3.apply(turn, translation),
          size,
        };
        const off = { ...pose, translation: vec3.add(pose.translation, [0.5, 0, 0]) };
        return { pose, score: 1, drawn: { first: off, best: pose } };
      }),
    );
    await evaluatePose(truth, { stage, scores, points: POINTS, seed: 0 }, undefined);
    const report = scores.report();
    expect(report.pose?.iouB?.mean).toBeGreaterThan(0.9);
    expect(report.poseBestSample?.iouB?.mean).toBeGreaterThan(0.9);
    expect(report.poseOneSample?.iouB?.mean).toBeLessThan(0.2);
    expect(report.poseOneSample?.rotationDeg?.mean).toBeLessThan(0.1);
  });
});

describe('pipeline', () => {
  const run = async (answer: (request: PipelineRequest) => SceneDescription) => {
    const scores = new Scores();
    const requests: PipelineRequest[] = [];
    const pipeline: Pipeline = {
      info: { pack: 'fake@1', digest: 'fake', refusedDevices: [], executionProvider: 'cpu', hints: [] },
      run: async (request) => {
        requests.push(request);
        return answer(request);
      },
      dispose: async () => {},
    };
    await evaluatePipeline(truth, { pipeline, scores, points: POINTS, seed: 0, onFailure: () => {} });
    return { report: scores.report(), requests };
  };

  test('the true scene: no error; what is given grows from table to table', async () => {
    const { report, requests } = await run(() => trueDescription(truth));
    for (const table of ['pipeline', 'pipelineWithDepth', 'pipelineWithMasksAndDepth'] as const) {
      expect(report[table]?.iouB?.mean).toBeGreaterThan(0.9);
      expect(report[table]?.silhouetteIou?.mean).toBeGreaterThan(0.99);
      expect(report[table]?.rotationDeg).toBeUndefined();
    }
    expect(requests.map(({ depth, intrinsics, objects }) => [!!depth, !!intrinsics, objects?.length])).toEqual([
      [false, false, undefined],
      [true, true, undefined],
      [true, true, 2],
    ]);
  });

  test('the order of the objects does not matter: masks say which is which', async () => {
    const { report } = await run(() => {
      const scene = trueDescription(truth);
      return { ...scene, objects: scene.objects.toReversed() };
    });
    expect(report.pipelineWithDepth?.iouB?.mean).toBeGreaterThan(0.9);
  });

  test('objects are also counted by how much of them is seen', async () => {
    const { report } = await run(() => trueDescription(truth));
    expect(report.pipelineUnoccluded?.iouB?.n).toBe(1);
    expect(report.pipelineUnderHalfVisible?.iouB?.n).toBe(1);
    expect(report.pipelineMostlyVisible).toBeUndefined();
  });

  test('one object missing, and none at all', async () => {
    const one = await run(() => ({ ...trueDescription(truth), objects: trueDescription(truth).objects.slice(0, 1) }));
    expect(one.report.pipeline?.iouB?.mean).toBeLessThan(0.55);
    const none = await run(() => ({ ...trueDescription(truth), objects: [] }));
    expect(none.report.pipeline?.iouB).toMatchObject({ mean: 0, n: 2 });
  });

  test('metres do not count without depth, and do with it', async () => {
    const { report } = await run(() => {
      const scene = trueDescription(truth);
      const [camera] = scene.cameras;
      const grown = scene.objects.map((object) => ({
        ...object,
        pose: {
          ...object.pose,
          size: 2 * object.pose.size,
          translation: object.pose.translation.map(
            (x, axis) => 2 * x - camera.cameraToWorld.translation[axis],
          ) as unknown as typeof object.pose.translation,
        },
      }));
      return { ...scene, objects: grown };
    });
    expect(report.pipeline?.iouB?.mean).toBeGreaterThan(0.9);
    expect(report.pipelineWithDepth?.iouB?.mean).toBe(0);
  });
});
