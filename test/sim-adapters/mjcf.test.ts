import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { vec3, type Vec3 } from '@scenemaker/sdk/geometry';
import type { SceneDescription } from '@scenemaker/sdk/scene';
import { exportScene, type FileSet } from '@scenemaker/sim-adapters';
import { awkwardlyNamedScene, exampleObject, exampleScene } from '../support/example-scene.js';
import { expectSameBodies, expectSamePoses, worldBounds } from '../support/simulators/compare.js';
import { dropScene } from '../support/simulators/drop-scene.js';
import { runMujoco, type MujocoRun } from '../support/simulators/mujoco.js';
import { cellColor } from '../support/textured.js';
import { openExport, pythonWith, withFiles } from '../support/simulators/tools.js';

const mainFile = (files: FileSet): string => new TextDecoder().decode(files.get('scene.xml'));

describe('MuJoCo', () => {
  let scene: SceneDescription;
  let run: MujocoRun;
  beforeAll(async () => {
    scene = await dropScene();
    run = await runMujoco(await exportScene(scene, 'mjcf'), 'scene.xml');
  });
  afterAll(() => run.dispose());

  test('has every body where it is, as heavy and as hard to turn as it is', () => {
    expectSameBodies(run.bodies(), scene);
    expect(run.bodies().map(({ name }) => name)).toEqual(['base_box', 'can', 'ball', 'pill', 'bowl', 'big_box']);
  });

  test('draws every mesh where it is', () => {
    for (const [index, { name }] of run.bodies().entries()) {
      const [seen, wanted] = [run.visualBounds(name), worldBounds(scene.objects[index])];
      for (let k = 0; k < 6; k++) expect(Math.abs(seen[k] - wanted[k])).toBeLessThan(1e-5);
    }
    // One more is the sky's.
    expect(run.model.ntex).toBe(scene.objects.length + 1);
  });

  test('draws a texture on the triangles that it belongs to', () => {
    const { mesh } = scene.objects[5];
    const { model, mujoco } = run;
    const at = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_MESH.value, 'big_box');
    const tex = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_TEXTURE.value, 'big_box');
    const [width, height] = [model.tex_width[tex], model.tex_height[tex]];
    expect(model.mesh_facenum[at]).toBe(mesh.indices.length / 3);
    for (let face = 0; face < mesh.indices.length / 3; face++) {
      const corners = [0, 1, 2].map((k) => model.mesh_facetexcoord[3 * (model.mesh_faceadr[at] + face) + k]);
      const [u, v] = [0, 1].map(
        (k) =>
          corners.reduce((sum, corner) => sum + model.mesh_texcoord[2 * (model.mesh_texcoordadr[at] + corner) + k], 0) /
          3,
      );
      const texel = model.tex_adr[tex] + 3 * (Math.floor(v * height) * width + Math.floor(u * width));
      expect(Array.from(model.tex_data.slice(texel, texel + 3))).toEqual(cellColor(face));
    }
  });

  test('looks through the camera', () => {
    const [camera] = scene.cameras;
    const at = run.mujoco.mj_name2id(run.model, run.mujoco.mjtObj.mjOBJ_CAMERA.value, 'camera-1');
    expect(Array.from(run.model.cam_resolution.slice(2 * at, 2 * at + 2))).toEqual([camera.width, camera.height]);
    const [focal, sensor] = [run.model.cam_intrinsic[4 * at], run.model.cam_sensorsize[2 * at]];
    expect((focal / sensor) * camera.width).toBeCloseTo(camera.fx, 2);
    const [x, y, z] = camera.cameraToWorld.translation;
    const seen = run.model.cam_pos.slice(3 * at, 3 * at + 3) as unknown as Vec3;
    expect(vec3.distance(seen, [x, -z, y])).toBeLessThan(1e-6);
  });

  test('finds no overlap, and everything stays where it is', () => {
    expect(run.penetration()).toBeLessThan(0.001);
    run.step(3);
    expectSamePoses(run.bodies(), scene);
    expect(run.penetration()).toBeLessThan(0.001);
  });
});

const python = pythonWith('mujoco');
test.skipIf(python === null)('MuJoCo for Python takes the scene from its folder', async () => {
  const files = await exportScene(await dropScene(), 'mjcf');
  const said = await withFiles(files, (folder) => openExport(python ?? '', 'mujoco', folder, 'scene.xml'));
  expect(said).toMatch(/^6 free bodies, /);
});

test('bodies that look alike share their files', async () => {
  const scene = exampleScene();
  const [, ball] = scene.objects;
  scene.objects = ['a', 'b', 'c'].map((id) => exampleObject(id, { ...ball, id }));
  const files = await exportScene(scene, 'mjcf');
  expect([...files.keys()].filter((path) => path.startsWith('meshes/'))).toEqual([
    'meshes/a.mtl',
    'meshes/a.obj',
    'meshes/a.png',
  ]);
});

test('names of any kind compile, and stay apart', async () => {
  const run = await runMujoco(await exportScene(awkwardlyNamedScene(), 'mjcf'), 'scene.xml');
  const names = run.bodies().map(({ name }) => name);
  run.dispose();
  expect(names).toEqual(['a_mug_b', 'a_mug_b_2', 'object', 'x']);
});

test('a mesh without colours is drawn plain, without a texture', async () => {
  const scene = exampleScene();
  const { positions, indices } = scene.objects[0].mesh;
  scene.objects = [exampleObject('box', { ...scene.objects[0], id: 'box', mesh: { positions, indices } })];
  const files = await exportScene(scene, 'mjcf');
  expect([...files.keys()].some((path) => path.endsWith('.png'))).toBe(false);
  expect(mainFile(files)).toMatch(/class="visual" mesh="box" rgba="0.7 0.7 0.7 1"/);
  const run = await runMujoco(files, 'scene.xml');
  expect(run.model.ntex).toBe(1);
  run.dispose();
});

test('a scene of ground alone', async () => {
  const run = await runMujoco(await exportScene({ ...exampleScene(), objects: [] }, 'mjcf'), 'scene.xml');
  expect(run.bodies()).toEqual([]);
  run.dispose();
});
