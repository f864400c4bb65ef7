import { boxMesh, createRandom, mat3, meshToDistanceField, type Pose, quat, vec3 } from '@scenemaker/sdk';
import { describe, expect, test } from 'vitest';
import { drawPoints, groupPoints, sceneSpace, toSceneSpace } from '../../../runtime-server/src/stages/pose-inputs.js';
import { refinePose, rotationFrom6D } from '../../../runtime-server/src/stages/pose-refine.js';
import {
  type Evidence,
  gatherEvidence,
  sampleDistance,
  scorePose,
} from '../../../runtime-server/src/stages/pose-score.js';
import { searchPoses } from '../../../runtime-server/src/stages/pose-search.js';
import { poseFromNumbers } from '../../../runtime-server/src/stages/pose.js';
import { rotatePoints, uprightFromCamera } from '../../../runtime-server/src/stages/upright.js';
import { drawScene, standing, type SyntheticScene } from '../../support/synthetic-scene.js';

const mesh = boxMesh(0.5, 0.3, 0.2);
const truth = standing(0.1, -1.6, 0.3, 0.6, 0.6);
const field = meshToDistanceField(mesh, { resolution: 40, halfExtent: 0.75 });

function evidenceOf(scene: SyntheticScene, index: number): Evidence {
  const uprightFrom = uprightFromCamera(scene.up);
  const seen = scene.masks.map((mask, i) => ({
    mask,
    points: rotatePoints(uprightFrom, drawPoints(scene.points[i], 512, createRandom(1))),
    cameraPoints: scene.points[i],
  }));
  return gatherEvidence(seen, scene.intrinsics, mat3.transpose(uprightFrom))[index];
}

describe('the distance around a mesh', () => {
  const gradient = new Float64Array(3);

  test('is signed and has a gradient that points away', () => {
    expect(sampleDistance(field, 0.6, 0, 0, gradient)).toBeCloseTo(0.1, 2);
    expect([...gradient].map((g) => Math.round(g))).toEqual([1, 0, 0]);
    expect(sampleDistance(field, 0, 0, 0.1, gradient)).toBeCloseTo(-0.1, 1);
  });

  test('goes on beyond the grid', () => {
    expect(sampleDistance(field, 2.5, 0, 0, gradient)).toBeCloseTo(2, 1);
    expect([...gradient]).toEqual([1, 0, 0]);
  });
});

describe('the score of a pose', () => {
  const scene = drawScene([{ mesh, pose: truth }]);
  const evidence = evidenceOf(scene, 0);
  const best = scorePose(truth, mesh, field, evidence);

  test('is near 1 for the true pose', () => {
    expect(best.distance).toBeLessThan(0.1);
    expect(best.silhouetteIou).toBeGreaterThan(0.93);
    expect(best.depthError).toBeLessThan(0.2);
    expect(best.score).toBeGreaterThan(0.9);
  });

  test.each<[string, Partial<Pose>]>([
    ['shifted', { translation: vec3.add(truth.translation, [0.15, 0, 0]) }],
    ['too far away', { translation: vec3.add(truth.translation, [0, 0, -0.2]) }],
    ['too large', { size: 0.8 }],
    ['too small', { size: 0.45 }],
    ['turned', { rotation: quat.fromAxisAngle([0, 1, 0], 0.1) }],
    ['upside to the side', { rotation: quat.fromAxisAngle([0, 0, 1], Math.PI / 2) }],
  ])('is lower when the object is %s', (_, change) => {
    expect(scorePose({ ...truth, ...change }, mesh, field, evidence).score).toBeLessThan(best.score - 0.05);
  });

  test('does not hold against an object what another one hides', () => {
    const front = { mesh: boxMesh(0.2, 0.5, 0.1), pose: standing(0.1, -1.15, 0.5, 0.35) };
    const hidden = evidenceOf(drawScene([{ mesh, pose: truth }, front]), 0);
    expect(scorePose(truth, mesh, field, hidden).silhouetteIou).toBeGreaterThan(0.9);
  });
});

describe('registration', () => {
  const scene = drawScene([{ mesh, pose: truth }]);
  const evidence = evidenceOf(scene, 0);

  test.each([1, 2, 3, 4, 5, 6])('recovers a small offset from the visible points (seed %i)', (seed) => {
    const random = createRandom(seed);
    const axis = vec3.normalize([random.normal(), random.normal(), random.normal()]);
    const start: Pose = {
      rotation: quat.multiply(quat.fromAxisAngle(axis, 0.15), truth.rotation),
      translation: vec3.add(truth.translation, [
        random.range(-0.04, 0.04),
        random.range(-0.04, 0.04),
        random.range(-0.04, 0.04),
      ]),
      size: truth.size * random.range(0.95, 1.05),
    };
    const { pose, score } = refinePose(start, mesh, field, evidence);
    expect(score.score).toBeGreaterThan(scorePose(start, mesh, field, evidence).score);
    expect(vec3.distance(pose.translation, truth.translation)).toBeLessThan(0.02);
    expect(quat.angleBetween(pose.rotation, truth.rotation)).toBeLessThan(0.05);
    expect(Math.abs(Math.log(pose.size / truth.size))).toBeLessThan(0.04);
  });

  test('never makes a pose worse', () => {
    const { pose, score } = refinePose(truth, mesh, field, evidence);
    expect(score.score).toBeGreaterThanOrEqual(scorePose(truth, mesh, field, evidence).score);
    expect(vec3.distance(pose.translation, truth.translation)).toBeLessThan(0.01);
  });
});

