/**
 * Where the voxels of a cubic grid lie.
 *
 * The grid fills the cube of half side `halfExtent` about the origin with `resolution`^3 cells. Values sit
 * at cell centres: sample i of an axis lies at `-halfExtent + (i + 0.5) * cell`. Arrays are indexed
 * [z][y][x], x fastest; with channels, [channel][z][y][x].
 */
export interface GridShape {
  resolution: number;
  /** Half the cube's side, in the mesh's units. */
  halfExtent: number;
}

/** Side of one cell. */
export const cellSize = ({ resolution, halfExtent }: GridShape): number => (2 * halfExtent) / resolution;

/** Grid coordinate of `position` on one axis: 0 at the first cell's centre, 1 at the next. */
export const toGrid = (position: number, { resolution, halfExtent }: GridShape): number =>
  ((position + halfExtent) * resolution) / (2 * halfExtent) - 0.5;

/** The inverse of `toGrid`. */
export const fromGrid = (coordinate: number, { resolution, halfExtent }: GridShape): number =>
  ((coordinate + 0.5) * 2 * halfExtent) / resolution - halfExtent;
