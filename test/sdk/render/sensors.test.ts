import { describe, expect, test } from 'vitest';
import { quat, vec3 } from '@scenemaker/sdk';
import { GROUND, lookAt, NOTHING, renderSensors } from '@scenemaker/sdk/render';
import { exampleScene } from '../../support/example-scene.js';

const scene = exampleScene();
const camera = lookAt({ from: [0.3, 0.9, 1.4], to: [0, 0.1, 0], width: 160, height: 120 });
const ray = (x: number, y: number) =>
  quat.rotate(camera.cameraToWorld.rotation, [(x + 0.5 - camera.cx) / camera.fx, (y + 0.5 - camera.cy) / camera.fy, 1]);

describe('sensors', () => {
  const { segmentation, depth, color } = renderSensors(scene, camera);
  if (!segmentation || !depth || !color) throw new Error('a picture is missing');

  test('see objects, ground and nothing, each with its depth', () => {
    expect(new Set(segmentation)).toEqual(new Set([NOTHING, GROUND, 0, 1, 2, 3]));
    expect(segmentation.every((id, i) => Number.isNaN(depth[i]) === (id === NOTHING))).toBe(true);
  });

  test('see the ground at its height and within its square', () => {
    const { height, center, halfExtent } = scene.ground;
    const points = Array.from(segmentation.keys())
      .filter((i) => segmentation[i] === GROUND)
      .map((i) => vec3.addScaled(camera.cameraToWorld.translation, ray(i % 160, Math.floor(i / 160)), depth[i]));
    expect(Math.max(...points.map(([, y]) => Math.abs(y - height)))).toBeLessThan(1e-5);
    const reach = points.map(([x, , z]) => Math.max(Math.abs(x - center[0]), Math.abs(z - center[1])));
    expect(Math.max(...reach)).toBeLessThanOrEqual(halfExtent + 1e-6);
    expect(Math.max(...reach)).toBeGreaterThan(0.9 * halfExtent);
  });

  test('give what was asked for alone', () => {
    expect(Object.keys(renderSensors(scene, camera, ['depth'])).sort()).toEqual(['depth', 'height', 'width']);
    expect(color).toHaveLength(3 * 160 * 120);
  });

  test('do not see the ground from below', () => {
    const below = lookAt({ from: [0, -1, 1], to: [0, 0, 0], width: 40, height: 30 });
    expect(renderSensors(scene, below, ['segmentation']).segmentation).not.toContain(GROUND);
  });
});

test('a camera that looks at a point has it in the middle', () => {
  const forward = quat.rotate(camera.cameraToWorld.rotation, [0, 0, 1]);
  expect(vec3.distance(forward, vec3.normalize(vec3.sub([0, 0.1, 0], [0.3, 0.9, 1.4])))).toBeLessThan(1e-9);
  expect(quat.rotate(camera.cameraToWorld.rotation, [1, 0, 0])[1]).toBeCloseTo(0, 9);
});
