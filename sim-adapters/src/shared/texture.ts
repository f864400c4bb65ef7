/**
 * Vertex colours as a texture, for simulators that draw no vertex colours.
 *
 * Each triangle owns a block of 2 x 2 texels, with its corners in the middles of three of them:
 *
 *     +-----+-----+       the fourth texel is b + c - a, so that bilinear sampling inside the
 *     |  c  |  .  |       triangle gives exactly what interpolating the vertex colours gives,
 *     +-----+-----+       and touches no texel of another triangle
 *     |  a  |  b  |
 *     +-----+-----+
 *
 * Blocks follow a Morton curve over the atlas in the order of a Morton curve over the triangles' middles:
 * what a coarse mip level mixes lies together on the object.
 */
import { encode } from 'fast-png';
import type { Mesh } from '@scenemaker/sdk';

export interface BakedColors {
  /** For each corner of each triangle, in the order of `indices`: column and row of its texel, stride 2. */
  texels: Uint16Array;
  width: number;
  height: number;
  /** Rows from the bottom up, as texture coordinates count; sRGB, stride 3. */
  pixels: Uint8Array;
}

/** Null for a mesh without colours. Alpha is left out. */
export function bakeColors({ positions, indices, colors }: Mesh): BakedColors | null {
  if (!colors) return null;
  const count = indices.length / 3;
  const order = spatialOrder(positions, indices);
  const { width, height } = atlasSize(count);
  const pixels = new Uint8Array(3 * width * height);
  const texels = new Uint16Array(2 * indices.length);
  for (let place = 0; place < count; place++) {
    const triangle = order[place];
    const [x, y] = [2 * everyOtherBit(place), 2 * everyOtherBit(place >> 1)];
    const [a, b, c] = [0, 1, 2].map((corner) => 4 * indices[3 * triangle + corner]);
    texels.set([x, y, x + 1, y, x, y + 1], 6 * triangle);
    const at = 3 * (y * width + x);
    for (let k = 0; k < 3; k++) {
      pixels[at + k] = colors[a + k];
      pixels[at + 3 + k] = colors[b + k];
      pixels[at + 3 * width + k] = colors[c + k];
      pixels[at + 3 * width + 3 + k] = Math.min(255, Math.max(0, colors[b + k] + colors[c + k] - colors[a + k]));
    }
  }
  return { texels, width, height, pixels };
}

/** Texture coordinate of the middle of a texel, from the left or from the bottom, to a millionth. */
export const texelCenter = (texel: number, texels: number): number => Math.round((1e6 * (texel + 0.5)) / texels) / 1e6;

export function encodeTexture({ width, height, pixels }: BakedColors): Uint8Array {
  const data = new Uint8Array(pixels.length);
  const row = 3 * width;
  for (let y = 0; y < height; y++) data.set(pixels.subarray(y * row, (y + 1) * row), (height - 1 - y) * row);
  return encode({ width, height, channels: 3, data }, { zlib: { level: 3 } });
}

/** Powers of two, as wide as high or twice as wide, that hold `count` blocks. */
function atlasSize(count: number): { width: number; height: number } {
  let [width, height] = [2, 2];
  while ((width * height) / 4 < count) {
    if (width > height) height *= 2;
    else width *= 2;
  }
  return { width, height };
}

/** The even bits of a number, pushed together. */
function everyOtherBit(value: number): number {
  let result = value & 0x55555555;
  result = (result | (result >> 1)) & 0x33333333;
  result = (result | (result >> 2)) & 0x0f0f0f0f;
  result = (result | (result >> 4)) & 0x00ff00ff;
  return (result | (result >> 8)) & 0x0000ffff;
}

/** Triangles along a Morton curve through a grid of 1024 cells a side; equal cells keep their order. */
function spatialOrder(positions: Float32Array, indices: Uint32Array): Uint32Array {
  const middles = new Float64Array(indices.length);
  const [min, max] = [
    [Infinity, Infinity, Infinity],
    [-Infinity, -Infinity, -Infinity],
  ];
  for (let i = 0; i < indices.length; i++) {
    const k = i % 3;
    const first = i - k;
    for (let corner = 0; corner < 3; corner++) middles[i] += positions[3 * indices[first + corner] + k] / 3;
    min[k] = Math.min(min[k], middles[i]);
    max[k] = Math.max(max[k], middles[i]);
  }
  const side = Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]) || 1;
  const keys = new Uint32Array(indices.length / 3);
  for (let i = 0; i < indices.length; i++) {
    const cell = Math.min(1023, Math.floor((1024 * (middles[i] - min[i % 3])) / side));
    keys[Math.floor(i / 3)] |= spread(cell) << (i % 3);
  }
  return Uint32Array.from(keys.keys()).sort((p, q) => keys[p] - keys[q] || p - q);
}

/** Ten bits, two zeros between each. */
function spread(value: number): number {
  let result = value & 0x3ff;
  result = (result | (result << 16)) & 0x030000ff;
  result = (result | (result << 8)) & 0x0300f00f;
  result = (result | (result << 4)) & 0x030c30c3;
  return (result | (result << 2)) & 0x09249249;
}
