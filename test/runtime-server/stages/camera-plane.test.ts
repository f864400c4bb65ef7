import { describe, expect, test } from 'vitest';
import { type Vec3, vec3 } from '@scenemaker/sdk';
import { cameraOfPlane } from '../../../runtime-server/src/stages/camera-plane.js';
import { fitLetterbox } from '../../../runtime-server/src/stages/letterbox.js';

const STRIDE = 2;
const picture = { width: 640, height: 480 };
const box = fitLetterbox(picture, 160, { square: true });
const focal = 500;
const principal = { x: 330, y: 236 };
const up: Vec3 = vec3.normalize([0.1, -0.9, -0.4], [0, -1, 0]);

/** q at a point of the network's input, by its definition. */
function q(x: number, y: number): number {
  const ray: Vec3 = [(x / box.scale - principal.x) / focal, (y / box.scale - principal.y) / focal, 1];
  return -vec3.dot(up, ray);
}

/** The plane through q at the middles of the outermost cells. */
function planeOf(): [number, number, number] {
  const [first, lastX, lastY] = [STRIDE / 2, box.width - STRIDE / 2, box.height - STRIDE / 2];
  const [corner, right, bottom] = [q(first, first), q(lastX, first), q(first, lastY)];
  return [(right - corner) / 2, (bottom - corner) / 2, (right + bottom) / 2];
}

describe('the camera of a plane', () => {
  test('is the one that the plane was made for', () => {
    const found = cameraOfPlane(planeOf(), box, STRIDE, principal);
    expect(found.focal).toBeCloseTo(focal, 3);
    found.up.forEach((value, i) => expect(value).toBeCloseTo(up[i], 6));
  });

  test('has the tilt of the level alone: a slope too steep says a shorter focal length', () => {
    const [across, down, middle] = planeOf();
    const steeper = [
      1.2 * across,
      1.2 * down,
      middle + 0.2 * (middle - q(principal.x * box.scale, principal.y * box.scale)),
    ];
    const found = cameraOfPlane(steeper, box, STRIDE, principal);
    expect(found.focal).toBeCloseTo(focal / 1.2, 3);
    found.up.forEach((value, i) => expect(value).toBeCloseTo(up[i], 6));
  });

  test('is finite for a plane without slope', () => {
    const found = cameraOfPlane([0, 0, 1], box, STRIDE, principal);
    expect(Number.isFinite(found.focal)).toBe(true);
    expect(found.up[2]).toBeCloseTo(-1, 2);
  });
});
