import { describe, expect, test } from 'vitest';
import { mat3, quat, vec3, type Vec3 } from '@scenemaker/sdk';
import { toExportScene } from '../../../sim-adapters/src/shared/bodies.js';
import { exampleObject, exampleProperties, exampleScene } from '../../support/example-scene.js';

/** y up to z up. */
const zUp = ([x, y, z]: Vec3): Vec3 => [x, -z, y];

const expectClose = (actual: ArrayLike<number>, expected: ArrayLike<number>): void => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) expect(actual[i]).toBeCloseTo(expected[i], 6);
};

describe.each(['y', 'z'] as const)('with %s up', (up) => {
  const convert = up === 'z' ? zUp : (v: Vec3): Vec3 => v;
  const scene = exampleScene();
  const { bodies, ground, cameras } = toExportScene(scene, { up });

  test('every vertex lies where the description has it', () => {
    for (const [index, { mesh, pose }] of bodies.entries()) {
      const object = scene.objects[index];
      for (let i = 0; i < mesh.positions.length; i += 3) {
        const [a, b] = [mesh, object.mesh].map(({ positions: p }): Vec3 => [p[i], p[i + 1], p[i + 2]]);
        const world = vec3.add(
          quat.rotate(object.pose.rotation, vec3.scale(b, object.pose.size)),
          object.pose.translation,
        );
        expectClose(vec3.add(quat.rotate(pose.rotation, a), pose.translation), convert(world));
      }
    }
  });

  test('the tensor is that of the principal moments, in the frame of the body', () => {
    const { inertia, pose } = bodies[0];
    const { properties, pose: source } = scene.objects[0];
    // Energy of a spin about some world axis, which no change of frame alters.
    const spin: Vec3 = [0.3, -1.2, 0.7];
    const energy = (principal: Vec3, toWorld: typeof pose.rotation, axis: Vec3): number =>
      quat.rotate(quat.conjugate(toWorld), axis).reduce((sum, w, k) => sum + principal[k] * w * w, 0);
    const expected = energy(
      properties.inertiaPrincipal.value,
      quat.multiply(source.rotation, properties.inertiaRotation),
      spin,
    );
    const world = convert(spin);
    expect(energy(inertia.principal, quat.multiply(pose.rotation, inertia.rotation), world)).toBeCloseTo(expected, 9);
    const body = quat.rotate(quat.conjugate(pose.rotation), world);
    expect(vec3.dot(body, mat3.apply(inertia.tensor, body))).toBeCloseTo(expected, 9);
  });

  test('ground and camera are turned with the world', () => {
    expectClose(ground.origin, convert([0, 0, 0]));
    const forward = quat.rotate(scene.cameras[0].cameraToWorld.rotation, [0, 0, 1]);
    expectClose(quat.rotate(cameras[0].cameraToWorld.rotation, [0, 0, 1]), convert(forward));
  });
});

test('bodies that share a mesh and a size share it afterwards', () => {
  const scene = exampleScene();
  const colliders = scene.objects[1].colliders;
  const { mesh, pose } = scene.objects[1];
  scene.objects = ['a', 'b', 'c'].map((id) => exampleObject(id, { mesh, colliders, pose }));
  scene.objects[2].pose = { ...pose, size: 2 };
  const [a, b, c] = toExportScene(scene, { up: 'z' }).bodies;
  expect(a.mesh).toBe(b.mesh);
  expect(c.mesh).not.toBe(b.mesh);
});

describe('what is refused', () => {
  test('an object without colliders', () => {
    const scene = { ...exampleScene(), objects: [exampleObject('mug')] };
    expect(() => toExportScene(scene, { up: 'z' })).toThrow(/mug has no colliders: settle the scene/);
  });

  test.each([[[0, 1, 1]], [[1, 1, 3]]])('principal moments %o', (value) => {
    const { colliders } = exampleScene().objects[0];
    const inertiaPrincipal = { value: value as unknown as Vec3, source: 'given' } as const;
    const object = exampleObject('mug', { colliders, properties: { ...exampleProperties(), inertiaPrincipal } });
    expect(() => toExportScene({ ...exampleScene(), objects: [object] }, { up: 'z' })).toThrow(/mug has principal/);
  });
});
