/**
 * The outline of a solid of revolution, freed of the steps and the flaws of the mask it was read from: of all profiles
 * within a tolerance of what was read, the one that bends least.
 */
import { median } from './order.js';

/** How far what was read may be off, in its own steps. */
const TOLERANCE = 1.5;
/** What sticks out or is missing over no more heights is a flaw of the mask. */
const FLAW = 2;
const SWEEPS = 200;

/**
 * @param radii At equal steps of height, each the largest of whole `step`s that fits; 0 where the solid is not.
 * @returns The same without flaws, and each radius that is not 0 moved by at most two steps.
 */
export function fairProfile(radii: Float32Array, step: number): Float32Array {
  // The radius lies between the largest that fits and the next.
  const read = withoutFlaws(radii).map((radius) => (radius > 0 ? radius + step / 2 : 0));
  const fair = read.slice();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let n = 0; n < fair.length; n++) {
      const i = sweep % 2 === 1 ? fair.length - 1 - n : n;
      const straight = leastBent(fair, i);
      if (straight === undefined) continue;
      const [least, most] = [Math.max(step / 2, read[i] - TOLERANCE * step), read[i] + TOLERANCE * step];
      fair[i] = Math.min(most, Math.max(least, straight));
    }
  }
  return fair;
}

/** The median around each height; the solid ends where it did. */
function withoutFlaws(radii: Float32Array): Float32Array {
  return radii.map((radius, i) => {
    if (!(radius > 0)) return 0;
    const around = Float32Array.from({ length: 2 * FLAW + 1 }, (_, k) => radii[i - FLAW + k] ?? 0);
    return median(around) || radius;
  });
}

/** The value at `i` for which the squared second differences over its neighbours are least; undefined at an end, and outside. */
function leastBent(values: Float32Array, i: number): number | undefined {
  const [a, b, c, d] = [values[i - 2], values[i - 1], values[i + 1], values[i + 2]];
  if (!(values[i] > 0 && b > 0 && c > 0)) return undefined;
  let [sum, weight] = [2 * (b + c), 4];
  if (a > 0) [sum, weight] = [sum + 2 * b - a, weight + 1];
  if (d > 0) [sum, weight] = [sum + 2 * c - d, weight + 1];
  return sum / weight;
}
