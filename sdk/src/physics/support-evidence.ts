/** What the picture says about who stands on whom: what lies right below an object's mask. */
import type { RunLengthMask, SceneDescription } from '../scene/index.js';

/**
 * For each object, and each other, the share of its columns below whose lowest pixel the other is seen, 0 to 1.
 * An object that stands on another is seen with that one right below it; one that stands behind it is so, too,
 * so that this can tell against a support, but cannot prove one. Null where masks are missing.
 */
export type SupportEvidence = readonly (readonly number[] | null)[];

/** How far below the mask is looked, share of the picture's height. */
const REACH_SHARE = 0.02;

export function seenBelow({ cameras, objects }: SceneDescription): SupportEvidence {
  const [camera] = cameras;
  const owners = camera && ownersOf(objects.map(({ mask }) => mask), camera.width, camera.height); // prettier-ignore
  if (!owners) return objects.map(() => null);
  const { width, height } = camera;
  const reach = Math.max(2, Math.round(REACH_SHARE * height));
  const lowest = objects.map(() => new Int32Array(width).fill(-1));
  for (let i = 0; i < owners.length; i++) if (owners[i] > 0) lowest[owners[i] - 1][i % width] = Math.floor(i / width);
  return lowest.map((rows, index) => {
    const counts = objects.map(() => 0);
    let columns = 0;
    rows.forEach((row, x) => {
      if (row < 0) return;
      columns++;
      for (let y = row + 1; y <= Math.min(height - 1, row + reach); y++) {
        const owner = owners[y * width + x] - 1;
        if (owner < 0 || owner === index) continue;
        counts[owner]++;
        break;
      }
    });
    return columns === 0 ? null : counts.map((count) => count / columns);
  });
}

/** The number of the object that each pixel shows, from 1; null where a mask is not of the picture's size. */
export function ownersOf(masks: readonly RunLengthMask[], width: number, height: number): Uint16Array | null {
  if (masks.some((mask) => mask.width !== width || mask.height !== height)) return null;
  const owners = new Uint16Array(width * height);
  masks.forEach(({ runs }, index) => {
    let at = 0;
    runs.forEach((run, k) => {
      if (k % 2 === 1) owners.fill(index + 1, at, at + run);
      at += run;
    });
  });
  return owners;
}
