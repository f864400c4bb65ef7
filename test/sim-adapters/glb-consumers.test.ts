import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { quat, vec3, type Quat, type Vec3 } from '@scenemaker/sdk/geometry';
import type { SceneDescription } from '@scenemaker/sdk/scene';
import { exportScene, writeGlb } from '@scenemaker/sim-adapters';
import { exampleScene } from '../support/example-scene.js';
import { METERS, RADIANS, worldBounds } from '../support/simulators/compare.js';
import { dropScene } from '../support/simulators/drop-scene.js';
import { cellColor } from '../support/textured.js';
import { isInstalled, output, withFiles } from '../support/simulators/tools.js';

interface Json {
  extensions: Record<string, { shapes?: unknown[]; physicsMaterials?: unknown[] }>;
  nodes: { mesh?: number; extensions?: { KHR_physics_rigid_bodies?: Body } }[];
}
interface Body {
  motion?: { mass: number };
  collider?: { geometry: { shape?: number; node?: number }; physicsMaterial: number };
}

function jsonOf(glb: Uint8Array): Json {
  const view = new DataView(glb.buffer, glb.byteOffset);
  return JSON.parse(new TextDecoder().decode(glb.subarray(20, 20 + view.getUint32(12, true)))) as Json;
}

let scene: SceneDescription;
beforeAll(async () => {
  scene = await dropScene();
});

describe('the physics extensions', () => {
  const SCHEMA = new URL('../fixtures/schemas/gltf-physics.schema.json', import.meta.url);
  let validate: (value: unknown) => string;
  beforeAll(async () => {
    const ajv = new Ajv2020({ allErrors: true, strict: false });
    const check = ajv.compile(JSON.parse(await readFile(SCHEMA, 'utf8')) as object);
    validate = (value) => (check(value) ? '' : ajv.errorsText(check.errors));
  });

  test('follow their schema', async () => {
    for (const each of [scene, exampleScene()]) expect(validate(jsonOf(await writeGlb(each)))).toBe('');
  });

  test('refer to shapes, meshes and materials that are there', async () => {
    const { extensions, nodes } = jsonOf(await writeGlb(scene));
    const colliders = nodes.flatMap(({ extensions: own }) => own?.KHR_physics_rigid_bodies?.collider ?? []);
    expect(colliders.length).toBeGreaterThan(scene.objects.length);
    for (const { geometry, physicsMaterial } of colliders) {
      expect(extensions['KHR_physics_rigid_bodies'].physicsMaterials?.[physicsMaterial]).toBeDefined();
      if (geometry.shape !== undefined) {
        expect(extensions['KHR_implicit_shapes'].shapes?.[geometry.shape]).toBeDefined();
      } else expect(nodes[geometry.node ?? -1].mesh).toBeDefined();
    }
  });

  test('are refused by the schema where they are wrong', async () => {
    const glb = await writeGlb(scene);
    const spoil = (change: (body: Body) => void): string => {
      const json = jsonOf(glb);
      for (const { extensions } of json.nodes) {
        if (extensions?.KHR_physics_rigid_bodies) change(extensions.KHR_physics_rigid_bodies);
      }
      return validate(json);
    };
    expect(spoil(({ motion }) => motion && (motion.mass = 0))).toMatch(/mass must be > 0/);
    expect(spoil(({ collider }) => collider && (collider.geometry.shape = -1))).not.toBe('');
    expect(spoil((body) => Object.assign(body, { mass: 1 }))).toMatch(/additional properties/);
    const unused = jsonOf(glb) as Json & { extensionsUsed: string[] };
    unused.extensionsUsed = ['KHR_implicit_shapes'];
    expect(validate(unused)).toMatch(/extensionsUsed/);
  });
});

describe('Blender', () => {
  const SCRIPT = fileURLToPath(new URL('../support/simulators/blender.py', import.meta.url));
  interface Seen {
    position: Vec3;
    rotation: Quat;
    bounds?: number[];
    colored?: boolean;
    /** Of a textured mesh, the colour in the middle of each. */
    triangles?: number[][];
    fieldOfView?: number;
  }

  test.skipIf(!isInstalled('blender'))('opens the file with everything in place, in its colours', async () => {
    const said = await withFiles(await exportScene(scene, 'glb'), (folder) =>
      output('blender', [
        '--background',
        '--factory-startup',
        '--python-exit-code',
        '1',
        '--python',
        SCRIPT,
        '--',
        join(folder, 'scene.glb'),
      ]),
    );
    const line = said.split('\n').find((text) => text.startsWith('{"objects"')) ?? '{}';
    const { objects } = JSON.parse(line) as { objects: Record<string, Seen> };
    for (const object of scene.objects) {
      const [body, mesh] = [objects[object.id], objects[`${object.id}/mesh`]];
      const turn: Quat = [Math.SQRT1_2, 0, 0, Math.SQRT1_2];
      expect(vec3.distance(body.position, quat.rotate(turn, object.pose.translation))).toBeLessThan(METERS);
      const rotation = quat.multiply(quat.multiply(turn, object.pose.rotation), quat.conjugate(turn));
      expect(quat.angleBetween(body.rotation, rotation)).toBeLessThan(RADIANS);
      const wanted = worldBounds(object);
      for (let k = 0; k < 6; k++) expect(Math.abs((mesh.bounds?.[k] ?? NaN) - wanted[k])).toBeLessThan(1e-5);
      if (object.mesh.texture) {
        const wanted = Array.from({ length: object.mesh.indices.length / 3 }, (_, triangle) => cellColor(triangle));
        expect(mesh.triangles).toEqual(wanted);
      } else expect(mesh.colored).toBe(true);
    }
    const hulls = Object.entries(objects).filter(([name]) => name.endsWith('/hull'));
    expect(hulls.length).toBeGreaterThan(1);
    // Blender takes what is outside the scene in as well: it may not be seen.
    for (const [, { bounds }] of hulls) expect(Math.max(...(bounds ?? [1]).map(Math.abs))).toBeLessThan(1e-9);
    const [{ height, fy }] = scene.cameras;
    expect(objects['camera-1'].fieldOfView).toBeCloseTo(2 * Math.atan(height / 2 / fy), 4);
  });
});
