import { NullEngine } from '@babylonjs/core/Engines/nullEngine.js';
import { Matrix, Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import { Material } from '@babylonjs/core/Materials/material.js';
import { VertexBuffer } from '@babylonjs/core/Buffers/buffer.js';
import { VertexData } from '@babylonjs/core/Meshes/mesh.vertexData.js';
import { Scene } from '@babylonjs/core/scene.js';
import { Viewport } from '@babylonjs/core/Maths/math.viewport.js';
import type { PhysicsEngine } from '@babylonjs/core/Physics/v2/physicsEngine.js';
import { afterEach, describe, expect, it } from 'vitest';
import { buildScene } from '@scenemaker/sdk/babylon';
import { boxMesh, quat, vec3, type Vec3 } from '@scenemaker/sdk/geometry';
import { settleScene } from '@scenemaker/sdk/physics';
import type { Camera, SceneDescription } from '@scenemaker/sdk/scene';
import { sceneOf, thing } from '../../support/settle-scenes.js';
import { textured } from '../../support/textured.js';

const CAMERA: Camera = {
  width: 640,
  height: 480,
  fx: 610,
  fy: 590,
  cx: 300,
  cy: 255,
  intrinsicsFrom: 'given',
  // Looking down and a little to the side, rolled.
  cameraToWorld: {
    rotation: quat.normalize(
      quat.multiply(quat.fromAxisAngle(vec3.normalize([0.3, 1, 0.1]), 0.4), [0.97, 0.05, 0.1, -0.2]),
    ),
    translation: [0.3, 0.8, 1.5],
  },
};

const engines: NullEngine[] = [];
afterEach(() => engines.splice(0).forEach((engine) => engine.dispose()));

function emptyScene(rightHanded: boolean, width = 640, height = 480): Scene {
  const engine = new NullEngine({
    renderWidth: width,
    renderHeight: height,
    textureSize: 64,
    deterministicLockstep: false,
    lockstepMaxSteps: 1,
  });
  engines.push(engine);
  const scene = new Scene(engine);
  scene.useRightHandedSystem = rightHanded;
  return scene;
}

/** Three boxes in a heap that is settled already. */
async function settled(): Promise<SceneDescription> {
  const box = (at: Vec3): { mesh: ReturnType<typeof boxMesh>; at: Vec3 } => ({ mesh: boxMesh(0.1, 0.06, 0.08), at });
  const scene = sceneOf({ low: box([0, 0.06, 0]), high: box([0.02, 0.18, 0.01]), apart: box([0.5, 0.06, 0.3]) });
  scene.cameras = [CAMERA];
  return settleScene(scene);
}

/** Where the picture's own camera sees a point, pixels. */
function pixelOf(point: Vec3): [number, number] {
  const { rotation, translation } = CAMERA.cameraToWorld;
  const [x, y, z] = quat.rotate(quat.conjugate(rotation), vec3.sub(point, translation));
  return [(CAMERA.fx * x) / z + CAMERA.cx, (CAMERA.fy * y) / z + CAMERA.cy];
}

const inScene = (p: Vec3, scene: Scene): Vector3 => new Vector3(p[0], p[1], scene.useRightHandedSystem ? p[2] : -p[2]);

for (const rightHanded of [true, false]) {
  describe(`in a ${rightHanded ? 'right' : 'left'}-handed scene`, () => {
    it('the camera sees every point at the pixel where the picture has it', async () => {
      for (const [width, height] of [
        [640, 480],
        [1280, 480],
        [300, 480],
      ] as const) {
        // prettier-ignore
        const scene = emptyScene(rightHanded, width, height);
        const built = await buildScene({ ...(await settled()), objects: [] }, scene, { physics: false });
        const scale = Math.min(width / 640, height / 480);
        const { camera } = built;
        if (!camera) throw new Error('no camera');
        const { rotation, translation } = CAMERA.cameraToWorld;
        for (const seen of [
          [0, 0, 2],
          [0.5, 0.3, 2],
          [-0.4, 0.2, 3],
          [0.1, -0.6, 1.5],
        ] as const) {
          // prettier-ignore
          const point = vec3.add(quat.rotate(rotation, seen), translation);
          const view = camera.getViewMatrix(true).multiply(camera.getProjectionMatrix());
          const found = Vector3.Project(
            inScene(point, scene),
            Matrix.Identity(),
            view,
            new Viewport(0, 0, width, height),
          );
          const [u, v] = pixelOf(point);
          expect(found.x).toBeCloseTo(width / 2 + (u - 320) * scale, 1);
          expect(found.y).toBeCloseTo(height / 2 + (v - 240) * scale, 1);
          expect(found.z).toBeGreaterThan(0);
          expect(found.z).toBeLessThan(1);
        }
      }
    });

    it('a mesh is drawn with its texture, whose rows are from the top, or else in its colours', async () => {
      const scene = emptyScene(rightHanded);
      const description = await settled();
      const colors = new Uint8Array((description.objects[0].mesh.positions.length / 3) * 4).fill(200);
      description.objects[0].mesh = { ...description.objects[0].mesh, colors };
      description.objects[1].mesh = textured(description.objects[0].mesh);
      const { objects } = await buildScene(description, scene, { physics: false });
      const [colored, drawn] = description.objects.map(({ id }) => objects.get(id)?.mesh);
      expect(drawn?.getVerticesData(VertexBuffer.UVKind)).toEqual(description.objects[1].mesh.uvs);
      expect(drawn?.isVerticesDataPresent(VertexBuffer.ColorKind)).toBe(false);
      expect(colored?.isVerticesDataPresent(VertexBuffer.ColorKind)).toBe(true);
      expect(colored?.material?.getActiveTextures()).toEqual([]);
      const [texture] = drawn?.material?.getActiveTextures() ?? [];
      expect(texture.getInternalTexture()).toMatchObject({ invertY: false, isReady: true });
      expect(texture.getInternalTexture()?._buffer).toEqual(description.objects[1].mesh.texture);
    });

    it('meshes are where the description has them, and face outward', async () => {
      const scene = emptyScene(rightHanded);
      const description = await settled();
      const built = await buildScene(description, scene, { physics: false });
      for (const object of description.objects) {
        const mesh = built.objects.get(object.id)?.mesh;
        if (!mesh) throw new Error(`no mesh of ${object.id}`);
        const positions = mesh.getVerticesData(VertexBuffer.PositionKind) ?? [];
        const normals = mesh.getVerticesData(VertexBuffer.NormalKind) ?? [];
        const corner = vec3.at(object.mesh.positions, 5);
        const world = vec3.add(
          quat.rotate(object.pose.rotation, vec3.scale(corner, object.pose.size)),
          object.pose.translation,
        );
        const found = Vector3.TransformCoordinates(Vector3.FromArray(positions, 15), mesh.computeWorldMatrix(true));
        expect(Vector3.Distance(found, inScene(world, scene))).toBeLessThan(1e-5);
        // From outside, corners run counter-clockwise on the screen; Babylon is told that this is the front.
        expect(mesh.sideOrientation).toBe(Material.CounterClockWiseSideOrientation);
        expect(mesh.material?.sideOrientation ?? null).toBeNull();
        const expected: number[] = [];
        VertexData.ComputeNormals(positions, mesh.getIndices(), expected, { useRightHandedSystem: rightHanded });
        for (let i = 0; i < normals.length; i += 3) {
          expect(Vector3.Dot(Vector3.FromArray(normals, i), Vector3.FromArray(expected, i))).toBeGreaterThan(0.5);
          expect(Vector3.Dot(Vector3.FromArray(normals, i), Vector3.FromArray(positions, i))).toBeGreaterThan(0);
        }
        expect(mesh.metadata).toMatchObject({ scenemaker: { id: object.id } });
      }
    });

    it('bodies stay where they were settled', async () => {
      const scene = emptyScene(rightHanded);
      const description = await settled();
      const built = await buildScene(description, scene);
      const physics = scene.getPhysicsEngine() as PhysicsEngine;
      const before = [...built.objects.values()].map(({ mesh }) => mesh.position.clone());
      // Awake, so that standing still means something.
      for (const { body } of built.objects.values())
        body?.applyImpulse(new Vector3(0, -1e-4, 0), body.transformNode.position);
      for (let i = 0; i < 240; i++) physics._step(1 / 60);
      [...built.objects.values()].forEach(({ mesh }, i) => {
        expect(Vector3.Distance(mesh.position, before[i])).toBeLessThan(2e-3);
      });
    });

    it('bodies have the mass that the description says, and fall when nothing carries them', async () => {
      const scene = emptyScene(rightHanded);
      const description = await settled();
      const built = await buildScene({ ...description, objects: [] }, scene);
      const [object] = description.objects;
      const { mesh, body } = built.addObject({ ...object, pose: { ...object.pose, translation: [0.3, 5, 0.4] } });
      expect(body?.getMassProperties().mass).toBeCloseTo(object.properties.massKg.value, 5);
      const inertia = body?.getMassProperties().inertia?.asArray() ?? [];
      inertia.forEach((value, k) =>
        expect(value).toBeCloseTo(object.properties.inertiaPrincipal.value[k] / object.properties.massKg.value, 6),
      );
      body?.applyImpulse(new Vector3(0, -1e-4, 0), mesh.position);
      for (let i = 0; i < 30; i++) (scene.getPhysicsEngine() as PhysicsEngine)._step(1 / 60);
      expect(mesh.position.y).toBeCloseTo(5 - 0.5 * 9.81 * 0.25, 1);
      expect(mesh.position.x).toBeCloseTo(0.3, 3);
    });

    it('dispose leaves nothing', async () => {
      const scene = emptyScene(rightHanded);
      const count = (): Record<string, number> => ({
        meshes: scene.meshes.length,
        materials: scene.materials.length,
        cameras: scene.cameras.length,
        lights: scene.lights.length,
        geometries: scene.geometries.length,
        nodes: scene.transformNodes.length,
        resizeObservers: scene.getEngine().onResizeObservable.observers.length,
      });
      const before = count();
      const built = await buildScene(await settled(), scene);
      expect(scene.meshes.length).toBe(4);
      expect(scene.isPhysicsEnabled()).toBe(true);
      built.dispose();
      // Babylon lets go of observers a moment later.
      await new Promise((resolve) => setTimeout(resolve, 10));
      expect(count()).toEqual(before);
      expect(scene.isPhysicsEnabled()).toBe(false);
      expect(built.objects.size).toBe(0);
    });
  });
}

describe('objects that arrive one by one', () => {
  it('are added, replaced and removed', async () => {
    const scene = emptyScene(false);
    const description = sceneOf({});
    const built = await buildScene(description, scene);
    const bodies = (): number => (scene.getPhysicsEngine() as PhysicsEngine).getBodies().length;
    const early = thing('object-1', { mesh: boxMesh(0.1, 0.1, 0.1), at: [0, 0.5, 0] });
    expect(built.addObject(early).body).toBeNull();
    const [ready] = (await settleScene({ ...description, objects: [early] })).objects;
    expect(built.addObject(ready).body).not.toBeNull();
    expect(built.objects.size).toBe(1);
    expect(scene.meshes.length).toBe(2);
    expect(bodies()).toBe(2);
    built.removeObject('object-1');
    expect(scene.meshes.length).toBe(1);
    expect(bodies()).toBe(1);
    built.dispose();
  });

  it('find the scene of an empty description with its ground', async () => {
    const scene = emptyScene(true);
    const built = await buildScene(await settleScene(sceneOf({})), scene);
    expect(scene.meshes.map((mesh) => mesh.name)).toEqual(['ground']);
    built.dispose();
  });
});
