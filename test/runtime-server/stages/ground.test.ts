import { boxMesh, createRandom, quat, vec3 } from '@scenemaker/sdk';
import { describe, expect, test } from 'vitest';
import {
  belowObjects,
  findGround,
  type GroundInput,
  type GroundPlane,
  heightOver,
  liesFlat,
  meanColor,
} from '../../../runtime-server/src/stages/ground.js';
import { unionOf } from '../../../runtime-server/src/stages/mask-ops.js';
import { drawScene, standing, type SyntheticScene, upOf } from '../../support/synthetic-scene.js';

const mesh = boxMesh(0.5, 0.3, 0.2);
const objects = [{ mesh, pose: standing(0, -1.8, 0.3, 0.6, 0.3) }];

const inputOf = (scene: SyntheticScene, change: Partial<GroundInput> = {}): GroundInput => ({
  depth: scene.depth,
  intrinsics: scene.intrinsics,
  objects: unionOf(scene.masks, scene.width, scene.height),
  objectPoints: scene.points,
  up: scene.up,
  maxTilt: 0.35,
  tolerance: 0.02,
  seed: 0,
  ...change,
});

describe('the ground', () => {
  test.each([
    [0.3, 0],
    [0.6, 0.2],
    [1, -0.3],
  ])('is found with up off by 10 degrees (pitch %d, roll %d)', (pitch, roll) => {
    const up = upOf(pitch, roll);
    const scene = drawScene(objects, { up });
    const off = quat.rotate(quat.fromAxisAngle(vec3.perpendicular(up), 0.17), up);
    const ground = findGround(inputOf(scene, { up: off }));
    expect(ground?.cameraHeight).toBeCloseTo(1, 3);
    expect(vec3.dot(ground?.up ?? vec3.ZERO, up)).toBeGreaterThan(0.99999);
    expect(ground?.confidence).toBeGreaterThan(0.95);
  });

  test('is found in noisy depth', () => {
    const scene = drawScene(objects);
    const random = createRandom(7);
    const depth = scene.depth.map((z) => z * (1 + 0.01 * random.normal()));
    const ground = findGround(inputOf(scene, { depth }));
    expect(ground?.cameraHeight).toBeCloseTo(1, 1);
    expect(vec3.dot(ground?.up ?? vec3.ZERO, scene.up)).toBeGreaterThan(Math.cos(0.03));
  });

  test('is the table that the objects stand on, not the larger floor below', () => {
    const scene = drawScene(objects);
    const floor = drawScene([], { cameraHeight: 1.7 });
    // The table ends to the left and to the right.
    const depth = scene.depth.map((z, i) =>
      Math.abs((i % 128) - 64) < 28 || scene.masks[0].data[i] ? z : floor.depth[i],
    );
    const ground = findGround(inputOf(scene, { depth }));
    expect(ground?.cameraHeight).toBeCloseTo(1, 2);
    expect(ground?.confidence).toBeLessThan(0.5);
    expect(ground?.isStoodOn).toBe(true);
    // Of an object whose foot is hidden nobody knows how far down it goes.
    const larger = findGround(inputOf(scene, { depth, feetSeen: [false] }));
    expect(larger?.cameraHeight).toBeCloseTo(1.7, 2);
    expect(larger?.isStoodOn).toBe(false);
  });

  test('is not a wall, and not seen where there is none', () => {
    const scene = drawScene(objects);
    const wall = scene.depth.map(() => 3);
    expect(findGround(inputOf(scene, { depth: wall }))).toBeUndefined();
    expect(findGround(inputOf(scene, { depth: scene.depth.map(() => NaN) }))).toBeUndefined();
  });

  test('has height 0 over itself, and the mean colour of its pixels', () => {
    const plane = { up: [0, -1, 0] as const, cameraHeight: 1 };
    expect(heightOver(plane, [3, 1, 2])).toBeCloseTo(0);
    expect(heightOver(plane, [0, 0, 0])).toBe(1);
    const picture = { data: Uint8Array.of(10, 20, 30, 30, 40, 50, 0, 0, 0) };
    expect(meanColor(picture, Uint32Array.of(0, 1))).toEqual([20, 30, 40]);
  });
});

describe('what lies flat', () => {
  const ground: GroundPlane = {
    up: vec3.UP,
    cameraHeight: 1,
    confidence: 1,
    isStoodOn: true,
    pixels: new Uint32Array(0),
  };
  /** The upper side of a plate, so high over the ground. */
  const plate = (height: number): Float32Array =>
    Float32Array.from(
      { length: 300 },
      (_, i) => [((i / 3) % 10) / 50, height - 1, -2 - Math.floor(i / 30) / 50][i % 3],
    );

  test.each([
    [0, true],
    [0.002, true],
    [0.02, false],
    [0.2, false],
  ])('a plate of 18 cm that rises %d m: %s', (height, flat) => {
    expect(liesFlat(ground, plate(height))).toBe(flat);
  });

  test('is not what stands with a thin foot, or noise that spreads upwards', () => {
    const cup = plate(0).map((value, i) => (i % 3 === 1 && i > 150 ? value + 0.1 : value));
    expect(liesFlat(ground, cup)).toBe(false);
  });
});

describe('a plane that objects are seen below', () => {
  const plane: GroundPlane = {
    up: [0, -1, 0],
    cameraHeight: 1,
    confidence: 0.1,
    isStoodOn: true,
    pixels: new Uint32Array(),
  };
  /** Points from a height over the plane upward, straight ahead. */
  const pointsFrom = (height: number): Float32Array =>
    Float32Array.from({ length: 300 }, (_, i) => [0.1, 1 - height - 0.001 * Math.floor(i / 3), 2][i % 3]);

  test('comes down to the lowest of them where most are below it', () => {
    const lowered = belowObjects(plane, [pointsFrom(-0.3), pointsFrom(-0.2), pointsFrom(0.1)], 0.05);
    expect(lowered.cameraHeight).toBeCloseTo(1.3, 2);
    expect(lowered).toMatchObject({ up: plane.up, confidence: plane.confidence });
  });

  test('stays for one of several, for less than the tolerance, and without any', () => {
    expect(belowObjects(plane, [pointsFrom(-0.3), pointsFrom(0), pointsFrom(0.1)], 0.05)).toEqual(plane);
    expect(belowObjects(plane, [pointsFrom(-0.03)], 0.05)).toEqual(plane);
    expect(belowObjects(plane, [new Float32Array()], 0.05)).toEqual(plane);
  });
});
