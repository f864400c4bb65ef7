import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { bakeColors, encodeTexture } from '../../../sim-adapters/src/shared/texture.js';
import { ballMesh, canMesh } from '../../support/example-scene.js';

/** What a renderer sees: bilinear, `u` and `v` in texels from the lower left corner. */
function sample(texture: { width: number; pixels: Uint8Array }, u: number, v: number): number[] {
  const [x, y] = [Math.floor(u - 0.5), Math.floor(v - 0.5)];
  const [s, t] = [u - 0.5 - x, v - 0.5 - y];
  const at = (i: number, j: number, k: number): number => texture.pixels[3 * (j * texture.width + i) + k];
  return [0, 1, 2].map(
    (k) =>
      (1 - t) * ((1 - s) * at(x, y, k) + s * at(x + 1, y, k)) +
      t * ((1 - s) * at(x, y + 1, k) + s * at(x + 1, y + 1, k)),
  );
}

test('inside every triangle the texture shows what interpolated vertex colours show', () => {
  const mesh = ballMesh(12);
  const colors = Uint8Array.from({ length: (mesh.positions.length / 3) * 4 }, (_, i) => 60 + ((i * 37) % 60));
  const baked = bakeColors({ ...mesh, colors });
  if (!baked) throw new Error('no texture');
  for (let triangle = 0; triangle < mesh.indices.length / 3; triangle++) {
    for (const weights of [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [1 / 3, 1 / 3, 1 / 3],
      [0.1, 0.3, 0.6],
    ]) {
      const mix = (value: (corner: number) => number): number =>
        weights.reduce((sum, weight, corner) => sum + weight * value(3 * triangle + corner), 0);
      const seen = sample(
        baked,
        mix((corner) => baked.texels[2 * corner] + 0.5),
        mix((corner) => baked.texels[2 * corner + 1] + 0.5),
      );
      for (let k = 0; k < 3; k++)
        expect(seen[k]).toBeCloseTo(
          mix((corner) => colors[4 * mesh.indices[corner] + k]),
          6,
        );
    }
  }
});

test('no two triangles share a texel, and no texel lies outside', () => {
  const mesh = canMesh();
  const baked = bakeColors(mesh);
  if (!baked) throw new Error('no texture');
  const blocks = new Set<number>();
  for (let corner = 0; corner < mesh.indices.length; corner += 3) {
    const [x, y] = baked.texels.subarray(2 * corner);
    expect(x % 2 === 0 && y % 2 === 0 && x < baked.width && y < baked.height).toBe(true);
    blocks.add(y * baked.width + x);
  }
  expect(blocks.size).toBe(mesh.indices.length / 3);
});

test('the picture is written from the top down', () => {
  const baked = bakeColors(ballMesh(12));
  if (!baked) throw new Error('no texture');
  const { width, height, channels, data } = decode(encodeTexture(baked));
  expect({ width, height, channels }).toEqual({ width: baked.width, height: baked.height, channels: 3 });
  expect([...data.subarray(0, 3 * width)]).toEqual([...baked.pixels.subarray(3 * width * (height - 1))]);
});

test('a mesh without colours has no texture', () => {
  const { positions, indices } = canMesh();
  expect(bakeColors({ positions, indices })).toBeNull();
});
