import { describe, expect, test } from 'vitest';
import { quat, type Camera, type Quat, type SceneObject, type Vec3 } from '@scenemaker/sdk';
import { NOTHING, orbitCamera, rasterise, rasteriseDepth, scaleCamera } from '@scenemaker/sdk/render';
import { ballMesh, boxMesh, exampleObject, exampleScene, lookingDown } from '../../support/example-scene.js';

const upright: Quat = [0, 0, 0, 1];

function place(id: string, translation: Vec3, size: number, changes: Partial<SceneObject> = {}): SceneObject {
  return exampleObject(id, { mesh: boxMesh([1, 1, 1]), pose: { rotation: upright, translation, size }, ...changes });
}

const sceneOf = (...objects: SceneObject[]) => ({ ...exampleScene(), objects });

/** A world point in pixels, by the textbook. */
function project(camera: Camera, point: Vec3): [number, number] {
  const { rotation, translation } = camera.cameraToWorld;
  const relative: Vec3 = [point[0] - translation[0], point[1] - translation[1], point[2] - translation[2]];
  const [x, y, z] = quat.rotate(quat.conjugate(rotation), relative);
  return [camera.cx + (camera.fx * x) / z, camera.cy + (camera.fy * y) / z];
}

/** The hull of points in the plane, clockwise on the screen. */
function hullOf(points: [number, number][]): [number, number][] {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (list: [number, number][]): [number, number][] => {
    const chain: [number, number][] = [];
    for (const p of list) {
      while (chain.length > 1 && turn(chain[chain.length - 2], chain[chain.length - 1], p) <= 0) chain.pop();
      chain.push(p);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

const turn = (a: [number, number], b: [number, number], c: [number, number]): number =>
  (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/** How far a point lies inside a hull's nearest edge, pixels; negative outside. */
function insideBy(hull: [number, number][], p: [number, number]): number {
  const distances = hull.map((a, i) => {
    const b = hull[(i + 1) % hull.length];
    return turn(a, b, p) / Math.hypot(b[0] - a[0], b[1] - a[1]);
  });
  return Math.min(...distances);
}

test.each([0, 1, 2, 3])("a cube's silhouette is its analytic projection within a pixel, pose %i", (seed) => {
  const rotation = quat.normalize([Math.sin(seed + 1), Math.cos(3 * seed), Math.sin(5 * seed), 1]);
  const pose = { rotation, translation: [0.1 * seed, 0.2, -0.1 * seed] as Vec3, size: 0.3 + 0.05 * seed };
  const camera = { ...lookingDown([0, 0.75, 1.3], 0.45), cx: 300, cy: 260, fy: 580 };
  const raster = rasterise(sceneOf(exampleObject('object-1', { mesh: boxMesh([1, 1, 1]), pose })), camera);
  const corners = Array.from({ length: 8 }, (_, i): Vec3 => {
    const corner: Vec3 = [i & 1 ? 0.5 : -0.5, i & 2 ? 0.5 : -0.5, i & 4 ? 0.5 : -0.5];
    const [x, y, z] = quat.rotate(rotation, corner);
    return [
      pose.size * x + pose.translation[0],
      pose.size * y + pose.translation[1],
      pose.size * z + pose.translation[2],
    ];
  });
  const hull = hullOf(corners.map((corner) => project(camera, corner)));
  let wrong = 0;
  let seen = 0;
  for (let y = 0, i = 0; y < raster.height; y++) {
    for (let x = 0; x < raster.width; x++, i++) {
      const inside = insideBy(hull, [x + 0.5, y + 0.5]);
      if (raster.ids[i] === 0) seen++;
      if ((inside > 1 && raster.ids[i] !== 0) || (inside < -1 && raster.ids[i] !== NOTHING)) wrong++;
    }
  }
  expect(wrong).toBe(0);
  expect(seen).toBeGreaterThan(1000);
});

describe('a raster', () => {
  const level = lookingDown([0, 0, 2], 0, 200, 100, 100);
  const middle = 50 * 200 + 100;

  test('has the index of the nearer object, whatever their order', () => {
    const [near, far] = [place('near', [0, 0, 0.5], 0.5), place('far', [0, 0, -1], 1)];
    expect(rasterise(sceneOf(near, far), level).ids[middle]).toBe(0);
    expect(rasterise(sceneOf(far, near), level).ids[middle]).toBe(1);
  });

  test('has depth along the optical axis, not along the ray', () => {
    const { ids, depth } = rasterise(sceneOf(place('wall', [0, 0, 0], 1, { mesh: boxMesh([1, 0.4, 0.2]) })), level);
    const front = 2 - 0.1;
    for (let i = 0; i < ids.length; i++) {
      if (ids[i] === NOTHING) expect(depth[i]).toBeNaN();
      else expect(depth[i]).toBeCloseTo(front, 5);
    }
  });

  test("has a ball's depth at its middle", () => {
    const { depth } = rasterise(sceneOf(place('ball', [0, 0, 0], 0.6, { mesh: ballMesh(48) })), level);
    expect(Math.abs(depth[middle] - (2 - 0.3))).toBeLessThan(1e-3);
  });

  test('covers everything for a camera inside a box', () => {
    const { ids, depth } = rasterise(sceneOf(place('room', [0, 0, 2], 3)), level);
    expect(ids.every((id) => id === 0)).toBe(true);
    expect(depth[middle]).toBeCloseTo(1.5, 5);
  });

  test('leaves out what lies behind the camera', () => {
    expect(rasterise(sceneOf(place('behind', [0, 0, 4], 1)), level).ids.every((id) => id === NOTHING)).toBe(true);
  });

  test('is empty for a scene without objects', () => {
    expect(rasterise(sceneOf(), level).ids.every((id) => id === NOTHING)).toBe(true);
  });
});

describe('a camera', () => {
  test('sees the same at another size', () => {
    const camera = scaleCamera(lookingDown([0, 0.75, 1.3], 0.45), 0.5);
    const [x, y] = project(camera, [0.2, 0.1, -0.1]);
    const [wholeX, wholeY] = project(lookingDown([0, 0.75, 1.3], 0.45), [0.2, 0.1, -0.1]);
    expect([x, y]).toEqual([expect.closeTo(wholeX / 2), expect.closeTo(wholeY / 2)]);
  });

  test.each([0, 1, 2, 3, 4, 5])('that orbits has the whole scene in sight, %i times 60 degrees round', (step) => {
    const scene = exampleScene();
    const camera = orbitCamera(scene, { azimuth: (step * Math.PI) / 3 });
    for (const { mesh, pose } of scene.objects) {
      for (let i = 0; i < mesh.positions.length; i += 3) {
        const turned = quat.rotate(pose.rotation, [mesh.positions[i], mesh.positions[i + 1], mesh.positions[i + 2]]);
        const [x, y] = project(camera, [
          pose.size * turned[0] + pose.translation[0],
          pose.size * turned[1] + pose.translation[1],
          pose.size * turned[2] + pose.translation[2],
        ]);
        expect(x > 0 && x < camera.width && y > 0 && y < camera.height).toBe(true);
      }
    }
    const up = quat.rotate(camera.cameraToWorld.rotation, [1, 0, 0]);
    expect(up[1]).toBeCloseTo(0, 9);
  });
});

test('depth of triangles in the camera frame is that of the nearest, Infinity beside them and behind the camera', () => {
  const view = { width: 4, height: 4, fx: 4, fy: 4, cx: 2, cy: 2 };
  const facing = (z: number, half: number) => [-half, -half, z, half, -half, z, half, half, z, -half, half, z];
  const positions = Float32Array.from([...facing(4, 10), ...facing(2, 0.6), ...facing(-1, 10)]);
  const indices = Uint32Array.from([0, 4, 8].flatMap((first) => [0, 1, 2, 0, 2, 3].map((corner) => first + corner)));
  const depth = rasteriseDepth({ positions, indices }, view);
  expect(depth[5]).toBeCloseTo(2, 5);
  expect(depth[0]).toBeCloseTo(4, 5);
  expect(rasteriseDepth({ positions, indices: indices.slice(6, 12) }, view)[0]).toBe(Infinity);
  expect(rasteriseDepth({ positions, indices: indices.slice(12) }, view).every((z) => z === Infinity)).toBe(true);
});
