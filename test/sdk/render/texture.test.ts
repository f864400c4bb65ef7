import { expect, test } from 'vitest';
import { boxMesh } from '@scenemaker/sdk/geometry';
import { decodeTexture, lookAt, rasterise, renderScene } from '@scenemaker/sdk/render';
import { exampleObject, exampleScene } from '../../support/example-scene.js';
import { textured } from '../../support/textured.js';

test('a textured mesh is drawn in the colours of its texture, not in those of its vertices', () => {
  const plain = exampleScene();
  const mesh = boxMesh(0.5, 0.5, 0.5);
  const gray = { ...mesh, colors: new Uint8Array((mesh.positions.length / 3) * 4).fill(128) };
  const object = exampleObject('object-1', { mesh: gray, pose: { rotation: [0, 0, 0, 1], translation: [0, 0.5, 0], size: 1 } }); // prettier-ignore
  const camera = lookAt({ from: [1.2, 1.6, 2.4], to: [0, 0.5, 0], width: 80, height: 60 });
  const before = renderScene({ ...plain, objects: [object] }, camera).data;
  const scene = { ...plain, objects: [{ ...object, mesh: textured(gray) }] };
  const after = renderScene(scene, camera).data;
  const { ids } = rasterise(scene, camera);
  const colors = new Set<string>();
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] < 0 || [-81, -80, -79, -1, 1, 79, 80, 81].some((step) => (ids[i + step] ?? -1) < 0)) continue;
    const [r, g, b] = after.subarray(3 * i, 3 * i + 3);
    expect(Math.max(...before.subarray(3 * i, 3 * i + 3)) - Math.min(...before.subarray(3 * i, 3 * i + 3))).toBeLessThan(30); // prettier-ignore
    colors.add(`${Math.sign(r - g)} ${Math.sign(g - b)}`);
  }
  // Three sides are seen, of two triangles each.
  expect(colors.size).toBeGreaterThan(1);
});

test('a texture that cannot be read is named', () => {
  const { texture = new Uint8Array() } = textured(boxMesh(1, 1, 1));
  expect(() => decodeTexture(texture.slice(0, 60))).toThrow(/texture of a mesh/);
  expect(decodeTexture(texture)).toMatchObject({ width: 16, height: 12, channels: 3 });
});
