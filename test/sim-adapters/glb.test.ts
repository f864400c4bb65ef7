import { Logger, Verbosity, WebIO } from '@gltf-transform/core';
import { validateBytes } from 'gltf-validator';
import { describe, expect, test } from 'vitest';
import type { SceneDescription } from '@scenemaker/sdk';
import { readGlb, writeGlb } from '@scenemaker/sim-adapters';
import { exampleObject, exampleScene } from '../support/example-scene.js';
import { textured } from '../support/textured.js';

interface NodePhysics {
  motion?: Record<'mass' | 'centerOfMass' | 'inertiaDiagonal' | 'inertiaOrientation', unknown>;
  collider: { geometry: { shape: number; node: number; convexHull: boolean }; physicsMaterial: number };
}

interface GlbJson {
  nodes: {
    name: string;
    translation?: number[];
    scale?: number[];
    extensions?: { KHR_physics_rigid_bodies?: NodePhysics };
  }[];
  meshes: { name: string; primitives: { attributes: Record<string, number>; material: number }[] }[];
  materials: { pbrMetallicRoughness: { baseColorTexture?: { index: number }; baseColorFactor?: number[] } }[];
  cameras: { perspective: { yfov: number; aspectRatio: number } }[];
  extensions: {
    KHR_implicit_shapes: { shapes: { type: string; cylinder?: { height: number } }[] };
    KHR_physics_rigid_bodies: { physicsMaterials: unknown[] };
  };
}

/** The JSON chunk of a GLB. */
function glbJson(bytes: Uint8Array): GlbJson {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return JSON.parse(new TextDecoder().decode(bytes.subarray(20, 20 + view.getUint32(12, true)))) as GlbJson;
}

const roundTrip = async (scene: SceneDescription): Promise<SceneDescription> => readGlb(await writeGlb(scene));

describe('what is read equals what was written', () => {
  test('for a whole scene, typed arrays included', async () => {
    const scene = exampleScene();
    const read = await roundTrip(scene);
    expect(read).toEqual(scene);
    expect(read.objects[0]?.mesh.positions).toBeInstanceOf(Float32Array);
    expect(read.objects[0]?.mesh.indices).toBeInstanceOf(Uint32Array);
    expect(read.objects[0]?.mesh.colors).toBeInstanceOf(Uint8Array);
    expect(read.objects[0]?.mask.runs).toBeInstanceOf(Uint32Array);
  });

  test('for all 256 levels of colour and alpha', async () => {
    const scene = exampleScene();
    const levels = Uint8Array.from({ length: 1024 }, (_, i) => i >> 2);
    const positions = Float32Array.from({ length: 768 }, (_, i) => Math.sin(i));
    scene.objects = [
      exampleObject('object-1', { mesh: { positions, indices: Uint32Array.of(0, 1, 2), colors: levels } }),
    ];
    expect(await roundTrip(scene)).toEqual(scene);
  });

  test('for meshes without normals or colours', async () => {
    const scene = exampleScene();
    const { positions, indices } = scene.objects[0].mesh;
    scene.objects = [exampleObject('object-1', { mesh: { positions, indices } })];
    expect(await roundTrip(scene)).toEqual(scene);
  });

  test('for meshes with a texture, with and without colours beside it', async () => {
    const scene = exampleScene();
    const { colors: _, ...plain } = scene.objects[0].mesh;
    scene.objects = [
      exampleObject('object-1', { mesh: textured(scene.objects[0].mesh) }),
      exampleObject('object-2', { mesh: textured(plain) }),
    ];
    expect(await roundTrip(scene)).toEqual(scene);
  });

  test('for numbers that JSON cannot hold and names in any script', async () => {
    const scene = exampleScene();
    scene.provenance.options = {
      zero: -0,
      missing: NaN,
      far: -Infinity,
      bytes: Uint8Array.of(1, 2),
      'na"me/ß': '杯子',
    };
    scene.objects[0].label = 'a "mug" / 杯子';
    expect(await roundTrip(scene)).toEqual(scene);
  });

  test('for a scene of ground only', async () => {
    const scene = { ...exampleScene(), objects: [] };
    expect(await roundTrip(scene)).toEqual(scene);
  });

  test('for objects that share a mesh, which is written once', async () => {
    const scene = exampleScene();
    scene.objects = ['object-1', 'object-2'].map((id) => exampleObject(id, { mesh: scene.objects[1].mesh }));
    expect(glbJson(await writeGlb(scene)).meshes).toHaveLength(2);
    const read = await roundTrip(scene);
    expect(read).toEqual(scene);
    expect(read.objects[1].mesh).toBe(read.objects[0].mesh);
  });
});

