/**
 * A concave solid as convex pieces.
 *
 * Cuts the piece with the most empty space in its hull there where the hulls that it leaves hold least, takes
 * apart what is not connected, and goes on past the number of pieces asked for; then joins what fits together.
 * Works on the mesh itself, so that pieces fit to rounding, thin walls stay, and flat faces are cut along.
 * Where V-HACD measures in voxels and CoACD searches a tree of cuts, this measures candidates by coarse hulls
 * and leaves the undoing of early cuts to the joining.
 */
import {
  convexHull,
  faceFrame,
  hullVolume,
  meshVolume,
  quat,
  simplifyClosed,
  weld,
  type ConvexHull,
  type Mesh,
} from '../../geometry/index.js';
import { bestCut } from './best-cut.js';
import { cutSolid } from './cut-solid.js';
import { joinPieces } from './join-pieces.js';
import { solidOf, splitSolid, type Solid } from './solid.js';

export interface DecomposeOptions {
  /** Stop when the pieces' hulls hold no more empty space than this share of the whole hull's volume. */
  maxConcavity?: number;
  /** Never more pieces. */
  maxPieces?: number;
}

export const DECOMPOSE_DEFAULTS = { maxConcavity: 0.01, maxPieces: 16 } as const;

/** Havok cuts hulls of many vertices, and grows them in doing so. */
export const MAX_HULL_VERTICES = 64;

/** Vertices of the hulls that pieces are measured by. */
const MEASURE_VERTICES = 128;
/** Pieces before joining, as a multiple of the pieces asked for. */
const OVERCUT = 2;

/** What lies between some cuts. */
interface Piece {
  solid: Solid;
  hull: ConvexHull;
  volume: number;
  /** Volume of the hull that the solid does not fill. */
  empty: number;
}

/**
 * Convex pieces that cover a closed, outward-facing mesh, at most `MAX_HULL_VERTICES` vertices each. Empty
 * for a mesh without volume. The same mesh and options give the same pieces, bit for bit.
 */
export function decompose(mesh: Pick<Mesh, 'positions' | 'indices'>, options: DecomposeOptions = {}): ConvexHull[] {
  const { maxConcavity, maxPieces } = { ...DECOMPOSE_DEFAULTS, ...options };
  const solid = withoutDetail(mesh);
  const wholeVolume = hullVolume(solid.positions, solid.positions.length / 3, MEASURE_VERTICES);
  if (!(wholeVolume > 0)) return [];
  const allowed = maxConcavity * wholeVolume;
  const snap = 1e-5 * Math.cbrt(wholeVolume);
  const axes = quat.axes(faceFrame(solid) ?? quat.IDENTITY);
  const limit = maxPieces > 1 ? Math.ceil(OVERCUT * maxPieces) : 1;

  const toPieces = (solid: Solid, room: number): Piece[] => {
    const parts = splitSolid(solid);
    return (parts.length <= room ? parts : [solid]).map(createPiece).filter((piece) => piece !== null);
  };
  let pieces = toPieces(solidOf(solid), limit);
  const done = new Set<Piece>();
  while (pieces.length < limit && pieces.reduce((sum, piece) => sum + piece.empty, 0) > allowed / 2) {
    const next = pieces
      .filter((piece) => !done.has(piece))
      .reduce<Piece | null>((most, piece) => (most && most.empty >= piece.empty ? most : piece), null);
    // The rest of the empty space is spread too thin to be worth a piece.
    if (!next || next.empty < (0.2 * allowed) / maxPieces) break;
    const cut = bestCut(next.solid, axes, next.empty, snap);
    const halves = cut ? cutSolid(next.solid, cut, snap).flatMap((half) => toPieces(half, limit - pieces.length)) : [];
    if (halves.length > 0) pieces = pieces.flatMap((piece) => (piece === next ? halves : [piece]));
    else done.add(next);
  }
  return joinPieces(pieces, maxPieces, allowed).map(
    (hull) => convexHull(hull.positions, { maxVertices: MAX_HULL_VERTICES }) ?? hull,
  );
}

/** Finer detail says nothing more about where to cut, or what fits. */
const MAX_TRIANGLES = 2000;

/** A mesh as coarse as colliders need it; joined by position, since parts are told apart by the vertices they share. */
export function withoutDetail(mesh: Pick<Mesh, 'positions' | 'indices'>): Mesh {
  const welded = weld(mesh);
  return welded.indices.length / 3 > MAX_TRIANGLES ? simplifyClosed(welded, MAX_TRIANGLES) : welded;
}

function createPiece(solid: Solid): Piece | null {
  const hull = convexHull(solid.positions, { maxVertices: MEASURE_VERTICES });
  if (!hull) return null;
  const volume = meshVolume(solid);
  return { solid, hull, volume, empty: meshVolume(hull) - volume };
}
