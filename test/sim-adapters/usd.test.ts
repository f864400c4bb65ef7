import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { boxMesh, cylinderMesh, latheMesh, meshBounds, quat, transformPositions, vec3 } from '@scenemaker/sdk/geometry';
import { bodyMass, settleScene } from '@scenemaker/sdk/physics';
import type { SceneDescription } from '@scenemaker/sdk/scene';
import { exportScene, type FileSet } from '@scenemaker/sim-adapters';
import { exampleObject, exampleScene } from '../support/example-scene.js';
import { sceneOf } from '../support/settle-scenes.js';
import { expectSameScene } from '../support/simulators/compare.js';
import { dropScene } from '../support/simulators/drop-scene.js';
import { consume, pythonWith, withFiles } from '../support/simulators/tools.js';
import { inspectUsd, type UsdPrim, type UsdStage } from '../support/simulators/usd.js';

// A Python process a scene, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const python = pythonWith('pxr');
const MILLIMETRE = 1e-3;
const TENTH_OF_A_DEGREE = (0.1 * Math.PI) / 180;

const inspect = async (scene: SceneDescription, format: 'usda' | 'usdz' = 'usda'): Promise<UsdStage> =>
  inspectUsd(python ?? '', await exportScene(scene, format), `scene.${format}`);
let whole: Promise<UsdStage> | undefined;
/** `anyScene`, opened once. */
const wholeStage = (): Promise<UsdStage> => (whole ??= inspect(anyScene()));
const objectPath = (id: string): string => `/World/Objects/${id.replaceAll('-', '_')}`;
const textOf = (files: FileSet): string => new TextDecoder().decode(files.get('scene.usda'));

/** Every kind of collider, turned and off the middle, with an inertia that is no object's own axes'. */
function anyScene(): SceneDescription {
  const scene = exampleScene();
  const tilted = quat.fromAxisAngle(vec3.normalize([1, 2, 3]), 0.7);
  const turned = quat.fromAxisAngle(vec3.normalize([-1, 0.5, 0.2]), 2.1);
  const capsule = {
    kind: 'capsule',
    center: [0.1, 0.2, -0.1],
    rotation: tilted,
    radius: 0.2,
    halfHeight: 0.15,
  } as const;
  const cylinder = { ...capsule, kind: 'cylinder', rotation: turned } as const;
  const pose = { rotation: turned, translation: [0.6, 0.4, -0.3], size: 0.37 } as const;
  scene.objects.push(exampleObject('object-5', { pose, colliders: [capsule, cylinder] }));
  scene.cameras.push({ ...scene.cameras[0], fx: 520, fy: 610, cx: 300, cy: 262, width: 640, height: 480 });
  return scene;
}

function expectSameBodies(stage: UsdStage, scene: SceneDescription): void {
  for (const { id, pose, properties, mesh } of scene.objects) {
    const prim = stage.prims[objectPath(id)];
    expect(prim.apis).toEqual(['PhysicsRigidBodyAPI', 'PhysicsMassAPI']);
    expect(vec3.distance(prim.translation, pose.translation)).toBeLessThan(MILLIMETRE);
    expect(quat.angleBetween(prim.rotation, pose.rotation)).toBeLessThan(TENTH_OF_A_DEGREE);
    expect(prim.scale).toEqual([expect.closeTo(1, 9), expect.closeTo(1, 9), expect.closeTo(1, 9)]);
    const mass = bodyMass(properties, pose.size);
    expect(prim.values['physics:mass']).toBeCloseTo(mass.massKg, 6);
    expect(prim.values['physics:centerOfMass']).toEqual(mass.centerOfMass.map((value) => expect.closeTo(value, 6)));
    const moments = prim.values['physics:diagonalInertia'] as number[];
    for (const [k, moment] of mass.inertiaPrincipal.entries()) expect(moments[k] / moment).toBeCloseTo(1, 6);
    const axes = prim.values['physics:principalAxes'] as UsdPrim['rotation'];
    expect(quat.angleBetween(axes, mass.inertiaRotation)).toBeLessThan(TENTH_OF_A_DEGREE);
    const { min, max } = meshBounds({
      ...mesh,
      positions: transformPositions(mesh.positions, pose.rotation, pose.translation, pose.size),
    });
    const { bounds = [[], []] } = stage.prims[`${objectPath(id)}/visual`];
    expect(vec3.distance(bounds[0] as never, min)).toBeLessThan(MILLIMETRE);
    expect(vec3.distance(bounds[1] as never, max)).toBeLessThan(MILLIMETRE);
  }
}

