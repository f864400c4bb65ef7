/** Overlap of the volumes of two bodies on a grid. */
import { type Mesh, meshToDistanceField } from '@scenemaker/sdk';

/** Cells along a side of the grid, which reaches from -1 to 1. */
const RESOLUTION = 64;

/** 1 for each cell of the grid whose centre lies inside the mesh. Open meshes count as what they enclose. */
export function occupancy(mesh: Pick<Mesh, 'positions' | 'indices'>, resolution = RESOLUTION): Uint8Array {
  const { values } = meshToDistanceField(mesh, { resolution, halfExtent: 1 });
  return Uint8Array.from(values, (value) => (value < 0 ? 1 : 0));
}

/** Overlap over union, 0 to 1; 0 when both are empty. */
export function occupancyIou(a: Uint8Array, b: Uint8Array): number {
  let overlap = 0;
  let union = 0;
  for (let i = 0; i < a.length; i++) {
    overlap += a[i] & b[i];
    union += a[i] | b[i];
  }
  return union === 0 ? 0 : overlap / union;
}
