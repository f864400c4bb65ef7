import type { Planes } from '../stages/picture-ops.js';

/** In what `growRings` gives, where nothing came. */
export const UNREACHED = 0xffff;

/**
 * Grows an area by a ring of pixels at a time, corners included.
 *
 * @param area Not 0 where it is.
 * @param colors As wide and high: pixels of a ring become the mean of the neighbours that came before.
 * @returns For each pixel the ring it is in, 0 in the area itself.
 */
export function growRings(area: Uint8Array, colors: Planes, rounds: number): Uint16Array {
  const { width, height } = colors;
  const rings = new Uint16Array(area.length);
  for (let i = 0; i < area.length; i++) rings[i] = area[i] === 0 ? UNREACHED : 0;
  const around = new Int32Array(9);
  // Pixels in the order in which they are reached, each once: the ring before from `begin` to `end`.
  const reached = new Int32Array(area.length);
  let end = 0;
  for (let i = 0; i < rings.length; i++) if (rings[i] === 0) reached[end++] = i;
  for (let ring = 1, begin = 0; ring <= rounds && begin < end; ring++) {
    const first = end;
    for (let at = begin; at < first; at++) {
      const count = neighbours(reached[at], width, height, around);
      for (let k = 0; k < count; k++) {
        if (rings[around[k]] !== UNREACHED) continue;
        rings[around[k]] = ring;
        reached[end++] = around[k];
      }
    }
    for (let at = first; at < end; at++) {
      const count = neighbours(reached[at], width, height, around);
      let before = 0;
      for (let k = 0; k < count; k++) if (rings[around[k]] < ring) around[before++] = around[k];
      setMean(colors, reached[at], around, before);
    }
    begin = first;
  }
  return rings;
}

/** Into `around`, row by row: pixel `i` and those that touch it. Gives how many they are. */
function neighbours(i: number, width: number, height: number, around: Int32Array): number {
  const x = i % width;
  const left = x > 0 ? 1 : 0;
  const right = x < width - 1 ? 1 : 0;
  const first = i >= width ? i - width : i;
  const last = i < width * (height - 1) ? i + width : i;
  let count = 0;
  for (let middle = first; middle <= last; middle += width) {
    for (let pixel = middle - left; pixel <= middle + right; pixel++) around[count++] = pixel;
  }
  return count;
}

/** The mean of the first `count` of `pixels`. */
function setMean({ channels, width, height, data }: Planes, at: number, pixels: Int32Array, count: number): void {
  for (let first = 0; first < channels * width * height; first += width * height) {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += data[first + pixels[k]];
    data[first + at] = sum / count;
  }
}
