import { encode } from 'fast-png';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { type SceneDescription, sceneDescriptionSchema, type SceneObject } from '@scenemaker/sdk';
import { exampleScene } from '../../support/example-scene.js';
import { textured } from '../../support/textured.js';

function problem(scene: unknown): string | undefined {
  const result = v.safeParse(sceneDescriptionSchema, scene, { abortEarly: true });
  return result.success ? undefined : `${v.getDotPath(result.issues[0]) ?? 'scene'}: ${result.issues[0].message}`;
}

test('a scene made by hand is valid and comes out unchanged', () => {
  const scene = exampleScene();
  expect(v.parse(sceneDescriptionSchema, scene)).toEqual(scene);
});

test('a scene of the ground alone is valid', () => {
  expect(problem({ ...exampleScene(), objects: [] })).toBeUndefined();
});

describe('what cannot be is refused by the name of its field', () => {
  const first = (change: (object: SceneObject) => object) => (scene: SceneDescription) => ({
    ...scene,
    objects: scene.objects.map((object, index) => (index === 0 ? { ...object, ...change(object) } : object)),
  });

  test.each<[string, (scene: SceneDescription) => unknown, RegExp]>([
    ['another version', (scene) => ({ ...scene, version: 2 }), /^version:/],
    ['no camera', (scene) => ({ ...scene, cameras: [] }), /^cameras:/],
    [
      'two objects with one id',
      (scene) => ({ ...scene, objects: [...scene.objects, scene.objects[0]] }),
      /^scene: .*one id/,
    ],
    ['a size of 0', first(({ pose }) => ({ pose: { ...pose, size: 0 } })), /^objects\.0\.pose\.size:/],
    [
      'a position that is not a number',
      first(({ pose }) => ({ pose: { ...pose, translation: [0, NaN, 0] } })),
      /^objects\.0\.pose\.translation\.1:/,
    ],
    [
      'a rotation of length 2',
      first(({ pose }) => ({ pose: { ...pose, rotation: [0, 0, 0, 2] } })),
      /^objects\.0\.pose\.rotation:/,
    ],
    ['a score above 1', first(({ scores }) => ({ scores: { ...scores, mask: 1.01 } })), /^objects\.0\.scores\.mask:/],
    ['a mask of other size', first(({ mask }) => ({ mask: { ...mask, width: mask.width + 1 } })), /^objects\.0\.mask:/],
    [
      'a texture without its coordinates',
      first(({ mesh }) => ({ mesh: { ...textured(mesh), uvs: undefined } })),
      /^objects\.0\.mesh/,
    ],
    [
      'texture coordinates of another mesh',
      first(({ mesh }) => ({ mesh: { ...textured(mesh), uvs: new Float32Array(4) } })),
      /^objects\.0\.mesh: .*uvs/,
    ],
    [
      'a texture coordinate that is not a number',
      first(({ mesh }) => ({ mesh: { ...textured(mesh), uvs: textured(mesh).uvs?.fill(NaN, 3, 4) } })),
      /^objects\.0\.mesh: .*uvs/,
    ],
    [
      'a texture that is no PNG',
      first(({ mesh }) => ({ mesh: { ...textured(mesh), texture: Uint8Array.of(0xff, 0xd8, 0xff) } })),
      /^objects\.0\.mesh: .*texture/,
    ],
    [
      'a texture in greys',
      first(({ mesh }) => ({
        mesh: { ...textured(mesh), texture: encode({ width: 1, height: 1, channels: 1, data: Uint8Array.of(9) }) },
      })),
      /^objects\.0\.mesh: .*RGB.*4096/,
    ],
    [
      'a mesh without triangles',
      first(({ mesh }) => ({ mesh: { ...mesh, indices: new Uint32Array() } })),
      /^objects\.0\.mesh:/,
    ],
    [
      'an infinite vertex',
      first(({ mesh }) => ({ mesh: { ...mesh, positions: mesh.positions.map((x, i) => (i === 4 ? Infinity : x)) } })),
      /^objects\.0\.mesh: .*finite/,
    ],
    [
      'colours for fewer vertices',
      first(({ mesh }) => ({ mesh: { ...mesh, colors: new Uint8Array(4) } })),
      /^objects\.0\.mesh: .*colours/,
    ],
    [
      'an unknown kind of collider',
      first(() => ({ colliders: [{ kind: 'cone' }] })),
      /^objects\.0\.colliders\.0\.kind:/,
    ],
    [
      'a mass of 0',
      first(({ properties }) => ({ properties: { ...properties, massKg: { value: 0, source: 'given' } } })),
      /massKg\.value:/,
    ],
    ['a field too many', (scene) => ({ ...scene, extra: 1 }), /^extra:/],
  ])('%s', (_, change, expected) => {
    expect(problem(change(exampleScene()))).toMatch(expected);
  });
});
