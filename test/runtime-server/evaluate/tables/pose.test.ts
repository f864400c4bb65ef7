import { describe, expect, test } from 'vitest';
import { mat3, quat, vec3 } from '@scenemaker/sdk';
import { Scores } from '../../../../runtime-server/src/evaluate/scores.js';
import { evaluatePose } from '../../../../runtime-server/src/evaluate/tables/pose.js';
import type { PoseInput, PoseOutput } from '../../../../runtime-server/src/stages/stage.js';
import { uprightFromCamera } from '../../../../runtime-server/src/stages/upright.js';
import { POINTS, stageOf, trueScene } from '../truth-support.js';

const truth = trueScene();

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
