import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { quat, vec3, type Quat, type Vec3 } from '@scenemaker/sdk/geometry';
import type { SceneDescription } from '@scenemaker/sdk/scene';
import { exportScene, type FileSet } from '@scenemaker/sim-adapters';
import { awkwardlyNamedScene } from '../support/example-scene.js';
import { expectSameScene } from '../support/simulators/compare.js';
import { dropScene } from '../support/simulators/drop-scene.js';
import { consume, isInstalled, output, pythonWith, withFiles } from '../support/simulators/tools.js';

const mainFile = (files: FileSet): string => new TextDecoder().decode(files.get('scene.sdf'));

let scene: SceneDescription;
let files: FileSet;
beforeAll(async () => {
  scene = await dropScene();
  files = await exportScene(scene, 'sdf');
});

test('a world of one model an object, with ground, light and camera', () => {
  const xml = mainFile(files);
  const models = [...xml.matchAll(/<model name="([^"]+)">/g)].map(([, name]) => name);
  expect(models).toEqual(['ground', 'camera-1', 'base_box', 'can', 'ball', 'pill', 'bowl', 'big_box']);
  expect(xml).toMatch(/<light name="sun" type="directional">/);
  for (const [, path] of xml.matchAll(/<uri>([^<]+)<\/uri>/g)) expect(files.has(path)).toBe(true);
});

test('the camera stands where it stood and looks along its x axis, z up', () => {
  const [, written] = /<model name="camera-1">\s*<static>true<\/static>\s*<pose>([^<]+)</.exec(mainFile(files)) ?? [];
  const [x, y, z, roll, pitch, yaw] = written.split(' ').map(Number);
  const about = (axis: Vec3, angle: number): Quat => quat.fromAxisAngle(axis, angle);
  const rotation = [about([0, 0, 1], yaw), about([0, 1, 0], pitch), about([1, 0, 0], roll)].reduce(quat.multiply);
  const { cameraToWorld } = scene.cameras[0];
  const zUp = ([a, b, c]: Vec3): Vec3 => [a, -c, b];
  expect(vec3.distance([x, y, z], zUp(cameraToWorld.translation))).toBeLessThan(1e-6);
  const forward = zUp(quat.rotate(cameraToWorld.rotation, [0, 0, 1]));
  const up = zUp(quat.rotate(cameraToWorld.rotation, [0, -1, 0]));
  expect(vec3.distance(quat.rotate(rotation, [1, 0, 0]), forward)).toBeLessThan(1e-6);
  expect(vec3.distance(quat.rotate(rotation, [0, 0, 1]), up)).toBeLessThan(1e-6);
});

test.skipIf(!isInstalled('ign'))('sdformat finds it valid, names of any kind included', async () => {
  for (const set of [files, await exportScene(awkwardlyNamedScene(), 'sdf')]) {
    const said = await withFiles(set, (folder) => output('ign', ['sdf', '--check', join(folder, 'scene.sdf')]));
    expect(said).toMatch(/^Valid\.$/m);
    expect(said).not.toMatch(/warning/i);
  }
});

describe('Drake', () => {
  const drake = pythonWith('pydrake');
  test.skipIf(drake === null)('finds every body in place and as heavy as it is, and it stays there', async () => {
    const seen = await withFiles(files, (folder) => consume(drake ?? '', 'drake', join(folder, 'scene.sdf'), 0.5));
    // The facets by which Drake presses a ball to the ground turn it on the spot.
    expectSameScene(seen, scene, ['ball']);
  });
});
