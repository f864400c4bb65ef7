import { describe, expect, test } from 'vitest';
import { boxMesh, quat, vec3, type Vec3 } from '@scenemaker/sdk/geometry';
import { freeSpots, indexScene } from '@scenemaker/sdk/queries';
import { lookAt } from '@scenemaker/sdk/render';
import { ball, block, can, queryScene } from '../../support/query-scenes.js';

const table = block([0.6, 0.04, 0.4], [0, 0.4, 0], 'table');
const half = [0.3, 0.2] as const;

describe('free space', () => {
  test('on an empty table begins in its middle, and stays clear of its edge', () => {
    const spots = freeSpots(indexScene(queryScene({ table })), 'table', { footprint: { radius: 0.05 } });
    expect(spots[0].center[2]).toBeCloseTo(0, 1);
    expect(spots[0].center[1]).toBeCloseTo(0.42, 4);
    expect(spots[0].clearance).toBeCloseTo(0.15, 1);
    expect(spots).toHaveLength(8);
    for (const { center } of spots) {
      expect(Math.abs(center[0]) + 0.05).toBeLessThanOrEqual(half[0] + 1e-9);
      expect(Math.abs(center[2]) + 0.05).toBeLessThanOrEqual(half[1] + 1e-9);
    }
  });

  test('keeps away from what stands there', () => {
    const scene = queryScene({ table, can: can(0.05, 0.2, [0.1, 0.52, 0.02]) });
    const spots = freeSpots(indexScene(scene), 'table', { footprint: { radius: 0.06 }, count: 50 });
    expect(spots.length).toBeGreaterThan(5);
    for (const { center } of spots) expect(Math.hypot(center[0] - 0.1, center[2] - 0.02)).toBeGreaterThan(0.11);
    expect(spots[0].center[0]).toBeLessThan(0);
  });

  test('is not there where nothing fits, by size, by clearance or by height', () => {
    const scene = queryScene({ table, roof: block([0.8, 0.02, 0.6], [0, 0.6, 0], 'roof') });
    const index = indexScene(scene);
    expect(freeSpots(index, 'table', { footprint: { radius: 0.21 }, height: 0.1 })).toEqual([]);
    expect(freeSpots(index, 'table', { footprint: { radius: 0.15 }, height: 0.1, clearance: 0.1 })).toEqual([]);
    expect(freeSpots(index, 'table', { footprint: { radius: 0.1 }, height: 0.3 })).toEqual([]);
    expect(freeSpots(index, 'table', { footprint: { radius: 0.1 }, height: 0.1 })).not.toEqual([]);
  });

  test('is under a thing that floats high enough, and not where one sits', () => {
    const scene = queryScene({ ball: ball(0.1, [0, 0.1, 0]) });
    const spots = freeSpots(indexScene(scene), 'ground', { footprint: { radius: 0.1 }, count: 100 });
    expect(Math.min(...spots.map(({ center }) => Math.hypot(center[0], center[2])))).toBeGreaterThan(0.15);
  });

  test('on the ground is where a camera looks, unless it may be unseen', () => {
    const camera = lookAt({ from: [0, 1, 0.5], to: [0, 0, 0] });
    const index = indexScene({ ...queryScene({ ball: ball(0.1, [0, 0.1, 0]) }), cameras: [camera] });
    const footprint = { radius: 0.05 };
    const pixel = (point: Vec3): [number, number] => {
      const { rotation, translation } = camera.cameraToWorld;
      const [x, y, z] = quat.rotate(quat.conjugate(rotation), vec3.sub(point, translation));
      return [camera.cx + (camera.fx * x) / z, camera.cy + (camera.fy * y) / z];
    };
    const inPicture = ([u, v]: [number, number]): boolean => u > 0 && v > 0 && u < camera.width && v < camera.height;
    const seen = freeSpots(index, 'ground', { footprint, count: 100 });
    expect(seen.length).toBeGreaterThan(10);
    for (const { center } of seen) {
      for (const side of [-0.05, 0.05]) {
        expect(inPicture(pixel(vec3.add(center, [side, 0, 0])))).toBe(true);
        expect(inPicture(pixel(vec3.add(center, [0, 0, side])))).toBe(true);
      }
    }
    const [far] = freeSpots(index, 'ground', { footprint, unseen: true });
    expect(inPicture(pixel(far.center))).toBe(false);
  });

  test('begins near a point that is asked for', () => {
    const near = [0.2, 0.42, 0.1] as const;
    const [spot] = freeSpots(indexScene(queryScene({ table })), 'table', { footprint: { radius: 0.05 }, near });
    expect(vec3.distance(spot.center, near)).toBeLessThan(0.01);
  });

  test('turns a long footprint into a narrow gap', () => {
    const narrow = queryScene({
      shelf: { mesh: boxMesh(0.3, 0.01, 0.04), at: [0, 0.3, 0], rotation: quat.fromAxisAngle([0, 1, 0], Math.PI / 4) },
    });
    const [spot] = freeSpots(indexScene(narrow), 'shelf', { footprint: { width: 0.03, depth: 0.3 }, height: 0.1 });
    // The shelf's long side points along (1, 0, -1), the footprint's along z: a quarter turn too far is 3/4 pi.
    expect(spot.yaw).toBeCloseTo((3 * Math.PI) / 4, 5);
    expect(freeSpots(indexScene(narrow), 'shelf', { footprint: { radius: 0.05 } })).toEqual([]);
  });

  test('is on every board of a shelf', () => {
    const boards = queryScene({
      low: block([0.4, 0.02, 0.3], [0, 0.1, 0]),
      high: block([0.4, 0.02, 0.3], [0, 0.4, 0]),
    });
    const low = freeSpots(indexScene(boards), 'low', { footprint: { width: 0.2, depth: 0.1 }, height: 0.2 });
    expect(low[0].center[1]).toBeCloseTo(0.11, 5);
    expect(freeSpots(indexScene(boards), 'low', { footprint: { width: 0.2, depth: 0.1 }, height: 0.35 })).toEqual([]);
  });

  test('needs a footprint with a size, and a support that is there', () => {
    const index = indexScene(queryScene({ table }));
    expect(() => freeSpots(index, 'table', { footprint: { radius: 0 } })).toThrow(
      'a footprint and its height are positive',
    );
    expect(() => freeSpots(index, 'shelf', { footprint: { radius: 0.1 } })).toThrow('there is no object shelf');
  });
});
