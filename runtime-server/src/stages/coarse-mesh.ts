import { type Mesh, simplifyClosed } from '@scenemaker/sdk';
import { nearestColors } from './nearest-colors.js';

/** A closed mesh of at most `maxTriangles`, as far as its shape allows, in the colours of the given one. */
export function coarseMesh(mesh: Mesh, maxTriangles: number): Mesh {
  if (mesh.indices.length / 3 <= maxTriangles) return mesh;
  const { positions, indices } = simplifyClosed(mesh, maxTriangles);
  return { positions, indices, ...(mesh.colors && { colors: nearestColors(positions, mesh, mesh.colors) }) };
}
