import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { boxMesh, cylinderMesh, quat, sphereMesh, vec3 } from '@scenemaker/sdk/geometry';
import { findOverlaps, settleScene } from '@scenemaker/sdk/physics';
import { indexScene, supportsOf, whatIs } from '@scenemaker/sdk/queries';
import { lookAt } from '@scenemaker/sdk/render';
import type { SceneDescription } from '@scenemaker/sdk/scene';
import { writeGlb } from '@scenemaker/sim-adapters';
import {
  createEnvironment,
  ENVIRONMENT_ENGINES,
  type Environment,
  type EnvironmentState,
} from '@scenemaker/sim-adapters/environments';
import { playPushes, PUSH_SCENES, settledPushScene } from '../../support/push-scenes.js';
import { sceneOf } from '../../support/settle-scenes.js';

// Simulations, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let scene: SceneDescription;
beforeAll(async () => {
  scene = await settleScene(
    sceneOf({
      crate: { mesh: boxMesh(0.1, 0.06, 0.08), at: [0, 0.06, 0], label: 'crate' },
      can: { mesh: cylinderMesh(0.03, 0.06), at: [0.03, 0.18, 0], label: 'can' },
      ball: { mesh: sphereMesh(0.05), at: [0.4, 0.05, 0.1], label: 'ball' },
    }),
  );
});

const bytesOf = ({ bodies }: EnvironmentState): Float64Array =>
  Float64Array.from(
    bodies.flatMap(({ translation, rotation, velocity }) => [
      ...translation,
      ...rotation,
      ...velocity.linear,
      ...velocity.angular,
    ]),
  );
const bodyOf = (state: EnvironmentState, id: string) => {
  const body = state.bodies.find((entry) => entry.id === id);
  if (!body) throw new Error(`no ${id}`);
  return body;
};
const massOf = (id: string): number => scene.objects.find((object) => object.id === id)?.properties.massKg.value ?? 0;

