/** The grid that the geometry of an object is encoded on, and its margin. */
import type { GridShape } from '@scenemaker/sdk';

/** Half the side of the cube that geometry is encoded in, canonical units. */
export const FIELD_HALF_EXTENT = 0.6;
/** So many cells further on each side, distances are known to registration. */
const MARGIN = 4;

/** @param resolution Voxels along a side of the cube that is encoded. */
export function fieldGrid(resolution: number): GridShape {
  const cells = resolution + 2 * MARGIN;
  return { resolution: cells, halfExtent: (FIELD_HALF_EXTENT * cells) / resolution };
}
