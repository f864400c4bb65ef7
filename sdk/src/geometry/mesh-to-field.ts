/** A mesh as the grid that the shape models work on: truncated distance and colour. */
import { meshToDistanceField } from './distance-field.js';
import { fromGrid } from './grid.js';
import type { Mesh } from './mesh.js';
import { closestOnTriangle, createTriangleHit, triangleCorners } from './triangle.js';

/**
 * Four channels, [channel][z][y][x], x fastest, 4 * resolution^3 numbers in -1 to 1:
 * channel 0 is signed distance / truncation, clamped, negative inside; channels 1 to 3 are the
 * colour of the nearest surface point, colour * 2 - 1 with colour in 0 to 1 (sRGB). Without
 * vertex colours they are 0, a middle grey.
 *
 * @param halfExtent Half the side of the cube the grid fills about the origin, in the mesh's units.
 * @param truncation The distance that becomes 1, in the mesh's units.
 */
export function meshToField(mesh: Mesh, resolution: number, halfExtent: number, truncation: number): Float32Array {
  const shape = { resolution, halfExtent };
  const { values, nearest } = meshToDistanceField(mesh, shape);
  const cells = resolution ** 3;
  const field = new Float32Array(4 * cells);
  for (let i = 0; i < cells; i++) field[i] = Math.min(1, Math.max(-1, values[i] / truncation));
  const { colors, indices } = mesh;
  if (!colors) return field;
  const corners = triangleCorners(mesh.positions, indices);
  const hit = createTriangleHit();
  for (let z = 0, i = 0; z < resolution; z++) {
    for (let y = 0; y < resolution; y++) {
      for (let x = 0; x < resolution; x++, i++) {
        const triangle = nearest[i];
        if (triangle < 0) continue;
        closestOnTriangle(fromGrid(x, shape), fromGrid(y, shape), fromGrid(z, shape), corners, 9 * triangle, hit);
        for (let channel = 0; channel < 3; channel++) {
          const color =
            hit.w0 * colors[4 * indices[3 * triangle] + channel] +
            hit.w1 * colors[4 * indices[3 * triangle + 1] + channel] +
            hit.w2 * colors[4 * indices[3 * triangle + 2] + channel];
          field[(channel + 1) * cells + i] = color / 127.5 - 1;
        }
      }
    }
  }
  return field;
}
