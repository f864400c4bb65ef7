/** What poses are found by of a mesh: its outline, the distances around it, and the field that its geometry is encoded from. */
import { type DistanceField, type GridShape, type Mesh, meshToDistanceField, meshToField } from '@scenemaker/sdk';
import { coarseMesh } from './coarse-mesh.js';

/** Half the side of the cube that geometry is encoded in, canonical units. */
const HALF_EXTENT = 0.6;
/** So many cells further on each side, distances are known to registration. */
const MARGIN = 4;
/** So many triangles tell the outline of a closed mesh: it is compared in few pixels. */
const OUTLINE_TRIANGLES = 1000;

export interface GeometryOptions {
  /** Voxels along a side of the cube that is encoded. */
  resolution: number;
  /** The distance that is 1 in the field, in half sides of the cube. */
  truncation: number;
}

export interface MeshGeometry {
  /** The mesh, or one of fewer triangles with nearly its silhouette. */
  outline: Mesh;
  /** Canonical units, on the cells of `field` and `MARGIN` more on each side. */
  distances: DistanceField;
  /** `meshToField`'s, [4, R, R, R]. */
  field: Float32Array;
}

/** @param mesh In canonical space. */
export function measureGeometry(mesh: Mesh, { resolution, truncation }: GeometryOptions): MeshGeometry {
  const cells = resolution + 2 * MARGIN;
  const grid: GridShape = { resolution: cells, halfExtent: (HALF_EXTENT * cells) / resolution };
  const distances = meshToDistanceField(mesh, grid);
  return {
    outline: mesh,
    distances,
    field: meshToField(mesh, resolution, HALF_EXTENT, truncation * HALF_EXTENT, distances),
  };
}

/** The same of a mesh that is closed and manifold, in less time. */
export function measureClosed(mesh: Mesh, options: GeometryOptions): MeshGeometry {
  return measureGeometry(coarseMesh(mesh, OUTLINE_TRIANGLES), options);
}
