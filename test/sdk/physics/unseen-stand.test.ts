import { describe, expect, it } from 'vitest';
import { quat } from '@scenemaker/sdk/geometry';
import { bodyDistance, createBody, type Body } from '@scenemaker/sdk/physics';
import { bottomOf } from '../../../sdk/src/physics/collide/body.js';
import { addStand } from '../../../sdk/src/physics/separate/unseen-stand.js';

const box = (id: string, sides: readonly [number, number, number], height: number): Body =>
  createBody(
    id,
    [
      {
        kind: 'box',
        center: [0, 0, 0],
        rotation: quat.IDENTITY,
        halfExtents: [sides[0] / 2, sides[1] / 2, sides[2] / 2],
      },
    ],
    { rotation: quat.IDENTITY, translation: [0, height, 0], size: 1 },
  );

describe('a stand for what hangs in the air', () => {
  it('reaches the ground', () => {
    const hanging = box('lamp', [0.3, 0.2, 0.3], 1);
    addStand(hanging, 0, []);
    expect(bottomOf(hanging)).toBeCloseTo(0, 6);
    expect(hanging.colliders.length).toBe(3);
  });

  it.each([0.1, 0.3, 0.8])('keeps clear of a box %d m wide that is right below', (width) => {
    const hanging = box('lamp', [0.3, 0.2, 0.3], 1);
    const below = box('box', [width, 0.2, width], 0.1);
    addStand(hanging, 0, [below]);
    expect(bottomOf(hanging)).toBeCloseTo(0, 6);
    expect(bodyDistance(hanging, below, 0)).toBeNull();
  });

  it('reaches as little as it can into what leaves no room', () => {
    const hanging = box('lamp', [0.3, 0.2, 0.3], 1);
    const floor = box('floor', [5, 0.02, 5], 0.01);
    addStand(hanging, 0, [floor]);
    expect(bodyDistance(hanging, floor, 0)?.distance).toBeGreaterThan(-0.03);
  });
});
