import { describe, expect, test } from 'vitest';
import { quat, type SceneDescription } from '@scenemaker/sdk';
import { Scores } from '../../../../runtime-server/src/evaluate/scores.js';
import { evaluatePipeline } from '../../../../runtime-server/src/evaluate/tables/pipeline.js';
import { trueDescription } from '../../../../runtime-server/src/evaluate/true-description.js';
import type { Pipeline, PipelineRequest } from '../../../../runtime-server/src/pipeline-types.js';
import { uprightFromCamera } from '../../../../runtime-server/src/stages/upright.js';
import { POINTS, trueScene } from '../truth-support.js';

const truth = trueScene();

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

  test('what floats is scored where it is once it has settled, too', async () => {
    const upright = { rotation: quat.fromMat3(uprightFromCamera(truth.up)), translation: [0, 1.1, 0] as const };
    const floating = trueDescription({ ...truth, cameraToWorld: upright });
    const { report } = await run(() => floating);
    expect(report.pipelineWithDepth?.iouB?.mean).toBeGreaterThan(0.9);
    expect(report.pipelineWithDepthSettled?.iouB?.mean).toBeLessThan(0.8);
    expect(report.pipelineWithDepthSettled?.iouB?.mean).toBeGreaterThan(0.1);
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
