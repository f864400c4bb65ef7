/**
 * A concave solid as convex pieces.
 *
 * Cuts the solid along planes at right angles to its axes, always the piece with the most empty space in
 * its hull, there where the two hulls it leaves hold least; then joins pieces that are convex together.
 * Works on the mesh itself: pieces fit to rounding, and flat faces are cut along. V-HACD's voxels and
 * CoACD's tree search were not taken up: the first rounds every face, the second takes minutes.
 */
import { convexHull, createMeshBvh, meshVolume, type ConvexHull, type Mesh } from '../../geometry/index.js';
import { bestCut } from './best-cut.js';
import { joinPieces } from './join-pieces.js';
import { caps, slice, soupVolume, type TriangleSoup } from './slice.js';

export interface DecomposeOptions {
  /** Stop when the pieces' hulls hold no more empty space than this share of the whole hull's volume. */
  maxConcavity?: number;
  /** Never more pieces. */
  maxPieces?: number;
}

export const DECOMPOSE_DEFAULTS = { maxConcavity: 0.01, maxPieces: 16 } as const;

/** Havok cuts hulls of many vertices, and grows them in doing so. */
export const MAX_HULL_VERTICES = 64;

/** A part of the solid: what lies between its cuts. */
export interface Piece {
  /** Surface of the solid, stride 9. */
  surface: TriangleSoup;
  /** Signed triangles that close it along the cuts; for measuring only. */
  closing: TriangleSoup;
  min: number[];
  max: number[];
  hull: ConvexHull;
  hullVolume: number;
  solidVolume: number;
}

const emptySpace = (piece: Piece): number => piece.hullVolume - piece.solidVolume;

/**
 * Convex pieces that cover a closed, outward-facing mesh, at most `MAX_HULL_VERTICES` vertices each. Empty
 * for a mesh without volume. The same mesh and options give the same pieces, bit for bit.
 */
export function decompose(mesh: Pick<Mesh, 'positions' | 'indices'>, options: DecomposeOptions = {}): ConvexHull[] {
  const { maxConcavity, maxPieces } = { ...DECOMPOSE_DEFAULTS, ...options };
  const whole = wholePiece(mesh);
  if (!whole) return [];
  const inside = createMeshBvh(mesh);
  const allowed = maxConcavity * whole.hullVolume;
  let pieces = [whole];
  const uncuttable = new Set<Piece>();
  // Cutting goes on past the limit: what it cut too fine is joined again.
  const cutLimit = Math.ceil(1.5 * maxPieces);
  while (pieces.length < cutLimit && pieces.reduce((sum, piece) => sum + emptySpace(piece), 0) > allowed) {
    const next = pieces
      .filter((piece) => !uncuttable.has(piece))
      .reduce<Piece | null>((worst, piece) => (worst && emptySpace(worst) >= emptySpace(piece) ? worst : piece), null);
    // The rest of the empty space is spread too thin to be worth a piece.
    if (!next || emptySpace(next) < (0.2 * allowed) / maxPieces) break;
    const halves = cutPiece(next, (point) => inside.contains(point));
    if (halves) pieces = pieces.flatMap((piece) => (piece === next ? halves : [piece]));
    else uncuttable.add(next);
  }
  return joinPieces(pieces, maxPieces, allowed).map(
    (hull) => convexHull(hull.positions, { maxVertices: MAX_HULL_VERTICES }) ?? hull,
  );
}

function wholePiece({ positions, indices }: Pick<Mesh, 'positions' | 'indices'>): Piece | null {
  const surface: number[] = [];
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (const index of indices) {
    for (let k = 0; k < 3; k++) {
      const value = positions[3 * index + k];
      surface.push(value);
      min[k] = Math.min(min[k], value);
      max[k] = Math.max(max[k], value);
    }
  }
  return makePiece(surface, [], min, max, () => false);
}

function makePiece(
  surface: TriangleSoup,
  closing: TriangleSoup,
  min: number[],
  max: number[],
  contains: (point: [number, number, number]) => boolean,
): Piece | null {
  const points = [...distinctPoints(surface)];
  // A corner of the cuts that lies within the solid is a corner of the piece; no surface passes through it.
  for (let corner = 0; corner < 8 && closing.length > 0; corner++) {
    const point: [number, number, number] = [0, 1, 2].map((k) => ((corner >> k) & 1 ? max[k] : min[k])) as [
      number,
      number,
      number,
    ];
    if (contains(point)) points.push(...point);
  }
  const hull = convexHull(points);
  if (!hull) return null;
  return { surface, closing, min, max, hull, hullVolume: meshVolume(hull), solidVolume: soupVolume(surface, closing) };
}

/** The corners of a soup, each place once, stride 3. */
export function distinctPoints(soup: TriangleSoup): number[] {
  const seen = new Set<string>();
  const points: number[] = [];
  for (let i = 0; i < soup.length; i += 3) {
    const key = `${soup[i]},${soup[i + 1]},${soup[i + 2]}`;
    if (seen.has(key)) continue;
    seen.add(key);
    points.push(soup[i], soup[i + 1], soup[i + 2]);
  }
  return points;
}

function cutPiece(piece: Piece, contains: (point: [number, number, number]) => boolean): Piece[] | null {
  const cut = bestCut(piece.surface, piece.min, piece.max, piece.hullVolume);
  if (!cut) return null;
  const { axis, coordinate } = cut;
  const surface = slice(piece.surface, axis, coordinate);
  const closing = slice(piece.closing, axis, coordinate);
  const apex = [0, 1, 2].map((k) => (k === axis ? coordinate : (piece.min[k] + piece.max[k]) / 2));
  const lids = caps([...surface.cuts, ...closing.cuts], apex);
  const upperMin = piece.min.map((value, k) => (k === axis ? coordinate : value));
  const lowerMax = piece.max.map((value, k) => (k === axis ? coordinate : value));
  const lower = makePiece(
    surface.below,
    [...closing.below, ...closing.flat, ...surface.flat, ...lids.below],
    piece.min,
    lowerMax,
    contains,
  );
  const upper = makePiece(surface.above, [...closing.above, ...lids.above], upperMin, piece.max, contains);
  const halves = [lower, upper].filter((half) => half !== null);
  return halves.length > 0 ? halves : null;
}
