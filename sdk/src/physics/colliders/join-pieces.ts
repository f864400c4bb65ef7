/** Joining convex pieces that are convex together, or nearly, or too many. */
import { convexHull, hullVolume, type ConvexHull } from '../../geometry/index.js';

/** Vertices of the hulls that pairs are compared by. */
const COARSE_VERTICES = 32;

interface Piece {
  hull: ConvexHull;
  /** Of the solid in it. */
  volume: number;
}

interface Part extends Piece {
  /** Volume of its hull that the solid does not fill. */
  empty: number;
  /** Points that stand for the hull. */
  coarse: Float32Array;
}

interface Pair {
  /** Empty space that the common hull has over the two; by coarse hulls, which hold too little, until measured. */
  gain: number;
  joined: Part | null;
}

/**
 * Joins the pair whose common hull gains the least empty space, as long as all hulls together then hold no
 * more than `allowed`, or it gains next to nothing, or there are more than `maxPieces`.
 */
export function joinPieces(pieces: readonly Piece[], maxPieces: number, allowed: number): ConvexHull[] {
  const parts = pieces.map(({ hull, volume }) => createPart(hull, volume));
  // Row i: part i with each part before it.
  const pairs = parts.map((part, i) => parts.slice(0, i).map((other) => roughPair(part, other)));
  let empty = parts.reduce((sum, part) => sum + part.empty, 0);
  while (parts.length > 1) {
    const [i, j] = leastGain(pairs);
    const pair = pairs[i][j];
    const isFree = pair.gain <= (0.1 * allowed) / maxPieces;
    if (parts.length <= maxPieces && empty + pair.gain > allowed && !isFree) break;
    if (!pair.joined) {
      pairs[i][j] = measuredPair(parts[i], parts[j]);
      continue;
    }
    empty += pair.gain;
    parts.splice(i, 1);
    pairs.splice(i, 1);
    for (const row of pairs.slice(i)) row.splice(i, 1);
    parts[j] = pair.joined;
    pairs[j] = parts.slice(0, j).map((other) => roughPair(parts[j], other));
    for (let k = j + 1; k < parts.length; k++) pairs[k][j] = roughPair(parts[k], parts[j]);
  }
  return parts.map((part) => part.hull);
}

function leastGain(pairs: readonly (readonly Pair[])[]): [number, number] {
  let least: [number, number] = [1, 0];
  for (let i = 1; i < pairs.length; i++)
    for (let j = 0; j < i; j++) if (pairs[i][j].gain < pairs[least[0]][least[1]].gain) least = [i, j];
  return least;
}

function createPart(hull: ConvexHull, volume: number): Part {
  return {
    hull,
    volume,
    empty: hullVolume(hull.positions, hull.positions.length / 3, Infinity) - volume,
    coarse: convexHull(hull.positions, { maxVertices: COARSE_VERTICES })?.positions ?? hull.positions,
  };
}

function roughPair(a: Part, b: Part): Pair {
  const points = new Float32Array(a.coarse.length + b.coarse.length);
  points.set(a.coarse);
  points.set(b.coarse, a.coarse.length);
  const gain = hullVolume(points, points.length / 3, COARSE_VERTICES) - a.volume - b.volume - a.empty - b.empty;
  return { gain, joined: null };
}

function measuredPair(a: Part, b: Part): Pair {
  // Parts have volume, and so has what holds both.
  const hull = convexHull([...a.hull.positions, ...b.hull.positions]) ?? a.hull;
  const joined = createPart(hull, a.volume + b.volume);
  return { gain: joined.empty - a.empty - b.empty, joined };
}
