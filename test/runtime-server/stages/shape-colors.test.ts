import { type Mesh, sphereMesh } from '@scenemaker/sdk';
import { describe, expect, test } from 'vitest';
import { projectColors } from '../../../runtime-server/src/stages/shape-colors.js';

const intrinsics = { fx: 100, fy: 100, cx: 50, cy: 50 };
const window = { x: 0, y: 0, side: 100 };
/** A ball a metre across, two metres away, in the camera's frame. */
const ball = sphereMesh(0.5);
const positions = ball.positions.map((value, i) => (i % 3 === 2 ? value + 2 : value));
const blue = Uint8Array.from({ length: (ball.positions.length / 3) * 4 }, (_, i) => [0, 0, 200, 255][i % 4]);
/** Red where the ball is seen. */
const picture = {
  width: 100,
  height: 100,
  data: Uint8Array.from({ length: 40_000 }, (_, i) => [200, 0, 0, 255][i % 4]),
};

/** Red and blue of the vertices about the camera's axis, in front and behind. */
function colored(others?: Float32Array[]): Record<'front' | 'behind', number[][]> {
  const colors = blue.slice();
  const mesh: Mesh = { ...ball, colors };
  projectColors(mesh, positions, 1, picture, window, intrinsics, others);
  const found: Record<'front' | 'behind', number[][]> = { front: [], behind: [] };
  for (let i = 0; i < positions.length / 3; i++) {
    if (Math.hypot(positions[3 * i], positions[3 * i + 1]) > 0.25) continue;
    found[positions[3 * i + 2] < 2 ? 'front' : 'behind'].push([colors[4 * i], colors[4 * i + 2]]);
  }
  return found;
}

/** Through the middle of the ball, along the camera's axis. */
const mirrored = positions.map((value, i) => (i % 3 === 2 ? 4 - value : value));

describe('colours of vertices', () => {
  test('are the picture where it shows them, the mesh itself where not', () => {
    const { front, behind } = colored();
    expect([front.length > 5, behind.length > 5]).toEqual([true, true]);
    for (const [red, other] of front) expect(red).toBeGreaterThan(other);
    for (const [red, other] of behind) expect(red).toBeLessThan(other);
  });

  test('are those of the other side where an object is symmetric and that side was seen', () => {
    for (const [red, other] of colored([mirrored]).behind) expect([red, other]).toEqual([200, 0]);
    const beside = positions.map((value, i) => (i % 3 === 0 ? value + 9 : value));
    expect(colored([beside])).toEqual(colored());
    expect(colored([beside, mirrored])).toEqual(colored([mirrored]));
  });
});
