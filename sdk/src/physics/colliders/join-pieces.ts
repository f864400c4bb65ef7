/** Fewer convex pieces: those that are nearly convex together become one. */
import { convexHull, meshVolume, type ConvexHull } from '../../geometry/index.js';

/** Enough to compare hulls by. */
const COARSE_VERTICES = 48;

interface Part {
  hull: ConvexHull;
  solidVolume: number;
}

/**
 * Joins the pair whose common hull has the least empty space, as long as that is at most `allowed`
 * over `maxPieces`, or there are more than `maxPieces`.
 *
 * What counts is the space in the common hull, not what is added to that in the two: hulls of hollow pieces
 * overlap, and joining them would seem to gain.
 */
export function joinPieces(pieces: readonly Part[], maxPieces: number, allowed: number): ConvexHull[] {
  const parts: (Part | null)[] = [...pieces];
  const costs = new Map<number, number>();
  const key = (i: number, j: number): number => i * 4096 + j;
  const measure = (i: number, j: number): void => {
    const [a, b] = [parts[i], parts[j]];
    if (!a || !b) return;
    costs.set(key(i, j), joinedVolume(a, b) - a.solidVolume - b.solidVolume);
  };
  for (let j = 1; j < parts.length; j++) for (let i = 0; i < j; i++) measure(i, j);
  let count = parts.length;
  while (count > 1) {
    let best = -1;
    let cost = Infinity;
    for (const [pair, value] of costs) {
      if (value < cost) {
        cost = value;
        best = pair;
      }
    }
    if (best < 0 || (count <= maxPieces && cost > allowed / maxPieces)) break;
    const [i, j] = [Math.floor(best / 4096), best % 4096];
    const [a, b] = [parts[i], parts[j]];
    if (!a || !b) break;
    const hull = convexHull([...a.hull.positions, ...b.hull.positions]);
    if (!hull) break;
    parts[i] = { hull, solidVolume: a.solidVolume + b.solidVolume };
    parts[j] = null;
    count--;
    for (const pair of costs.keys()) {
      const [p, q] = [Math.floor(pair / 4096), pair % 4096];
      if (p === i || q === i || p === j || q === j) costs.delete(pair);
    }
    for (let k = 0; k < parts.length; k++) if (k !== i) measure(Math.min(i, k), Math.max(i, k));
  }
  return parts.filter((part) => part !== null).map((part) => part.hull);
}

function joinedVolume(a: Part, b: Part): number {
  const hull = convexHull([...a.hull.positions, ...b.hull.positions], { maxVertices: COARSE_VERTICES });
  return hull ? meshVolume(hull) : Infinity;
}