describe('the search', () => {
  const evidence = evidenceOf(drawScene([{ mesh, pose: truth }]), 0);

  test.each<[string, Pose['rotation'], number]>([
    ['turned about the vertical', quat.fromAxisAngle([0, 1, 0], 2.1), 1],
    ['lying on its side', quat.fromAxisAngle([0, 0, 1], Math.PI / 2), 1],
    ['too large and turned', quat.fromAxisAngle([0, 1, 0], -1.2), 1.45],
  ])('finds the pose of a box that was sampled %s', (_, wrong, factor) => {
    const start = {
      rotation: quat.multiply(wrong, truth.rotation),
      translation: vec3.add(truth.translation, [0.05, 0.05, -0.05]),
      size: truth.size * factor,
    };
    const found = searchPoses([start], mesh, field, evidence).reduce((a, b) => (b.score.score > a.score.score ? b : a));
    const { pose, score } = refinePose(found.pose, mesh, field, evidence);
    expect(score.score).toBeGreaterThan(0.85);
    expect(vec3.distance(pose.translation, truth.translation)).toBeLessThan(0.03);
    expect(Math.abs(Math.log(pose.size / truth.size))).toBeLessThan(0.05);
  });
});

test('a search for the best few among rivals finds the same as one that draws every pose', () => {
  const evidence = evidenceOf(drawScene([{ mesh, pose: truth }]), 0);
  const start = { ...truth, rotation: quat.multiply(quat.fromAxisAngle([0, 1, 0], 1), truth.rotation) };
  const all = searchPoses([start], mesh, field, evidence);
  const rivals = all.slice(-4).map(({ score }) => score.score);
  const few = searchPoses([start], mesh, field, evidence, rivals, 3);
  const best = (found: typeof all): typeof all => found.toSorted((a, b) => b.score.score - a.score.score).slice(0, 3);
  expect(few.length).toBeLessThan(all.length);
  expect(best(few)).toEqual(best(all));
});

describe('what the pose model reads', () => {
  test('points are drawn without repetition while there are enough', () => {
    const points = Float32Array.from({ length: 30 }, (_, i) => Math.floor(i / 3));
    const drawn = drawPoints(points, 10, createRandom(3)).filter((_, i) => i % 3 === 0);
    expect([...drawn].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const more = drawPoints(points, 25, createRandom(3)).filter((_, i) => i % 3 === 0);
    expect(new Set(more).size).toBe(10);
  });

  test('the scene is centred on the mean of the objects and scaled by the farthest 95 %', () => {
    const a = Float32Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const b = Float32Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 5 : 0));
    b[0] = 100; // a stray
    expect(sceneSpace([a, b])).toEqual({ centre: [3, 0, 0], scale: 2 });
    expect([...toSceneSpace(Float32Array.of(5, 2, 0), { centre: [3, 0, 0], scale: 2 })]).toEqual([1, 1, 0]);
  });

  test('groups start at the first point and go to the farthest', () => {
    const line = Float32Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? i / 3 : 0));
    const { data, shape } = groupPoints(line, 3, 2);
    expect(shape).toEqual([3, 2, 3]);
    expect([0, 1, 2].map((group) => data[group * 6])).toEqual([0, 9, 4]);
    expect(data[3]).toBe(1);
  });

  test('six numbers become the nearest rotation, columns first', () => {
    const rotation = quat.toMat3(quat.fromAxisAngle(vec3.normalize([1, 2, 3]), 0.8));
    const six = [rotation[0], rotation[3], rotation[6], rotation[1], rotation[4], rotation[7]];
    rotationFrom6D(six).forEach((value, i) => expect(value).toBeCloseTo(rotation[i], 9));
    expect(mat3.determinant(rotationFrom6D([2, 0.1, 0, 1, 3, 0.2]))).toBeCloseTo(1, 9);
    expect(mat3.determinant(rotationFrom6D([0, 0, 0, 0, 0, 0]))).toBeCloseTo(1, 9);
  });

  test('ten numbers become a pose in the units of the points', () => {
    const pose = poseFromNumbers([1, 0, 0, 0, 1, 0, 0.5, -1, 0, Math.log(0.25)], 0, { centre: [1, 2, 3], scale: 2 });
    expect(pose.translation).toEqual([2, 0, 3]);
    expect(pose.size).toBeCloseTo(0.5);
    expect(pose.rotation).toEqual([0, 0, 0, 1]);
  });
});