describe('the file', () => {
  test('has no errors or warnings', async () => {
    const report = await validateBytes(await writeGlb(exampleScene()));
    expect(report.issues.messages.filter(({ severity }) => severity < 2)).toEqual([]);
  });

  test('draws a texture as it is, not multiplied by the colours of the vertices', async () => {
    const scene = exampleScene();
    const [box, ball] = scene.objects;
    const glb = await writeGlb({ ...scene, objects: [{ ...box, mesh: textured(box.mesh) }, ball] });
    const report = await validateBytes(glb);
    expect(report.issues.messages.filter(({ severity }) => severity < 2)).toEqual([]);
    const { meshes, materials } = glbJson(glb);
    const looks = ['object-1', 'object-2'].map((name) => {
      const { attributes, material } = meshes.find((mesh) => mesh.name === name)?.primitives[0] ?? {};
      return { colored: attributes?.['COLOR_0'] !== undefined, ...materials[material ?? -1].pbrMetallicRoughness };
    });
    expect(looks[0]).toMatchObject({ colored: false, baseColorTexture: { index: 0 } });
    expect(looks[0].baseColorFactor ?? [1, 1, 1, 1]).toEqual([1, 1, 1, 1]);
    expect(looks[1].colored).toBe(true);
    expect(looks[1].baseColorTexture).toBeUndefined();
  });

  test('is the same for the same scene', async () => {
    const [first, second] = [await writeGlb(exampleScene()), await writeGlb(exampleScene())];
    expect(Buffer.compare(first, second)).toBe(0);
  });

  test('poses nodes as the objects are and leaves scale to the drawn mesh', async () => {
    const json = glbJson(await writeGlb(exampleScene()));
    const node = (name: string) => json.nodes.find((candidate) => candidate.name === name);
    expect(node('object-2')?.translation).toEqual([0.25, 0.1, 0.1]);
    expect(node('object-2')?.scale).toBeUndefined();
    expect(node('object-2/mesh')?.scale).toEqual([0.2, 0.2, 0.2]);
  });

  test('describes bodies in metres in the frame of their node', async () => {
    const json = glbJson(await writeGlb(exampleScene()));
    const node = (name: string) => json.nodes.find((candidate) => candidate.name === name);
    const physics = (name: string) => node(name)?.extensions?.KHR_physics_rigid_bodies;
    const geometry = (name: string) => physics(name)?.collider.geometry;
    expect(physics('object-1')?.motion).toEqual({
      mass: 1.25,
      centerOfMass: [0.01 * 0.4, -0.02 * 0.4, 0.03 * 0.4],
      inertiaDiagonal: [0.011, 0.013, 0.017],
      inertiaOrientation: [0, 0.6, 0, 0.8],
    });
    expect(physics('ground/collider-1')?.motion).toBeUndefined();

    const { shapes } = json.extensions.KHR_implicit_shapes;
    const shape = (name: string) => shapes[geometry(name)?.shape ?? -1];
    expect(shape('object-1/collider-1')).toEqual({ type: 'box', box: { size: [0.4, 0.24, 0.2] } });
    expect(shape('object-3/collider-1')?.cylinder?.height).toBeCloseTo(0.15);
    const hull = geometry('object-4/collider-2');
    expect(hull?.convexHull).toBe(true);
    expect(json.nodes[hull?.node ?? -1]?.name).toBe('object-4/collider-2/hull');

    const { physicsMaterials } = json.extensions.KHR_physics_rigid_bodies;
    const material = physicsMaterials[physics('object-1/collider-1')?.collider.physicsMaterial ?? -1];
    expect(material).toMatchObject({ staticFriction: 0.45, dynamicFriction: 0.45, restitution: 0.1 });
  });

  test('looks through the camera the way the picture does', async () => {
    const scene = exampleScene();
    const { perspective } = glbJson(await writeGlb(scene)).cameras[0];
    expect(Math.tan(perspective.yfov / 2)).toBeCloseTo(240 / 600, 9);
    expect(perspective.aspectRatio).toBeCloseTo(640 / 480, 9);
  });
});

describe('what is refused', () => {
  test('bytes that are no GLB', async () => {
    await expect(readGlb(new TextEncoder().encode('not a scene at all'))).rejects.toMatchObject({
      code: 'bad-request',
    });
    await expect(readGlb(new Uint8Array())).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('a GLB cut short', async () => {
    const bytes = await writeGlb(exampleScene());
    await expect(readGlb(bytes.subarray(0, bytes.length >> 1))).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('a scene that is not one', async () => {
    const twins = { ...exampleScene(), objects: [exampleObject('object-1'), exampleObject('object-1')] };
    await expect(writeGlb(twins)).rejects.toMatchObject({ code: 'bad-request' });
    const mesh = { positions: new Float32Array(), indices: new Uint32Array() };
    const empty = { ...exampleScene(), objects: [exampleObject('object-1', { mesh })] };
    await expect(writeGlb(empty)).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('mesh'),
    });
  });

  test('a GLB that has lost a texture', async () => {
    const io = new WebIO().setLogger(new Logger(Verbosity.SILENT));
    const scene = exampleScene();
    scene.objects = [exampleObject('object-1', { mesh: textured(scene.objects[0].mesh) })];
    const document = await io.readBinary(await writeGlb(scene));
    for (const texture of document.getRoot().listTextures()) texture.dispose();
    await expect(readGlb(await io.writeBinary(document))).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/objects.0.mesh.*texture/),
    });
  });

  test('a GLB of someone else, or with a description that was tampered with', async () => {
    const io = new WebIO().setLogger(new Logger(Verbosity.SILENT));
    const document = await io.readBinary(await writeGlb(exampleScene()));
    const extras = document.getRoot().getExtras() as { scenemaker: Record<string, unknown> };
    const withDescription = async (scenemaker: unknown) => {
      document.getRoot().setExtras(scenemaker === undefined ? {} : { scenemaker });
      return readGlb(await io.writeBinary(document));
    };
    await expect(withDescription(undefined)).rejects.toMatchObject({ code: 'bad-request' });
    await expect(withDescription('a text')).rejects.toMatchObject({ code: 'unsupported-version' });
    for (const change of [{ ground: null }, { objects: {} }, { objects: [{ id: 'object-9' }] }, { cameras: [] }]) {
      await expect(withDescription({ ...extras.scenemaker, ...change })).rejects.toMatchObject({ code: 'bad-request' });
    }
    await expect(withDescription({ ...extras.scenemaker, version: 2 })).rejects.toMatchObject({
      code: 'unsupported-version',
    });
  });
});
