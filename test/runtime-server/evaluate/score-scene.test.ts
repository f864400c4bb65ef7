import { describe, expect, test } from 'vitest';
import { boxMesh, quat, vec3 } from '@scenemaker/sdk';
import { alignScale, type PlacedObject, type PlacedScene } from '../../../runtime-server/src/evaluate/placed.js';
import { scoreScene } from '../../../runtime-server/src/evaluate/score-scene.js';
import { POINTS, trueScene } from './truth-support.js';

const truth = trueScene();
const options = { points: POINTS, rotations: true };

/** The truth, with changes to the placed objects. */
function placed(change: (object: PlacedObject, index: number) => PlacedObject | undefined = (object) => object) {
  const objects = truth.objects.map(({ shape, pose }, index) => change({ mesh: shape.mesh, pose }, index));
  return { objects, others: [], intrinsics: truth.intrinsics } satisfies PlacedScene;
}

const moved = (object: PlacedObject, by: readonly [number, number, number]): PlacedObject => ({
  ...object,
  pose: { ...object.pose, translation: vec3.add(object.pose.translation, by) },
});

describe('scores of placed objects', () => {
  test('the truth itself: all but the spacing of the samples is right', () => {
    const { scene, objects, sceneWithoutIcp } = scoreScene(placed(), truth, options);
    expect(scene.cdS).toBeLessThan(0.004);
    expect(scene.fScoreS).toBeGreaterThan(0.99);
    expect(sceneWithoutIcp.cdS).toBeLessThan(0.004);
    for (const row of objects) {
      expect(row.cdO).toBeLessThan(0.01);
      expect(row.iouB).toBeGreaterThan(0.93);
      expect(row.silhouetteIou).toBe(1);
      expect(row.rotationDeg).toBeLessThan(0.1);
      expect(row.sizeError).toBeLessThan(0.03);
    }
  });

  test('the whole scene shifted: registration hides it, boxes and plain clouds do not', () => {
    const { scene, objects, sceneWithoutIcp } = scoreScene(
      placed((object) => moved(object, [0.12, 0, 0])),
      truth,
      options,
    );
    expect(scene.cdS).toBeLessThan(0.006);
    expect(sceneWithoutIcp.cdS).toBeGreaterThan(0.01);
    expect(objects[0].iouB).toBeLessThan(0.75);
    expect(objects[0].cdO).toBeLessThan(0.01);
  });

  test('a turned object: rotation error and silhouette say so, size does not', () => {
    const turn = quat.fromAxisAngle([0, 1, 0], Math.PI / 6);
    const { objects } = scoreScene(
      placed(({ mesh, pose }) => ({ mesh, pose: { ...pose, rotation: quat.multiply(pose.rotation, turn) } })),
      truth,
      options,
    );
    expect(objects[0].rotationDeg).toBeCloseTo(30, 3);
    expect(objects[0].sizeError).toBeLessThan(0.03);
    expect(objects[0].silhouetteIou).toBeLessThan(0.98);
  });

  test('an object that is a quarter too large', () => {
    const { objects } = scoreScene(
      placed(({ mesh, pose }) => ({ mesh, pose: { ...pose, size: 1.25 * pose.size } })),
      truth,
      options,
    );
    expect(objects[0].sizeError).toBeCloseTo(0.25, 1);
    expect(objects[0].iouB).toBeCloseTo(1 / 1.25 ** 3, 1);
    expect(objects[0].cdO).toBeLessThan(0.01);
  });

  test('a missing object counts as nothing in the middle, and has no rotation', () => {
    const { objects, scene } = scoreScene(
      placed((object, index) => (index === 0 ? object : undefined)),
      truth,
      options,
    );
    expect(objects[1]).toMatchObject({ iouB: 0, silhouetteIou: 0 });
    expect(objects[1].fScoreO).toBeLessThan(0.05);
    expect(objects[1].cdO).toBeGreaterThan(0.5);
    expect(objects[1].rotationDeg).toBeUndefined();
    expect(scene.fScoreS).toBeLessThan(0.9);
  });

  test('a scene of which nothing was made has finite scores', () => {
    const { scene } = scoreScene(
      placed(() => undefined),
      truth,
      options,
    );
    expect(Number.isFinite(scene.cdS)).toBe(true);
    expect(scene.fScoreS).toBeLessThan(0.05);
  });

  test('what belongs to no object still counts in the scene', () => {
    const [first] = placed().objects;
    const stray = first && moved({ ...first, mesh: boxMesh(0.5, 0.5, 0.5) }, [1.5, 0, 0]);
    const scored = scoreScene({ ...placed(), others: stray ? [stray] : [] }, truth, options);
    expect(scored.scene.cdS).toBeGreaterThan(0.1);
    expect(scored.objects[0].iouB).toBeGreaterThan(0.93);
  });
});

describe('scenes known up to scale', () => {
  test.each([0.1, 3])('a scene %d times as far and as large is brought back', (factor) => {
    const scaled = placed(({ mesh, pose }) => ({
      mesh,
      pose: { ...pose, translation: vec3.scale(pose.translation, factor), size: factor * pose.size },
    }));
    const { objects } = alignScale(scaled, truth);
    truth.objects.forEach(({ pose }, index) => {
      expect(objects[index]?.pose.size).toBeCloseTo(pose.size, 4);
      expect(vec3.distance(objects[index]?.pose.translation ?? vec3.ZERO, pose.translation)).toBeLessThan(1e-3);
    });
  });

  test('one object at the wrong distance among others stays wrong', () => {
    const { objects } = alignScale(
      placed((object, index) => (index === 0 ? object : moved(object, [0, 0, 0.4]))),
      truth,
    );
    const error = vec3.distance(objects[1]?.pose.translation ?? vec3.ZERO, truth.objects[1].pose.translation);
    expect(error).toBeGreaterThan(0.2);
  });

  test('nothing was made: nothing happens', () => {
    const nothing = { objects: [undefined, undefined], others: [], intrinsics: truth.intrinsics };
    expect(alignScale(nothing, truth)).toEqual(nothing);
  });
});
