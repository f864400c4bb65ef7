/** A mesh as the grid that the shape models work on: truncated distance and colour. */
import { type DistanceField, meshToDistanceField } from './distance-field.js';
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
 * @param distances The mesh's, on a grid of the same cells that may reach further by whole cells all round.
 */
export function meshToField(
  mesh: Mesh,
  resolution: number,
  halfExtent: number,
  truncation: number,
  distances: DistanceField = meshToDistanceField(mesh, { resolution, halfExtent }),
): Float32Array {
  const shape = { resolution, halfExtent };
  const { values, nearest, resolution: wide } = distances;
  const margin = (wide - resolution) / 2;
  const cells = resolution ** 3;
  const field = new Float32Array(4 * cells);
  const { colors, indices } = mesh;
  const corners = triangleCorners(mesh.positions, indices);
  const hit = createTriangleHit();
  const point = new Float64Array(3);
  for (let z = 0, i = 0; z < resolution; z++) {
    for (let y = 0; y < resolution; y++) {
      const row = ((z + margin) * wide + y + margin) * wide + margin;
      for (let x = 0; x < resolution; x++, i++) {
        field[i] = Math.min(1, Math.max(-1, values[row + x] / truncation));
        const triangle = nearest[row + x];
        if (triangle < 0 || !colors) continue;
        point[0] = fromGrid(x, shape);
        point[1] = fromGrid(y, shape);
        point[2] = fromGrid(z, shape);
        closestOnTriangle(point, corners, 9 * triangle, hit);
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
