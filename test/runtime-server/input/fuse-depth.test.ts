import { expect, test } from 'vitest';
import { quat, type Vec3, vec3 } from '@scenemaker/sdk';
import { fuseDepth, type PosedDepth } from '../../../runtime-server/src/input/fuse-depth.js';

const SIZE = 40;
const intrinsics = { fx: 40, fy: 40, cx: SIZE / 2, cy: SIZE / 2 };

/** What a camera sees of a ball of radius 0.5 at (0, 0, 3) before a wall at z = 4, in a world like the first camera's frame. */
function look(
  translation: Vec3,
  turnAboutY: number,
  isValid: (x: number, y: number) => boolean = () => true,
): PosedDepth {
  const rotation = quat.fromAxisAngle([0, 1, 0], turnAboutY);
  const data = new Float32Array(SIZE * SIZE).fill(NaN);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      if (!isValid(x, y)) continue;
      const inCamera: Vec3 = [(x + 0.5 - intrinsics.cx) / intrinsics.fx, (y + 0.5 - intrinsics.cy) / intrinsics.fy, 1];
      const ray = quat.rotate(rotation, inCamera);
      const wall = (4 - translation[2]) / ray[2];
      const toCamera = vec3.sub(translation, [0, 0, 3]);
      const [a, b, c] = [vec3.dot(ray, ray), 2 * vec3.dot(ray, toCamera), vec3.dot(toCamera, toCamera) - 0.25];
      const root = b * b - 4 * a * c;
      data[y * SIZE + x] = root > 0 ? Math.min(wall, (-b - Math.sqrt(root)) / (2 * a)) : wall;
    }
  }
  return { depth: { width: SIZE, height: SIZE, data }, intrinsics, cameraToWorld: { rotation, translation } };
}

const count = (depth: Float32Array) => depth.filter((z) => z > 0).length;

test('another camera fills what the first could not measure, at the right depth', () => {
  const truth = look([0, 0, 0], 0).depth.data;
  const holes = look([0, 0, 0], 0, (x, y) => (x + 3 * y) % 5 !== 0);
  const fused = fuseDepth(holes, [look([0.6, 0, 0.2], -0.2), look([-0.6, 0.1, 0], 0.2)]).data;
  expect(count(fused)).toBeGreaterThan(count(holes.depth.data) + 150);
  const errors = fused
    .map((z, i) => Math.abs(z - (truth[i] ?? NaN)))
    .filter((error) => error >= 0)
    .sort();
  expect(errors[Math.floor(errors.length * 0.9)]).toBeLessThan(0.05);
});

test('noise is averaged where both measured the same surface', () => {
  const [near, far] = [look([0, 0, 0], 0), look([0, 0, 0], 0)];
  near.depth.data = near.depth.data.map((z) => z * 0.995);
  far.depth.data = far.depth.data.map((z) => z * 1.005);
  const fused = fuseDepth(near, [far]).data;
  const truth = look([0, 0, 0], 0).depth.data;
  fused.forEach((z, i) => expect(z).toBeCloseTo(truth[i] ?? NaN, 4));
});

test('what only another camera sees behind a surface does not replace it', () => {
  const first = look([0, 0, 0], 0);
  const fused = fuseDepth(first, [look([1.5, 0, 0], -0.4)]).data;
  const middle = (SIZE / 2) * SIZE + SIZE / 2;
  expect(fused[middle]).toBeCloseTo(2.5, 1);
});

test('a camera that looks away adds nothing', () => {
  const first = look([0, 0, 0], 0, (x) => x > 10);
  const away: PosedDepth = { ...look([0, 0, 0], 0), cameraToWorld: { rotation: [0, 1, 0, 0], translation: [0, 0, 0] } };
  expect(fuseDepth(first, [away]).data).toEqual(first.depth.data);
});
