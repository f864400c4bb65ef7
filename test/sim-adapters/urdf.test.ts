import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SceneDescription } from '@scenemaker/sdk/scene';
import { exportScene, type FileSet } from '@scenemaker/sim-adapters';
import { awkwardlyNamedScene } from '../support/example-scene.js';
import { expectSameBodies, expectSamePoses, expectSameScene } from '../support/simulators/compare.js';
import { dropScene } from '../support/simulators/drop-scene.js';
import { runMujoco } from '../support/simulators/mujoco.js';
import { consume, isInstalled, openExport, output, pythonWith, withFiles } from '../support/simulators/tools.js';

let scene: SceneDescription;
let files: FileSet;
beforeAll(async () => {
  scene = await dropScene();
  files = await exportScene(scene, 'urdf');
});

test('there is one file for each object, one for the ground and one for all', () => {
  const names = ['ball', 'base_box', 'big_box', 'bowl', 'can', 'ground', 'pill', 'scene'];
  const robots = [...files.keys()].filter((path) => path.endsWith('.urdf'));
  expect(robots).toEqual(names.map((name) => `${name}.urdf`));
});

test('MuJoCo finds every body in place and as heavy as it is, and it stays there', async () => {
  const run = await runMujoco(files, 'scene.urdf');
  expectSameBodies(run.bodies(), scene);
  expect(run.penetration()).toBeLessThan(0.001);
  run.step(0.5);
  expectSamePoses(run.bodies(), scene);
  run.dispose();
});

test.skipIf(!isInstalled('check_urdf'))('check_urdf takes every file, names of any kind included', async () => {
  for (const set of [files, await exportScene(awkwardlyNamedScene(), 'urdf')]) {
    const robots = [...set.keys()].filter((path) => path.endsWith('.urdf'));
    const said = await withFiles(set, (folder) =>
      Promise.all(robots.map((path) => output('check_urdf', [join(folder, path)]))),
    );
    for (const text of said) expect(text).toMatch(/Successfully Parsed/);
  }
});

describe('simulators of Python', () => {
  const mujoco = pythonWith('mujoco');
  test.skipIf(mujoco === null)('MuJoCo: takes the scene from its folder', async () => {
    const said = await withFiles(files, (folder) => openExport(mujoco ?? '', 'mujoco', folder, 'scene.urdf'));
    expect(said).toMatch(/^6 free bodies, /);
  });

  const bullet = pythonWith('pybullet');
  test.skipIf(bullet === null)('PyBullet: each object, placed as the report says, is the same and stays', async () => {
    const seen = await withFiles(files, (folder) => consume(bullet ?? '', 'pybullet', folder, 0.5));
    // What lies on its side rolls on in Bullet, which has no rolling friction: therefore half a second.
    expectSameScene(seen, scene);
  });

  const drake = pythonWith('pydrake');
  test.skipIf(drake === null)('Drake: the bodies are the same and stay', async () => {
    const seen = await withFiles(files, (folder) => consume(drake ?? '', 'drake', join(folder, 'scene.urdf'), 0.5));
    // The facets by which Drake presses a ball to the ground turn it on the spot.
    expectSameScene(seen, scene, ['ball']);
  });
});
