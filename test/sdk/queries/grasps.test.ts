import { describe, expect, test } from 'vitest';
import { quat, vec3 } from '@scenemaker/sdk/geometry';
import { graspCandidates, indexScene, type Grasp } from '@scenemaker/sdk/queries';
import { ball, block, can, queryScene } from '../../support/query-scenes.js';

const approach = ({ rotation }: Grasp) => quat.rotate(rotation, [0, 0, 1]);
const closing = ({ rotation }: Grasp) => quat.rotate(rotation, [1, 0, 0]);

describe('grasps', () => {
  test('of a brick close on its narrow sides, through its middle best', () => {
    const scene = queryScene({ brick: block([0.2, 0.1, 0.05], [0, 0.05, 0]) });
    const grasps = graspCandidates(indexScene(scene), 'brick');
    expect(grasps.length).toBeGreaterThan(3);
    for (const grasp of grasps) {
      expect(Math.abs(closing(grasp)[2])).toBeCloseTo(1, 4);
      expect(grasp.width).toBeCloseTo(0.05, 5);
      expect(vec3.distance(...grasp.contacts)).toBeCloseTo(0.05, 5);
      // From above or from the side, never through the ground.
      expect(approach(grasp)[1]).toBeLessThan(0.01);
    }
    expect(Math.abs(grasps[0].translation[0])).toBeLessThan(0.04);
    expect(grasps[0].score).toBeGreaterThan(0.7);
    expect(grasps.map(({ score }) => score)).toEqual(grasps.map(({ score }) => score).toSorted((a, b) => b - a));
  });

  test('are not there for what is too wide', () => {
    const scene = queryScene({ crate: block([0.2, 0.2, 0.2], [0, 0.1, 0]), ball: ball(0.03, [0.5, 0.03, 0]) });
    expect(graspCandidates(indexScene(scene), 'crate')).toEqual([]);
    expect(graspCandidates(indexScene(scene), 'crate', { gripper: { maxOpening: 0.22 } })).not.toEqual([]);
    expect(graspCandidates(indexScene(scene), 'ball')).not.toEqual([]);
  });

  test('keep the fingers out of neighbours', () => {
    const alone = { brick: block([0.2, 0.1, 0.05], [0, 0.05, 0]) };
    const walls = {
      front: block([0.3, 0.2, 0.05], [0, 0.1, 0.055]),
      back: block([0.3, 0.2, 0.05], [0, 0.1, -0.055]),
    };
    expect(graspCandidates(indexScene(queryScene(alone)), 'brick')).not.toEqual([]);
    expect(graspCandidates(indexScene(queryScene({ ...alone, ...walls })), 'brick')).toEqual([]);
  });

  test('come from where the way is free', () => {
    const scene = queryScene({
      brick: block([0.1, 0.1, 0.05], [0, 0.05, 0]),
      roof: block([1, 0.02, 1], [0, 0.2, 0]),
    });
    for (const grasp of graspCandidates(indexScene(scene), 'brick')) expect(approach(grasp)[1]).toBeGreaterThan(-0.6);
  });

  test('of a can are square to its axis or on its ends', () => {
    const scene = queryScene({ can: can(0.03, 0.12, [0, 0.06, 0]) });
    const grasps = graspCandidates(indexScene(scene), 'can');
    expect(grasps.length).toBeGreaterThan(3);
    for (const grasp of grasps) {
      expect(grasp.width).toBeCloseTo(0.06, 2);
      expect(Math.abs(closing(grasp)[1])).toBeLessThan(0.05);
    }
  });

  test('lie within the reach of an arm', () => {
    const scene = queryScene({ brick: block([0.2, 0.1, 0.05], [0, 0.05, 0]) });
    const arm = { base: [1, 0, 0] as const, reach: 0.97 };
    const all = graspCandidates(indexScene(scene), 'brick', { count: 500 });
    const reached = graspCandidates(indexScene(scene), 'brick', { arm, count: 500 });
    expect(reached.length).toBeGreaterThan(0);
    expect(reached.length).toBeLessThan(all.length);
    for (const grasp of reached)
      expect(vec3.distance(arm.base, vec3.addScaled(grasp.translation, approach(grasp), -0.05))).toBeLessThan(0.97);
    expect(graspCandidates(indexScene(scene), 'brick', { arm: { ...arm, reach: 0.5 } })).toEqual([]);
  });

  test('are the same for the same seed', () => {
    const index = indexScene(queryScene({ can: can(0.03, 0.12, [0, 0.06, 0]) }));
    expect(graspCandidates(index, 'can', { seed: 3 })).toEqual(graspCandidates(index, 'can', { seed: 3 }));
    expect(graspCandidates(index, 'can', { seed: 3 })).not.toEqual(graspCandidates(index, 'can', { seed: 4 }));
  });

  test('need a gripper', () => {
    const index = indexScene(queryScene({ can: can(0.03, 0.12, [0, 0.06, 0]) }));
    expect(() => graspCandidates(index, 'can', { gripper: { maxOpening: -1 } })).toThrow(
      "a gripper's maxOpening is a positive number",
    );
  });
});