describe.each(ENVIRONMENT_ENGINES)('an environment on %s', (engine) => {
  let environment: Environment;
  beforeAll(async () => {
    environment = await createEnvironment(scene, { engine });
  });
  afterAll(() => environment.dispose());

  const run = (steps: number, controls = {}): EnvironmentState => {
    for (let step = 1; step < steps; step++) environment.step(controls);
    return environment.step(controls);
  };

  test('starts as the scene is, and stays so', () => {
    const start = environment.reset();
    expect(environment.scene()).toBe(scene);
    for (const [i, { translation, rotation }] of start.bodies.entries()) {
      expect(vec3.distance(translation, scene.objects[i].pose.translation)).toBeLessThan(1e-6);
      expect(quat.angleBetween(rotation, scene.objects[i].pose.rotation)).toBeLessThan(1e-6);
    }
    const end = run(60);
    expect(end.seconds).toBeCloseTo(1, 9);
    for (const [i, { translation }] of end.bodies.entries())
      expect(vec3.distance(translation, start.bodies[i].translation)).toBeLessThan(2e-3);
  });

  test('gives the same bytes for the same resets and steps, in a world of its own too', async () => {
    const play = (world: Environment): Float64Array => {
      world.reset({ seed: 5 });
      world.applyImpulse('crate', [0.3 * massOf('crate'), 0, 0], [0, 0.1, 0.05]);
      for (let i = 0; i < 40; i++) world.step(i < 10 ? { ball: { force: [-1, 0, 0] } } : {});
      return bytesOf(world.state());
    };
    const first = play(environment);
    expect(play(environment)).toEqual(first);
    const other = await createEnvironment(await writeGlb(scene), { engine });
    expect(play(other)).toEqual(first);
    other.dispose();
  });

  test('a seed varies the start, overlaps nothing and keeps what rests on what', () => {
    const starts = [1, 2, 1].map((seed) => bytesOf(environment.reset({ seed })));
    expect(starts[0]).toEqual(starts[2]);
    expect(starts[0]).not.toEqual(starts[1]);
    const varied = indexScene(environment.scene());
    expect(findOverlaps(varied.bodies, 1e-3)).toEqual([]);
    expect(supportsOf(varied)).toEqual(supportsOf(indexScene(scene)));
    const moved = varied.scene.objects.map(({ pose }, i) =>
      vec3.distance(pose.translation, scene.objects[i].pose.translation),
    );
    expect(Math.max(...moved)).toBeGreaterThan(1e-3);
    expect(Math.max(...moved)).toBeLessThan(0.03);
    const start = environment.state();
    const end = run(60);
    for (const [i, { translation }] of end.bodies.entries())
      expect(vec3.distance(translation, start.bodies[i].translation)).toBeLessThan(5e-3);
  });

  test('a push changes speed by impulse over mass, and turns what it hits off its centre', () => {
    environment.reset();
    environment.applyImpulse('can', [0, 2 * massOf('can'), 0]);
    expect(bodyOf(environment.state(), 'can').velocity.linear[1]).toBeCloseTo(2, 4);
    const height = bodyOf(environment.state(), 'can').translation[1];
    const risen = bodyOf(run(12), 'can').translation[1] - height;
    expect(risen).toBeCloseTo(2 * 0.2 - 0.5 * 9.81 * 0.2 * 0.2, 2);
    const { translation } = bodyOf(environment.state(), 'ball');
    environment.applyImpulse('ball', [0, massOf('ball'), 0], vec3.add(translation, [0.02, 0, 0]));
    const { linear, angular } = bodyOf(environment.state(), 'ball').velocity;
    expect(linear[1]).toBeCloseTo(1, 2);
    // 0.02 m N s over the moment of a solid ball, 2/5 m r^2.
    expect(angular[2]).toBeCloseTo(0.02 / (0.4 * 0.05 ** 2), 0);
  });

  test('a force accelerates while it is held, a torque turns', () => {
    environment.reset();
    const lifted = run(30, { ball: { force: [0, massOf('ball') * (9.81 + 2), 0], torque: [0, 1e-5, 0] } });
    expect(bodyOf(lifted, 'ball').velocity.linear[1]).toBeCloseTo(1, 1);
    expect(bodyOf(lifted, 'ball').velocity.angular[1]).toBeGreaterThan(1e-3);
  });

  test('a velocity is held against gravity', () => {
    environment.reset();
    const from = bodyOf(environment.state(), 'ball').translation;
    const to = bodyOf(run(60, { ball: { velocity: { linear: [0.1, 0.3, 0], angular: [0, 0, 0] } } }), 'ball');
    expect(vec3.distance(vec3.sub(to.translation, from), [0.1, 0.3, 0])).toBeLessThan(2e-3);
  });

  test('a target is reached at the end of the step', () => {
    environment.reset();
    const target = {
      translation: [0.1, 0.5, -0.2],
      rotation: quat.fromAxisAngle(vec3.normalize([1, 2, 0.5]), 0.4),
    } as const;
    let body = bodyOf(environment.state(), 'crate');
    for (let i = 1; i <= 60; i++) {
      const part = {
        translation: vec3.lerp(scene.objects[0].pose.translation, target.translation, i / 60),
        rotation: quat.fromAxisAngle(vec3.normalize([1, 2, 0.5]), (0.4 * i) / 60),
      };
      body = bodyOf(environment.step({ crate: { target: part } }), 'crate');
    }
    expect(vec3.distance(body.translation, target.translation)).toBeLessThan(1e-3);
    expect(quat.angleBetween(body.rotation, target.rotation)).toBeLessThan(0.1 * (Math.PI / 180));
  });

  test('is seen, felt and asked about as it is now', () => {
    environment.reset();
    expect(environment.contacts().map(({ a, b }) => `${a} ${b}`)).toContain('crate can');
    const camera = lookAt({ from: [0, 0.6, 1], to: [0.1, 0.1, 0], width: 80, height: 60 });
    const before = environment.render({ camera, kinds: ['segmentation', 'depth'] });
    expect(new Set(before.segmentation)).toContain(2);
    expect(Object.keys(before).sort()).toEqual(['depth', 'height', 'segmentation', 'width']);
    const away = { translation: [0.4, 0.8, 0.1], rotation: quat.IDENTITY } as const;
    environment.step({ ball: { target: away } });
    const after = environment.render({ camera, kinds: ['segmentation'] });
    expect(new Set(after.segmentation)).not.toContain(2);
    expect(environment.raycast([0.4, 2, 0.1], [0, -1, 0])).toMatchObject({ id: 'ball' });
    expect(whatIs(indexScene(environment.scene()), 'on', 'crate').map(({ id }) => id)).toEqual(['can']);
    expect(environment.scene().physics).toBeUndefined();
  });

  test('refuses what it cannot do, and says why', () => {
    environment.reset();
    const before = bytesOf(environment.state());
    expect(() => environment.step({ cup: {} })).toThrow('there is no object cup; there are crate, can, ball');
    expect(() => environment.step({ can: { force: [0, NaN, 0] } })).toThrow('force of can is not 3 finite numbers');
    expect(() => environment.applyImpulse('can', [1, 2] as never)).toThrow(
      'the impulse on can is not 3 finite numbers',
    );
    const both = { velocity: {}, target: { translation: [0, 0, 0], rotation: [0, 0, 0, 1] } } as const;
    expect(() => environment.step({ can: both })).toThrow('can is given a velocity and a target');
    expect(() => environment.reset({ seed: NaN })).toThrow('a seed is a finite number');
    expect(bytesOf(environment.state())).toEqual(before);
  });
});

