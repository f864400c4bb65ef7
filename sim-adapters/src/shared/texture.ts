/**
 * Meshes' textures; and vertex colours as a texture, for simulators that draw no vertex colours.
 *
 * Of a mesh that has no texture, each triangle owns a block of 2 x 2 texels, with its corners in the middles of three of them:
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
    const first = 3 * triangle;
    const [a, b, c] = [4 * indices[first], 4 * indices[first + 1], 4 * indices[first + 2]];
    for (let corner = 0; corner < 3; corner++) {
      texels[2 * (first + corner)] = x + (corner & 1);
      texels[2 * (first + corner) + 1] = y + (corner >> 1);
    }
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

export interface Texture {
  png: Uint8Array;
  /** From the left and from the bottom, 0 to 1, stride 2: of each vertex, or of each corner in the order of `indices`. */
  coordinates: Float64Array;
  of: 'vertex' | 'corner';
}

/** They last as long as the meshes they are of: formats and sizes share them. */
const textures = new WeakMap<Mesh, Texture | null>();

/** The texture of a mesh, or its colours as one; null for a mesh without either. */
export function textureOf(mesh: Mesh): Texture | null {
  const known = textures.get(mesh);
  if (known !== undefined) return known;
  const texture = ownTexture(mesh) ?? colorTexture(mesh);
  textures.set(mesh, texture);
  return texture;
}

function ownTexture({ texture: png, uvs }: Mesh): Texture | null {
  if (png === undefined || uvs === undefined) return null;
  return { png, coordinates: Float64Array.from(uvs, (value, i) => (i % 2 === 0 ? value : 1 - value)), of: 'vertex' };
}

function colorTexture(mesh: Mesh): Texture | null {
  const baked = bakeColors(mesh);
  return baked && { png: encodeTexture(baked), coordinates: texelCenters(baked), of: 'corner' };
}

/** Decimals of a texture coordinate. */
export const TEXEL_DECIMALS = 6;

/** Texture coordinates of the corners of all triangles, from the left and from the bottom, 0 to 1, stride 2. */
export function texelCenters({ texels, width, height }: BakedColors): Float64Array {
  const centers = new Float64Array(texels.length);
  for (let i = 0; i < texels.length; i += 2) {
    centers[i] = (texels[i] + 0.5) / width;
    centers[i + 1] = (texels[i + 1] + 0.5) / height;
  }
  return centers;
}

export function encodeTexture({ width, height, pixels }: BakedColors): Uint8Array {
  const data = new Uint8Array(pixels.length);
  const row = 3 * width;
  for (let y = 0; y < height; y++) data.set(pixels.subarray(y * row, (y + 1) * row), (height - 1 - y) * row);
  return encode({ width, height, channels: 3, data }, { zlib: { level: 1 } });
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
  const count = indices.length / 3;
  const middles = new Float64Array(indices.length);
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (let triangle = 0; triangle < count; triangle++) {
    const [a, b, c] = [3 * indices[3 * triangle], 3 * indices[3 * triangle + 1], 3 * indices[3 * triangle + 2]];
    for (let k = 0; k < 3; k++) {
      const middle = (positions[a + k] + positions[b + k] + positions[c + k]) / 3;
      middles[3 * triangle + k] = middle;
      min[k] = Math.min(min[k], middle);
      max[k] = Math.max(max[k], middle);
    }
  }
  const side = Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]) || 1;
  // The key, 30 bits, before the triangle: numbers sort without a comparator, much faster.
  const keys = new Float64Array(count);
  for (let triangle = 0; triangle < count; triangle++) {
    let key = 0;
    for (let k = 0; k < 3; k++) {
      const cell = Math.min(1023, Math.floor((1024 * (middles[3 * triangle + k] - min[k])) / side));
      key |= spread(cell) << k;
    }
    keys[triangle] = key * count + triangle;
  }
  return Uint32Array.from(keys.sort(), (key) => key % count);
}

/** Ten bits, two zeros between each. */
function spread(value: number): number {
  let result = value & 0x3ff;
  result = (result | (result << 16)) & 0x030000ff;
  result = (result | (result << 8)) & 0x0300f00f;
  result = (result | (result << 4)) & 0x030c30c3;
  return (result | (result << 2)) & 0x09249249;
}
