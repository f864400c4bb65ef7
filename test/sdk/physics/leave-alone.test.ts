import { describe, expect, it } from 'vitest';
import { boxMesh, quat, type Quat } from '@scenemaker/sdk/geometry';
import { type BodySpec, type PhysicsEngine, type PhysicsWorld, settleScene } from '@scenemaker/sdk/physics';
import { sceneOf } from '../../support/settle-scenes.js';

const REST = { linear: [0, 0, 0], angular: [0, 0, 0] } as const;

/** An engine in which bodies stay while they are nudged, as they are when they settle, and else lean to one side if `tips`, by so many radians. */
function tippingEngine(tips: (spec: BodySpec) => boolean, angle = 0.5): PhysicsEngine & { worlds: number } {
  const engine = {
    name: 'tipping',
    worlds: 0,
    createWorld(): PhysicsWorld {
      engine.worlds++;
      const specs: BodySpec[] = [];
      let isNudged = false;
      let hasStepped = false;
      const lean = (spec: BodySpec): Quat =>
        quat.fromAxisAngle([0, 0, 1], spec.motion === 'dynamic' && tips(spec) && hasStepped && !isNudged ? angle : 0);
      return {
        addBody: (spec) => specs.push(spec) - 1,
        transformOf: (body) => ({
          translation: specs[body].transform.translation,
          rotation: quat.multiply(lean(specs[body]), specs[body].transform.rotation),
        }),
        velocityOf: () => REST,
        setVelocity: () => void (isNudged = true),
        setWeightless: () => {},
        step: () => void (hasStepped = true),
        dispose: () => {},
      };
    },
  };
  return engine;
}

const scene = sceneOf({ box: { mesh: boxMesh(0.1, 0.1, 0.1), at: [0, 0.1, 0] } });

describe('a body that tips over only after it seemed settled', () => {
  it('is repaired, and the verdict is about the repaired one', async () => {
    const { objects, physics } = await settleScene(scene, {
      engine: tippingEngine(({ colliders }) => colliders.length === 1),
    });
    expect(objects[0].colliders.length).toBe(2);
    expect(physics?.objects[0].reason).toContain('contact patch flattened');
    expect(physics?.verdict).toBe('stable');
  });

  it('is repaired even where it tips no further than what settles may', async () => {
    const engine = tippingEngine(({ colliders }) => colliders.length === 1, (3.5 * Math.PI) / 180);
    const { objects, physics } = await settleScene(scene, { engine });
    expect(objects[0].colliders.length).toBe(2);
    expect(physics?.verdict).toBe('stable');
  });

  it('is reported when nothing helps, after a bounded number of tries', async () => {
    const engine = tippingEngine(() => true);
    const { physics } = await settleScene(scene, { engine });
    expect(physics?.verdict).toBe('unstable');
    expect(physics?.objects[0].reason).toContain('when left alone');
    expect(engine.worlds).toBeLessThan(20);
  });

  it('is left as it is where nothing tips', async () => {
    const engine = tippingEngine(() => false);
    const { objects, physics } = await settleScene(scene, { engine });
    expect(objects[0].colliders.length).toBe(1);
    expect(physics?.verdict).toBe('stable');
    expect(engine.worlds).toBe(2);
  });
});
