import { describe, expect, it, vi } from 'vitest';
import { boxMesh, quat, vec3, type Vec3 } from '@scenemaker/sdk/geometry';
import {
  bodyDistance,
  type BodySpec,
  createBody,
  createSilhouettes,
  type PhysicsEngine,
  settleScene,
} from '@scenemaker/sdk/physics';
import type { Pose, SceneDescription } from '@scenemaker/sdk/scene';
import { bottomOf } from '../../../sdk/src/physics/collide/body.js';
import { movedOnGround } from '../../../sdk/src/physics/ground-move.js';
import { prepareScene } from '../../../sdk/src/physics/prepare.js';
import { returnToPicture, type ReturnInput } from '../../../sdk/src/physics/return-to-picture.js';
import { withMasks } from '../../support/masked-scenes.js';
import type { Thing } from '../../support/settle-scenes.js';

vi.setConfig({ testTimeout: 120_000 });

const box = (at: Vec3, half = 0.1): Thing => ({ mesh: boxMesh(half, half, half), at });

const shifted = (pose: Pose, by: Vec3): Pose => ({ ...pose, translation: vec3.add(pose.translation, by) });

/** The bodies of a scene, settled that far from where the picture shows them; all on the ground but those `on` others. */
function gaveWay(scene: SceneDescription, by: readonly Vec3[], on: readonly number[] = []): ReturnInput {
  const { entries, ground, objects } = prepareScene(scene);
  return {
    bodies: entries.map(({ body }, i) => createBody(body.id, body.colliders, shifted(objects[i].pose, by[i]))),
    ground,
    supports: objects.map((_, i) => ({ on: on[i] ?? -1, gap: 0, score: 1 })),
    estimated: objects.map(({ pose }) => pose),
    placed: objects.map(({ pose }) => pose),
    sight: {
      eye: scene.cameras[0].cameraToWorld.translation,
      measured: false,
      confidence: objects.map(({ scores }) => scores.pose),
      silhouettes: createSilhouettes(scene),
    },
  };
}

describe('a move on the ground', () => {
  it('turns and resizes about a point of it', () => {
    // Two metres along x of the pivot; a quarter turn brings x to -z; half as far; and 3 m along x.
    const moved = movedOnGround({ rotation: quat.IDENTITY, translation: [3, 0.8, 5], size: 1.6 }, [1, 0, 5], {
      by: [3, 0, 0],
      turn: Math.PI / 2,
      factor: 0.5,
    });
    [4, 0.4, 4].forEach((value, axis) => expect(moved.translation[axis]).toBeCloseTo(value, 9));
    expect(moved.size).toBeCloseTo(0.8, 9);
    expect(quat.angleBetween(moved.rotation, quat.fromAxisAngle(vec3.UP, Math.PI / 2))).toBeCloseTo(0, 6);
  });
});

describe('what gave way', () => {
  it('goes back to where the picture shows it, and stands as it stood', () => {
    const input = gaveWay(withMasks({ box: box([0.1, 0.1, 0]) }), [[0.08, 0, -0.05]]);
    const [{ members, poses }] = returnToPicture(input);
    expect(members).toEqual([0]);
    expect(vec3.distance(poses[0].translation, [0.1, 0.1, 0])).toBeLessThan(0.01);
    expect(bottomOf(createBody('', input.bodies[0].colliders, poses[0]))).toBeCloseTo(0, 6);
    // The bodies given stay where they are.
    expect(input.bodies[0].translation[0]).toBeCloseTo(0.18, 9);
  });

  it('stays where the picture shows it', () => {
    expect(returnToPicture(gaveWay(withMasks({ box: box([0.1, 0.1, 0]) }), [[0, 0, 0]]))).toEqual([]);
  });

  it('takes along what it carries', () => {
    const things = { low: box([0.1, 0.1, 0]), high: box([0.12, 0.25, 0], 0.05) };
    const input = gaveWay(withMasks(things), [[0.08, 0, 0], [0.08, 0, 0]], [-1, 0]); // prettier-ignore
    const [{ members, poses, move }, ...more] = returnToPicture(input);
    expect([members, more]).toEqual([[0, 1], []]);
    const arm = quat.rotate(quat.fromAxisAngle(vec3.UP, move.turn), [0.02, 0.15, 0]);
    expect(vec3.distance(poses[1].translation, vec3.addScaled(poses[0].translation, arm, move.factor))).toBeLessThan(
      1e-6,
    );
    expect(poses[1].size / poses[0].size).toBeCloseTo(0.5, 6);
    expect(vec3.distance(poses[1].translation, [0.12, 0.25, 0])).toBeLessThan(0.015);
  });

  it('goes only as far as it meets no other', () => {
    // Half of the way back the other stands.
    const input = gaveWay(withMasks({ box: box([0, 0.1, 0]), other: box([0.16, 0.1, 0]) }), [[-0.12, 0, 0], [0, 0, 0]]); // prettier-ignore
    const [{ members, poses }] = returnToPicture(input);
    expect(members).toEqual([0]);
    expect(poses[0].translation[0]).toBeGreaterThan(-0.07);
    const back = createBody('', input.bodies[0].colliders, poses[0]);
    expect(bodyDistance(back, input.bodies[1], -2e-4)).toBeNull();
    const [silhouette] = input.sight.silhouettes;
    const shown = (pose: Pose): number => silhouette?.iou(pose) ?? 0;
    expect(shown(poses[0])).toBeGreaterThan(shown(shifted(input.placed[0], [-0.12, 0, 0])) + 0.15);
  });

  it('keeps its size where its pose is sure', () => {
    const things = { box: { ...box([0, 0.1, 0]), pose: 1 }, other: box([0.16, 0.1, 0]) };
    const [{ move }] = returnToPicture(gaveWay(withMasks(things), [[-0.12, 0, 0], [0, 0, 0]])); // prettier-ignore
    expect(move.factor).toBe(1);
  });

  it('keeps its distance where that was measured', () => {
    const scene = withMasks({ box: box([0, 0.1, 0]) });
    const input = gaveWay(scene, [[0.08, 0, 0]]);
    const [{ poses }] = returnToPicture({ ...input, sight: { ...input.sight, measured: true } });
    expect(vec3.distance(poses[0].translation, [0, 0.1, 0])).toBeLessThan(0.01);
  });
});

