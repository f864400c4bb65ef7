/** In `rings`, where nothing came. */
export const UNREACHED = 0xffff;

/**
 * Grows an area by a ring of pixels at a time, corners included.
 *
 * @param area Not 0 where it is.
 * @param colors Stride 3: pixels of a ring become the mean of the neighbours that came before. Absent: none.
 * @returns For each pixel the ring it is in, 0 in the area itself.
 */
export function growRings(
  area: Uint8Array,
  { width, height }: { width: number; height: number },
  rounds: number,
  colors?: Float32Array,
): Uint16Array {
  const rings = Uint16Array.from(area, (value) => (value === 0 ? UNREACHED : 0));
  const around = (i: number, visit: (neighbour: number) => void): void => {
    const [x, y] = [i % width, Math.floor(i / width)];
    for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) visit(ny * width + nx);
    }
  };
  let front: number[] = [];
  for (let i = 0; i < rings.length; i++) if (rings[i] === 0) front.push(i);
  for (let ring = 1; ring <= rounds && front.length > 0; ring++) {
    const next: number[] = [];
    for (const i of front) {
      around(i, (neighbour) => {
        if (rings[neighbour] !== UNREACHED) return;
        rings[neighbour] = ring;
        next.push(neighbour);
      });
    }
    if (colors) for (const i of next) colors.set(meanBefore(i, ring), 3 * i);
    front = next;
  }
  return rings;

  function meanBefore(i: number, ring: number): number[] {
    const sum = [0, 0, 0];
    let count = 0;
    around(i, (neighbour) => {
      if (rings[neighbour] >= ring) return;
      count++;
      for (let k = 0; k < 3; k++) sum[k] += (colors as Float32Array)[3 * neighbour + k];
    });
    return sum.map((value) => value / count);
  }
}
