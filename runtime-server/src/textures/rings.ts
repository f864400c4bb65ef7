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
  const rings = Uint16Array.from(area, (value) => (value === 0 ? UNREACHED : 0));
  let front: number[] = [];
  for (let i = 0; i < rings.length; i++) if (rings[i] === 0) front.push(i);
  for (let ring = 1; ring <= rounds && front.length > 0; ring++) {
    const next: number[] = [];
    for (const i of front) {
      for (const neighbour of around(i, width, height)) {
        if (rings[neighbour] !== UNREACHED) continue;
        rings[neighbour] = ring;
        next.push(neighbour);
      }
    }
    for (const i of next) {
      const before = around(i, width, height).filter((neighbour) => rings[neighbour] < ring);
      setMean(colors, i, before);
    }
    front = next;
  }
  return rings;
}

/** Pixel `i` and those that touch it. */
function around(i: number, width: number, height: number): number[] {
  const [x, y] = [i % width, Math.floor(i / width)];
  const pixels: number[] = [];
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++)
      pixels.push(row * width + column);
  }
  return pixels;
}

function setMean({ channels, width, height, data }: Planes, at: number, pixels: readonly number[]): void {
  for (let first = 0; first < channels * width * height; first += width * height) {
    let sum = 0;
    for (const i of pixels) sum += data[first + i];
    data[first + at] = sum / pixels.length;
  }
}
