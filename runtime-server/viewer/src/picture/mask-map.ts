/** Masks as one map of who owns which pixel, small enough to draw at once. */
import type { RunLengthMask } from '@scenemaker/sdk';
import { colorOf } from './palette.js';

export interface MaskMap {
  width: number;
  height: number;
  /** Row by row: 0 for none, else the number of the mask, counted from 1. */
  owners: Uint8Array;
  /** Middle of each mask as shares of width and height; undefined for an empty one. */
  middles: ({ x: number; y: number } | undefined)[];
}

/** At most 255 masks of one size; where they overlap, the later one is seen. */
export function createMaskMap(masks: readonly RunLengthMask[], longestSide = 1024): MaskMap | undefined {
  if (masks.length === 0) return undefined;
  const full = masks[0];
  const scale = Math.min(1, longestSide / Math.max(full.width, full.height));
  const width = Math.max(1, Math.round(full.width * scale));
  const height = Math.max(1, Math.round(full.height * scale));
  const owners = new Uint8Array(width * height);
  const middles = masks.map((mask, index) => {
    const flat = decode(mask);
    let [count, sumX, sumY] = [0, 0, 0];
    for (let y = 0; y < height; y++) {
      const row = Math.floor((y + 0.5) / height * full.height) * full.width; // prettier-ignore
      for (let x = 0; x < width; x++) {
        if (flat[row + Math.floor(((x + 0.5) / width) * full.width)] === 0) continue;
        owners[y * width + x] = index + 1;
        count++;
        sumX += x + 0.5;
        sumY += y + 0.5;
      }
    }
    return count === 0 ? undefined : { x: sumX / count / width, y: sumY / count / height };
  });
  return { width, height, owners, middles };
}

/** The mask at a place given as shares of width and height, counted from 0; undefined: none. */
export function maskAt({ width, height, owners }: MaskMap, x: number, y: number): number | undefined {
  const column = Math.min(width - 1, Math.max(0, Math.floor(x * width)));
  const row = Math.min(height - 1, Math.max(0, Math.floor(y * height)));
  const owner = owners[row * width + column];
  return owner === 0 ? undefined : owner - 1;
}

export interface MaskLook {
  /** Drawn stronger than the others. */
  emphasised: number | undefined;
  /** Drawn as outlines alone. */
  dropped: ReadonlySet<number>;
}

/** Tinted areas with outlines. */
export function drawMasks(map: MaskMap, { emphasised, dropped }: MaskLook): ImageData {
  const { width, height, owners } = map;
  const image = new ImageData(width, height);
  const pixels = image.data;
  const reach = Math.max(2, Math.round(Math.max(width, height) / 350));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const owner = owners[at];
      if (owner === 0) continue;
      const index = owner - 1;
      const isEdge =
        owners[at - reach] !== owner ||
        owners[at + reach] !== owner ||
        owners[at - reach * width] !== owner ||
        owners[at + reach * width] !== owner;
      const strong = emphasised === index;
      const alpha = dropped.has(index) ? (isEdge ? 0.5 : 0) : isEdge ? 1 : strong ? 0.6 : 0.36;
      const [r, g, b] = dropped.has(index) ? [255, 255, 255] : colorOf(index);
      pixels.set([r, g, b, 255 * alpha], 4 * at);
    }
  }
  return image;
}

function decode({ width, height, runs }: RunLengthMask): Uint8Array {
  const flat = new Uint8Array(width * height);
  let at = 0;
  runs.forEach((run, index) => {
    if (index % 2 === 1) flat.fill(1, at, at + run);
    at += run;
  });
  return flat;
}