describe.skipIf(python === null)('OpenUSD', () => {
  test.each(['usda', 'usdz'] as const)('opens %s, finds nothing wrong, and sees the same bodies', async (format) => {
    const scene = anyScene();
    const stage = format === 'usda' ? await wholeStage() : await inspect(scene, format);
    expect(stage.problems).toEqual([]);
    expect(stage).toMatchObject({ metersPerUnit: 1, kilogramsPerUnit: 1, upAxis: 'Y' });
    expectSameBodies(stage, scene);
    const textures = Object.values(stage.prims).flatMap(({ texture }) => texture ?? []);
    expect(textures).toHaveLength(4);
    for (const texture of textures) expect(texture).toMatch(/textures\/object_\d\.png\]?$/);
  });

  test('finds what is wrong, where something is', async () => {
    const files = await exportScene(exampleScene(), 'usda');
    const broken = textOf(files)
      .replace('defaultPrim = "World"', '')
      .replace('upAxis = "Y"', '')
      .replace(
        'outputs:surface.connect = </World/Materials/look_1/surface',
        'outputs:surface.connect = </World/Materials/gone',
      );
    files.set('scene.usda', new TextEncoder().encode(broken));
    await expect(inspectUsd(python ?? '', files, 'scene.usda')).rejects.toThrow(/default|prim/i);
  });

  test('sees the same bodies of a scene that physics settled, and its report', async () => {
    const bowl = latheMesh([[0, 0], [0.06, 0], [0.15, 0.1], [0.14, 0.1], [0.055, 0.012], [0, 0.012]], 24); // prettier-ignore
    const scene = await settleScene(
      sceneOf({
        'object-1': { mesh: boxMesh(0.2, 0.1, 0.15), at: [0, 0.1, 0], label: 'crate' },
        'object-2': { mesh: bowl, at: [0.02, 0.21, 0], label: 'bowl' },
        'object-3': { mesh: cylinderMesh(0.03, 0.1), at: [0.5, 0.1, 0.2], rotation: [0, 0.6, 0, 0.8], label: 'can' },
      }),
    );
    const stage = await inspect(scene);
    expect(stage.problems).toEqual([]);
    expectSameBodies(stage, scene);
    const { verdict, engine } = scene.physics ?? {};
    expect(stage.customData.scenemaker).toMatchObject({ physics: { verdict, engine } });
    for (const report of scene.physics?.objects ?? []) {
      expect(stage.prims[objectPath(report.id)].customData.scenemaker).toMatchObject({
        id: report.id,
        restsOn: report.restsOn,
        physics: { stable: report.stable, massKg: expect.closeTo(report.massKg, 6), reason: report.reason },
      });
    }
    // The bowl's hollow is in its pieces.
    const pieces = Object.keys(stage.prims).filter((path) => path.startsWith('/World/Objects/object_2/collision/'));
    expect(pieces.length).toBe(scene.objects[1].colliders.length);
    expect(pieces.length).toBeGreaterThan(1);
  });

  test('sees colliders where they are, each with its physics material', async () => {
    const scene = anyScene();
    const { prims } = await wholeStage();
    for (const { id, pose, colliders, properties } of scene.objects) {
      for (const [i, collider] of colliders.entries()) {
        const prim = prims[`${objectPath(id)}/collision/piece_${i + 1}`];
        expect(prim.apis).toContain('PhysicsCollisionAPI');
        expect(prim.values['purpose']).toBe('guide');
        const material = prims[prim['material:physics'] ?? ''];
        expect(material.apis).toEqual(['PhysicsMaterialAPI']);
        expect(material.values).toMatchObject({
          'physics:staticFriction': expect.closeTo(properties.friction.value, 6),
          'physics:dynamicFriction': expect.closeTo(properties.friction.value, 6),
          'physics:restitution': expect.closeTo(properties.restitution.value, 6),
        });
        if (collider.kind === 'hull') {
          expect(prim).toMatchObject({ type: 'Mesh', values: { 'physics:approximation': 'convexHull' } });
          const { min } = meshBounds({
            ...collider,
            positions: transformPositions(collider.positions, pose.rotation, pose.translation, pose.size),
          });
          expect(vec3.distance((prim.bounds?.[0] ?? []) as never, min)).toBeLessThan(MILLIMETRE);
          continue;
        }
        const center = vec3.add(pose.translation, quat.rotate(pose.rotation, vec3.scale(collider.center, pose.size)));
        expect(vec3.distance(prim.translation, center)).toBeLessThan(MILLIMETRE);
        if (collider.kind === 'sphere') {
          expect(prim).toMatchObject({
            type: 'Sphere',
            values: { radius: expect.closeTo(collider.radius * pose.size, 6) },
          });
          continue;
        }
        const rotation = quat.multiply(pose.rotation, collider.rotation);
        expect(quat.angleBetween(prim.rotation, rotation)).toBeLessThan(TENTH_OF_A_DEGREE);
        if (collider.kind === 'box') {
          expect(prim).toMatchObject({ type: 'Cube', values: { size: 1 } });
          expect(prim.scale).toEqual(collider.halfExtents.map((half) => expect.closeTo(2 * half * pose.size, 6)));
        } else {
          expect(prim).toMatchObject({
            type: collider.kind === 'capsule' ? 'Capsule' : 'Cylinder',
            values: {
              axis: 'Y',
              radius: expect.closeTo(collider.radius * pose.size, 6),
              height: expect.closeTo(2 * collider.halfHeight * pose.size, 6),
            },
          });
        }
      }
    }
    expect(prims['/World/ground/collision'].apis).toContain('PhysicsCollisionAPI');
    expect(prims['/World/ground'].apis).toEqual([]);
    expect(prims['/World/ground/collision'].translation[1] + prims['/World/ground/collision'].scale[1] / 2).toBeCloseTo(
      0,
      9,
    );
  });

  test('sees through the cameras what they see', async () => {
    const scene = anyScene();
    const { prims } = await wholeStage();
    for (const [i, camera] of scene.cameras.entries()) {
      const { clip = [] } = prims[`/World/camera_${i + 1}`];
      for (const point of [
        [0, 0, 0],
        [0.3, 0.2, -0.4],
        [-0.5, 0.1, 0.2],
      ] as const) {
        const { rotation, translation } = camera.cameraToWorld;
        const [x, y, z] = quat.rotate(quat.conjugate(rotation), vec3.sub(point, translation));
        const pixel = [camera.cx + (camera.fx * x) / z, camera.cy + (camera.fy * y) / z];
        const [u, v, , w] = [0, 1, 2, 3].map((k) =>
          point.reduce((sum, value, row) => sum + value * clip[row][k], clip[3][k]),
        );
        expect([((u / w + 1) / 2) * camera.width, ((1 - v / w) / 2) * camera.height]).toEqual([
          expect.closeTo(pixel[0], 2),
          expect.closeTo(pixel[1], 2),
        ]);
      }
    }
  });

  test('takes names and texts of any kind', async () => {
    const scene = exampleScene();
    const names = ['a "mug"', 'ein/Glas', '杯子', 'a "mug"'.toUpperCase(), '7', 'World', 'visual', '\u0000\u2028 \\'];
    scene.objects = names.map((id) => ({ ...scene.objects[0], id, label: `${id}\n"""` }));
    scene.provenance.options = { 'a "key"': 'x\\y', nothing: null };
    const stage = await inspect(scene);
    expect(stage.problems).toEqual([]);
    const objects = Object.entries(stage.prims).filter(([path]) => /^\/World\/Objects\/[^/]+$/.test(path));
    expect(objects.map(([, { customData }]) => customData.scenemaker?.['id'])).toEqual(names);
    expect(objects.map(([, { customData }]) => customData.scenemaker?.['label'])).toEqual(
      names.map((id) => `${id}\n"""`),
    );
  });

  test('sees a mesh that several objects share, with its look, though it is written once', async () => {
    const scene = exampleScene();
    const [box] = scene.objects;
    const away = { ...box.pose, translation: [0.5, 0.12, 0.5] } as const;
    scene.objects = [
      box,
      { ...box, id: 'object-2', pose: away },
      { ...box, id: 'object-3', pose: { ...away, size: 0.2 } },
    ];
    const files = await exportScene(scene, 'usda');
    expect(textOf(files).split('point3f[] points').length - 1).toBe(3); // The ground, and two sizes.
    expect(Array.from(files.keys())).toEqual(['scene.usda', 'textures/object_1.png']);
    const stage = await inspect(scene);
    expect(stage.problems).toEqual([]);
    expectSameBodies(stage, scene);
    const looks = scene.objects.map(({ id }) => stage.prims[`${objectPath(id)}/visual`]['material:']);
    expect(looks[0]).toMatch(/^\/World\/Materials\/look_/);
    expect(looks[1]).toBe(looks[0]);
  });

  test('opens a scene of ground alone', async () => {
    const stage = await inspect({ ...exampleScene(), objects: [] });
    expect(stage.problems).toEqual([]);
  });
});

describe('Newton', () => {
  const newton = pythonWith('newton');
  // It compiles its kernels when it runs for the first time.
  test.skipIf(newton === null)(
    'finds every body in place and as heavy as it is, and it stays there',
    async () => {
      const scene = await dropScene();
      const files = await exportScene(scene, 'usda');
      const seen = await withFiles(files, (folder) => consume(newton ?? '', 'newton', join(folder, 'scene.usda'), 0.5));
      expectSameScene(seen, scene);
    },
    600_000,
  );
});

test('a scene that physics has not run on is refused', async () => {
  const scene = exampleScene();
  scene.objects[1].colliders = [];
  await expect(exportScene(scene, 'usda')).rejects.toMatchObject({
    code: 'bad-request',
    message: expect.stringContaining('object-2 has no colliders'),
  });
});
