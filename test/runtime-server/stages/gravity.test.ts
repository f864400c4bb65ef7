import { type Vec3, vec3 } from '@scenemaker/sdk';
import { describe, expect, test } from 'vitest';
import { upFromDepth } from '../../../runtime-server/src/stages/gravity.js';
import { rayThrough } from '../../../runtime-server/src/stages/upright.js';

const size = { width: 64, height: 48 };
const intrinsics = { fx: 60, fy: 60, cx: 32, cy: 24 };

/** The depth of a level floor 1.5 below a camera that looks down by `pitch` and is rolled by `roll`, 20 at most. */
function floor(pitch: number, roll: number): { up: Vec3; depth: Float32Array } {
  const up: Vec3 = [Math.sin(roll) * Math.cos(pitch), -Math.cos(roll) * Math.cos(pitch), -Math.sin(pitch)];
  const depth = new Float32Array(size.width * size.height);
  for (let i = 0; i < depth.length; i++) {
    const ray = rayThrough(intrinsics, (i % size.width) + 0.5, Math.floor(i / size.width) + 0.5);
    const z = -1.5 / vec3.dot(up, ray);
    depth[i] = z > 0 && z < 20 ? z : NaN;
  }
  return { up, depth };
}

describe('which way is up, from depth alone', () => {
  test.each([
    [10, 0],
    [35, 5],
    [60, -10],
  ])('of a floor seen from a camera that looks down by %d degrees, rolled by %d', (pitch, roll) => {
    const { up, depth } = floor((pitch * Math.PI) / 180, (roll * Math.PI) / 180);
    expect(vec3.dot(upFromDepth(depth, intrinsics, size, 1), up)).toBeGreaterThan(Math.cos(Math.PI / 180));
  });

  test('is not away from a wall, nor from a ceiling', () => {
    const wall = new Float32Array(64 * 48).fill(2);
    expect(upFromDepth(wall, intrinsics, size, 1)[1]).toBeLessThan(-0.5);
    const ceiling = floor(0.5, 0).depth.toReversed();
    expect(upFromDepth(ceiling, intrinsics, size, 1)[1]).toBeLessThan(-0.5);
  });
});
