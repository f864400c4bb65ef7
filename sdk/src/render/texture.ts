/** Textures of meshes as pixels. */
import { decode } from 'fast-png';
import { SceneMakerError } from '../protocol/errors.js';
import { SRGB_TO_LINEAR } from './tone.js';

export interface Texture {
  width: number;
  height: number;
  /** 3 or 4. */
  channels: number;
  /** sRGB, row by row from the top. */
  data: Uint8Array;
}

/** They last as long as the bytes that they were made of. */
const decoded = new WeakMap<Uint8Array, Texture>();

/** The pixels of a mesh's `texture`. Errors: bad-request for a PNG that is broken or not in 8-bit RGB or RGBA. */
export function decodeTexture(png: Uint8Array): Texture {
  const known = decoded.get(png);
  if (known) return known;
  const texture = readPng(png);
  decoded.set(png, texture);
  return texture;
}

function readPng(png: Uint8Array): Texture {
  try {
    const { width, height, channels, data } = decode(png);
    if (data instanceof Uint8Array && channels >= 3) return { width, height, channels, data };
  } catch (cause) {
    throw new SceneMakerError('bad-request', 'the texture of a mesh is a PNG that cannot be read', { cause });
  }
  throw new SceneMakerError('bad-request', 'the texture of a mesh is not in 8-bit RGB or RGBA');
}

/** The linear colour at (u, v), bilinear, into `color`. What lies beyond the edge is as the edge. */
export function sampleTexture(
  { width, height, channels, data }: Texture,
  u: number,
  v: number,
  color: Float64Array,
): void {
  const x = Math.min(width - 1, Math.max(0, u * width - 0.5));
  const y = Math.min(height - 1, Math.max(0, v * height - 0.5));
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const right = x0 + 1 < width ? channels : 0;
  const down = y0 + 1 < height ? channels * width : 0;
  const [tx, ty] = [x - x0, y - y0];
  const at = channels * (y0 * width + x0);
  for (let k = 0; k < 3; k++) {
    const upper = SRGB_TO_LINEAR[data[at + k]] * (1 - tx) + SRGB_TO_LINEAR[data[at + right + k]] * tx;
    const lower = SRGB_TO_LINEAR[data[at + down + k]] * (1 - tx) + SRGB_TO_LINEAR[data[at + down + right + k]] * tx;
    color[k] = upper * (1 - ty) + lower * ty;
  }
}