/** An engine in which nothing moves, but in its world of that number all that is `weak` leans over by half a radian. */
function leaningEngine(number: number, weak: (at: Vec3) => boolean = () => true): PhysicsEngine {
  let worlds = 0;
  return {
    name: 'leaning',
    createWorld() {
      const leans = ++worlds === number;
      const specs: BodySpec[] = [];
      let steps = 0;
      return {
        addBody: (spec) => specs.push(spec) - 1,
        transformOf: (body) => {
          const { motion, transform } = specs[body];
          const isWeak = motion === 'dynamic' && weak(transform.translation);
          const angle = leans && isWeak && steps > 0 ? 0.5 : 0;
          return {
            ...transform,
            rotation: quat.multiply(quat.fromAxisAngle([0, 0, 1], angle), transform.rotation),
          };
        },
        velocityOf: () => ({ linear: [0, 0, 0], angular: [0, 0, 0] }),
        setVelocity: () => {},
        setWeightless: () => {},
        step: () => void steps++,
        dispose: () => {},
      };
    },
  };
}

describe('bodies that had to part', () => {
  const scene = withMasks({ a: box([0, 0.1, 0]), b: box([0.09, 0.1, 0.01]) });

  it('are put back as far as there is room, with the masses of their sizes', async () => {
    const { physics, objects } = await settleScene(scene);
    expect(physics?.verdict).toBe('stable');
    expect(physics?.after.penetrationMeters).toBeLessThan(1e-3);
    expect(physics?.objects.some(({ reason }) => reason.includes('put back to where the picture shows it'))).toBe(true);
    for (const { pose, properties } of objects) {
      expect(properties.massKg.value / properties.densityKgPerM3.value).toBeCloseTo(pose.size ** 3, 6);
    }
  });

  it('stay as they had settled where they would not stay when put back', async () => {
    // They settle in the first world and are left alone in the second; the third asks about those put back.
    const [back, fallen] = [
      await settleScene(scene, { engine: leaningEngine(Infinity) }),
      await settleScene(scene, { engine: leaningEngine(3) }),
    ];
    expect(back.physics?.objects.some(({ reason }) => reason.includes('put back'))).toBe(true);
    expect(fallen.physics?.verdict).toBe('stable');
    expect(fallen.physics?.objects.some(({ reason }) => reason.includes('put back'))).toBe(false);
    expect(fallen.physics?.after.silhouetteIou).toBeLessThan(back.physics?.after.silhouetteIou ?? 0);
    fallen.objects.forEach(({ pose, properties }) =>
      expect(properties.massKg.value / properties.densityKgPerM3.value).toBeCloseTo(pose.size ** 3, 6),
    );
  });

  it('stay alone as they had settled where others can go back', async () => {
    const two = withMasks({
      a: box([-0.3, 0.1, 0]),
      b: box([-0.21, 0.1, 0.01]),
      c: box([0.3, 0.1, 0]),
      d: box([0.39, 0.1, 0.01]),
    });
    const whoGoesBack = async (engine: PhysicsEngine): Promise<string> => {
      const { physics } = await settleScene(two, { engine });
      expect(physics?.verdict).toBe('stable');
      const back = physics?.objects.filter(({ reason }) => reason.includes('put back')) ?? [];
      return back.map(({ id }) => id).join(' ');
    };
    expect(await whoGoesBack(leaningEngine(Infinity))).toBe('b c');
    expect(await whoGoesBack(leaningEngine(3, ([x]) => x < 0))).toBe('c');
  });
});
