import '@babylonjs/loaders/glTF/2.0/index.js';
import { NullEngine } from '@babylonjs/core/Engines/nullEngine.js';
import { AppendSceneAsync } from '@babylonjs/core/Loading/sceneLoader.js';
import { Matrix, Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import type { TransformNode } from '@babylonjs/core/Meshes/transformNode.js';
import '@babylonjs/core/Physics/joinedPhysicsEngineComponent.js';
import { PhysicsMotionType } from '@babylonjs/core/Physics/v2/IPhysicsEnginePlugin.js';
import type { PhysicsEngine } from '@babylonjs/core/Physics/v2/physicsEngine.js';
import { HavokPlugin } from '@babylonjs/core/Physics/v2/Plugins/havokPlugin.js';
import { Scene } from '@babylonjs/core/scene.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerPhysicsLoader } from '@scenemaker/sdk/babylon/gltf';
import { quat, vec3, type Mat3, type Quat, type Vec3 } from '@scenemaker/sdk/geometry';
import { loadHavok, SETTLE_HERTZ } from '@scenemaker/sdk/physics';
import type { SceneDescription } from '@scenemaker/sdk/scene';
import { writeGlb } from '@scenemaker/sim-adapters';
import {
  expectSameBodies,
  expectSamePoses,
  type SeenBody,
  tensorOf,
  worldBounds,
} from '../../support/simulators/compare.js';
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

describe.each([true, false])('a scene of ours, loaded by Babylon, right-handed: %s', (rightHanded) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await emptyScene(rightHanded);
    await load(scene);
  });
  afterAll(() => scene.dispose());

  const nodeOf = (id: string): TransformNode => {
    const node = scene.getTransformNodeByName(id);
    if (!node) throw new Error(`${id} was not loaded`);
    return node;
  };
  const carrierOf = (id: string): TransformNode => (rightHanded ? nodeOf(id) : (nodeOf(id).parent as TransformNode));

  /** Babylon's loader mirrors left-handed scenes in x; then z up, as the comparison wants it. */
  const zUp = ({ x, y, z }: Vector3): Vec3 => [rightHanded ? x : -x, -z, y];
  const AXES = [Vector3.Right(), Vector3.Up(), new Vector3(0, 0, 1)];
  const rotationOf = (columns: readonly Vec3[]): Quat =>
    quat.fromMat3([0, 1, 2].flatMap((row) => columns.map((column) => column[row])) as unknown as Mat3);

  const seen = (): SeenBody[] =>
    description.objects.map(({ id }) => {
      const [node, carrier] = [nodeOf(id), carrierOf(id)];
      const world = node.computeWorldMatrix(true);
      const mass = carrier.physicsBody?.getMassProperties();
      if (!mass?.mass || !mass.centerOfMass || !mass.inertia || !mass.inertiaOrientation)
        throw new Error(`${id}: mass`);
      const { mass: massKg, inertia, inertiaOrientation } = mass;
      const axes = AXES.map((axis) =>
        zUp(Vector3.TransformNormal(axis.applyRotationQuaternion(inertiaOrientation), carrier.getWorldMatrix())),
      );
      // The third axis of a right-handed frame, whichever way the line that it is runs.
      axes[2] = vec3.cross(axes[0], axes[1]);
      const toWorld = rotationOf(AXES.map((axis) => zUp(Vector3.TransformNormal(axis, world))));
      return {
        name: id,
        massKg,
        position: zUp(world.getTranslation()),
        // The body's own frame has its z up, too.
        rotation: quat.multiply(toWorld, [-Math.SQRT1_2, 0, 0, Math.SQRT1_2]),
        centerOfMass: zUp(Vector3.TransformCoordinates(mass.centerOfMass, carrier.getWorldMatrix())),
        // Havok's is per kilogram.
        inertia: tensorOf(vec3.scale([inertia.x, inertia.y, inertia.z], massKg), rotationOf(axes)),
      };
    });

  test('has every body in place and as heavy as it is', () => {
    for (const { id } of description.objects) {
      expect(carrierOf(id).physicsBody?.getMotionType()).toBe(PhysicsMotionType.DYNAMIC);
    }
    expectSameBodies(seen(), description);
  });

  test('draws textures where there are some, and vertex colours elsewhere', () => {
    for (const { id, mesh } of description.objects) {
      const loaded = scene.getMeshByName(`${id}/mesh`);
      const textures = loaded?.material?.getActiveTextures() ?? [];
      expect(textures).toHaveLength(mesh.texture ? 1 : 0);
      expect(loaded?.isVerticesDataPresent('uv')).toBe(mesh.texture !== undefined);
      expect(loaded?.isVerticesDataPresent('color')).toBe(mesh.texture === undefined);
    }
  });

  test('draws every mesh where it is', () => {
    for (const object of description.objects) {
      const mesh = scene.getMeshByName(`${object.id}/mesh`);
      const world = mesh?.computeWorldMatrix(true);
      const positions = mesh?.getVerticesData('position') ?? [];
      const points = Array.from({ length: positions.length / 3 }, (_, i) =>
        zUp(Vector3.TransformCoordinates(Vector3.FromArray(positions, 3 * i), world ?? Matrix.Identity())),
      );
      const bounds = [Math.min, Math.max].flatMap((pick) => [0, 1, 2].map((k) => pick(...points.map((p) => p[k]))));
      for (const [k, wanted] of worldBounds(object).entries()) expect(bounds[k]).toBeCloseTo(wanted, 4);
    }
  });

  test('has its ground fixed, and none of the meshes that colliders were made of', () => {
    expect(carrierOf('ground/collider-1').physicsBody?.getMotionType()).toBe(PhysicsMotionType.STATIC);
    const bodies = (scene.getPhysicsEngine() as PhysicsEngine).getBodies();
    expect(bodies).toHaveLength(description.objects.length + 1);
    expect(scene.meshes.filter(({ name }) => /hull|mirrored/.test(name))).toEqual([]);
  });

  test('stands still', () => {
    for (let frame = 0; frame < 60; frame++) scene.getPhysicsEngine()?._step(1 / 60);
    expectSamePoses(seen(), description);
  });
});

describe('what is refused', () => {
  test('a collider of a kind that Babylon does not have', async () => {
    const scene = await emptyScene();
    const planes = new TextDecoder('latin1').decode(glb).replaceAll('{"type":"sphere"', '{"type":"planes"');
    const foreign = AppendSceneAsync(
      Uint8Array.from(planes, (c) => c.charCodeAt(0)),
      scene,
      {
        pluginExtension: '.glb',
      },
    );
    await expect(foreign).rejects.toThrow(/of a kind that is not known/);
    scene.dispose();
  });

  test('a scene without physics', async () => {
    const scene = await emptyScene(true, false);
    await expect(load(scene)).rejects.toThrow(/enable the physics/);
    scene.dispose();
  });
});
