/** Colours of one mesh on another that is near it. */
import { createMeshBvh, type Mesh } from '@scenemaker/sdk';

/** Of each point the colour of the mesh where it is nearest; stride 4. */
export function nearestColors(points: Float32Array, mesh: Mesh, colors: Uint8Array): Uint8Array {
  const tree = createMeshBvh(mesh);
  const found = new Uint8Array((points.length / 3) * 4).fill(255);
  for (let i = 0; i < points.length / 3; i++) {
    const nearest = tree.closestPoint([points[3 * i], points[3 * i + 1], points[3 * i + 2]]);
    if (nearest === null) continue;
    for (let channel = 0; channel < 3; channel++) {
      const corner = (k: number): number =>
        nearest.barycentric[k] * colors[4 * mesh.indices[3 * nearest.triangle + k] + channel];
      found[4 * i + channel] = Math.round(corner(0) + corner(1) + corner(2));
    }
  }
  return found;
}
