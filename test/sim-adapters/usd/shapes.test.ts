import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { exportScene } from '@scenemaker/sim-adapters';
import { exampleScene } from '../../support/example-scene.js';
import { cellColor, textured } from '../../support/textured.js';

test('texture coordinates lead to the colours of the vertices', async () => {
  const scene = exampleScene();
  const [box] = scene.objects;
  const { indices, colors = new Uint8Array() } = box.mesh;
  const files = await exportScene({ ...scene, objects: [box] }, 'usda');
  const { data, width, height } = decode(files.get('textures/object_1.png') ?? new Uint8Array());
  const [, written] = /primvars:st = \[(.*?)\] \(/.exec(new TextDecoder().decode(files.get('scene.usda'))) ?? [];
  const st = (written.match(/[\d.e-]+/g) ?? []).map(Number);
  expect(st).toHaveLength(2 * indices.length);
  for (const [i, vertex] of indices.entries()) {
    // From the left and from below; the picture's rows begin at the top.
    const pixel = Math.floor(st[2 * i] * width) + width * Math.floor((1 - st[2 * i + 1]) * height);
    expect(Array.from(data.subarray(3 * pixel, 3 * pixel + 3))).toEqual(
      Array.from(colors.subarray(4 * vertex, 4 * vertex + 3)),
    );
  }
});

test('a texture of the mesh is the file, and its coordinates lead to the same texels', async () => {
  const scene = exampleScene();
  const [box] = scene.objects;
  const mesh = textured(box.mesh);
  const files = await exportScene({ ...scene, objects: [{ ...box, mesh }] }, 'usda');
  expect(files.get('textures/object_1.png')).toEqual(mesh.texture);
  const { data, width, height } = decode(mesh.texture ?? new Uint8Array());
  const [, written, interpolation] =
    /primvars:st = \[(.*?)\] \(\s*interpolation = "(\w+)"/.exec(new TextDecoder().decode(files.get('scene.usda'))) ??
    [];
  expect(interpolation).toBe('vertex');
  const st = (written.match(/[\d.e-]+/g) ?? []).map(Number);
  for (let vertex = 0; vertex < st.length / 2; vertex++) {
    const pixel = Math.floor(st[2 * vertex] * width) + width * Math.floor((1 - st[2 * vertex + 1]) * height - 1e-6);
    expect(Array.from(data.subarray(3 * pixel, 3 * pixel + 3))).toEqual(cellColor(Math.floor(vertex / 3)));
  }
});
