import { validateBytes } from 'gltf-validator';
import { expect, test } from 'vitest';
import { boxMesh } from '@scenemaker/sdk/geometry';
import type { Collider } from '@scenemaker/sdk/scene';
import { EXPORT_FORMATS, exportFormats, type FileSet, readGlb } from '@scenemaker/sim-adapters';
import { exampleObject, exampleScene } from '../support/example-scene.js';
import { runMujoco } from '../support/simulators/mujoco.js';

const COUNT = 500;

/** Side by side, each with a mesh and a hull of its own; their names differ in what no name may hold. */
const scene = {
  ...exampleScene(),
  objects: Array.from({ length: COUNT }, (_, i) => {
    const mesh = boxMesh(0.5, 0.3, 0.2 + 0.0005 * i);
    const colliders: Collider[] = [{ kind: 'hull', positions: mesh.positions, indices: mesh.indices }];
    const translation = [0.3 * (i % 25), 0.0301, 0.3 * Math.floor(i / 25)] as const;
    const id = `a ${i.toString(2).padStart(9, '0').replaceAll('0', '/').replaceAll('1', '"')} b`;
    return exampleObject(id, {
      mesh,
      colliders,
      restsOn: null,
      pose: { rotation: [0, 0, 0, 1], translation, size: 0.1 },
    });
  }),
};

test('a scene of 500 objects is written in every format, and opened', { timeout: 300_000 }, async () => {
  const written = new Map<string, FileSet>();
  for await (const [format, files] of exportFormats(scene, EXPORT_FORMATS)) written.set(format, files);
  const glb = written.get('glb')?.get('scene.glb') ?? new Uint8Array();
  expect((await validateBytes(glb)).issues.numErrors).toBe(0);
  expect((await readGlb(glb)).objects).toHaveLength(COUNT);
  for (const [format, main] of [
    ['mjcf', 'scene.xml'],
    ['urdf', 'scene.urdf'],
  ] as const) {
    // prettier-ignore
    const run = await runMujoco(written.get(format) ?? new Map(), main);
    const names = run.bodies().map(({ name }) => name);
    run.dispose();
    expect(new Set(names).size).toBe(COUNT);
  }
  for (const format of ['sdf', 'usda'] as const) {
    const text = new TextDecoder().decode(written.get(format)?.get(`scene.${format}`));
    expect(text.match(/<mass>|float physics:mass/g)).toHaveLength(COUNT);
  }
});