describe('an environment', () => {
  test('needs a settled scene, an engine that is there, and a step of some length', async () => {
    const bare = { ...scene, objects: [{ ...scene.objects[0], colliders: [] }] };
    await expect(createEnvironment(bare)).rejects.toMatchObject({
      code: 'bad-request',
      message: 'crate has no colliders: settle the scene first',
    });
    await expect(createEnvironment(scene, { engine: 'bullet' as never })).rejects.toThrow('there is no engine bullet');
    await expect(createEnvironment(scene, { stepSeconds: 0 })).rejects.toThrow('stepSeconds is above 0 and at most 1');
    await expect(createEnvironment(Uint8Array.of(1, 2, 3))).rejects.toThrow('The file is not binary glTF.');
    await expect(createEnvironment({} as never)).rejects.toThrow('The scene is not valid');
  });

  test('is of no use once it is disposed of', async () => {
    const environment = await createEnvironment(scene);
    environment.dispose();
    environment.dispose();
    for (const use of [() => environment.step(), () => environment.reset(), () => environment.state()])
      expect(use).toThrow('the environment is disposed of');
    expect(environment.scene()).toBe(scene);
  });

  test('may be of ground alone', async () => {
    const empty = await createEnvironment({ ...scene, objects: [] });
    expect(empty.step().bodies).toEqual([]);
    expect(empty.raycast([0, 1, 0], [0, -1, 0])).toMatchObject({ id: 'ground' });
    empty.dispose();
  });
});

test.each(Object.entries(PUSH_SCENES))('both engines agree, loosely, where %s ends', async (_, pushScene) => {
  const settled = await settledPushScene(pushScene);
  const ends = [];
  for (const engine of ENVIRONMENT_ENGINES) {
    const environment = await createEnvironment(settled, { engine });
    ends.push(playPushes(environment, pushScene, 1.5));
    environment.dispose();
  }
  for (const [i, { translation }] of ends[0].bodies.entries()) {
    const way = vec3.distance(translation, settled.objects[i].pose.translation);
    expect(vec3.distance(translation, ends[1].bodies[i].translation)).toBeLessThan(0.05 + 0.3 * way);
  }
});
