import '@babylonjs/loaders/glTF/2.0/index.js';
import { NullEngine } from '@babylonjs/core/Engines/nullEngine.js';
import { AppendSceneAsync } from '@babylonjs/core/Loading/sceneLoader.js';
import { Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import type { TransformNode } from '@babylonjs/core/Meshes/transformNode.js';
import '@babylonjs/core/Physics/joinedPhysicsEngineComponent.js';
import { PhysicsMotionType } from '@babylonjs/core/Physics/v2/IPhysicsEnginePlugin.js';
import type { PhysicsEngine } from '@babylonjs/core/Physics/v2/physicsEngine.js';
import { HavokPlugin } from '@babylonjs/core/Physics/v2/Plugins/havokPlugin.js';
import { Scene } from '@babylonjs/core/scene.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerPhysicsLoader } from '@scenemaker/sdk/babylon/gltf';
import { quat, vec3, type Quat, type Vec3 } from '@scenemaker/sdk/geometry';
import { loadHavok, SETTLE_HERTZ } from '@scenemaker/sdk/physics';
import type { SceneDescription } from '@scenemaker/sdk/scene';
import { writeGlb } from '@scenemaker/sim-adapters';
import { expectSameBodies, expectSamePoses, type SeenBody, tensorOf } from '../../support/simulators/compare.js';
import { dropScene } from '../../support/simulators/drop-scene.js';

const engine = new NullEngine();
let description: SceneDescription;
let glb: Uint8Array;
beforeAll(async () => {
  registerPhysicsLoader();
  description = await dropScene();
  glb = await writeGlb(description);
});
afterAll(() => engine.dispose());

async function emptyScene(rightHanded = true, physics = true): Promise<Scene> {
  const scene = new Scene(engine);
  scene.useRightHandedSystem = rightHanded;
  if (physics) {
    scene.enablePhysics(new Vector3(0, -9.81, 0), new HavokPlugin(true, await loadHavok()));
    scene.getPhysicsEngine()?.setSubTimeStep(1000 / SETTLE_HERTZ);
  }
  return scene;
}

const load = (scene: Scene): Promise<void> => AppendSceneAsync(glb, scene, { pluginExtension: '.glb' });

describe('a scene of ours, loaded by Babylon', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await emptyScene();
    await load(scene);
  });
  afterAll(() => scene.dispose());

  const nodeOf = (id: string): TransformNode => {
    const node = scene.getTransformNodeByName(id);
    if (!node) throw new Error(`${id} was not loaded`);
    return node;
  };

  /** z up, as the comparison wants it. */
  const seen = (): SeenBody[] =>
    description.objects.map(({ id }) => {
      const node = nodeOf(id);
      node.computeWorldMatrix(true);
      const turn: Quat = [Math.SQRT1_2, 0, 0, Math.SQRT1_2];
      const { x, y, z } = node.absolutePosition;
      const q = node.absoluteRotationQuaternion;
      const rotation: Quat = [q.x, q.y, q.z, q.w];
      const mass = node.physicsBody?.getMassProperties();
      if (!mass?.mass || !mass.centerOfMass || !mass.inertia || !mass.inertiaOrientation)
        throw new Error(`${id}: mass`);
      const center: Vec3 = [mass.centerOfMass.x, mass.centerOfMass.y, mass.centerOfMass.z];
      const axes = mass.inertiaOrientation;
      return {
        name: id,
        massKg: mass.mass,
        position: quat.rotate(turn, [x, y, z]),
        rotation: quat.multiply(quat.multiply(turn, rotation), quat.conjugate(turn)),
        centerOfMass: quat.rotate(turn, vec3.add(quat.rotate(rotation, center), [x, y, z])),
        inertia: tensorOf(
          // Havok's is per kilogram.
          vec3.scale([mass.inertia.x, mass.inertia.y, mass.inertia.z], mass.mass),
          quat.multiply(turn, quat.multiply(rotation, [axes.x, axes.y, axes.z, axes.w])),
        ),
      };
    });

  test('has every body in place and as heavy as it is', () => {
    for (const { id } of description.objects) {
      expect(nodeOf(id).physicsBody?.getMotionType()).toBe(PhysicsMotionType.DYNAMIC);
    }
    expectSameBodies(seen(), description);
  });

  test('has its ground fixed, and none of the meshes that colliders were made of', () => {
    expect(nodeOf('ground/collider-1').physicsBody?.getMotionType()).toBe(PhysicsMotionType.STATIC);
    const bodies = (scene.getPhysicsEngine() as PhysicsEngine).getBodies();
    expect(bodies).toHaveLength(description.objects.length + 1);
    expect(scene.meshes.filter(({ name }) => name.includes('hull'))).toEqual([]);
  });

  test('stands still', () => {
    for (let frame = 0; frame < 60; frame++) scene.getPhysicsEngine()?._step(1 / 60);
    expectSamePoses(seen(), description);
  });
});

describe('what is refused', () => {
  test('a left-handed scene', async () => {
    const scene = await emptyScene(false);
    await expect(load(scene)).rejects.toThrow(/right-handed/);
    scene.dispose();
  });

  test('a scene without physics', async () => {
    const scene = await emptyScene(true, false);
    await expect(load(scene)).rejects.toThrow(/enable the physics/);
    scene.dispose();
  });
});
