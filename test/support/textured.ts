/** Meshes with a texture of which every texel is known. */
import { encode } from 'fast-png';
import type { Mesh } from '@scenemaker/sdk';

/** Texels along a side of the square that a triangle has to itself. */
const CELL = 4;

/** sRGB of a triangle of a textured mesh. */
export const cellColor = (triangle: number): number[] => [
  40 + ((triangle * 61) % 200),
  30 + ((triangle * 37) % 210),
  250 - ((triangle * 83) % 190),
];

/** The mesh with vertices of its own for each triangle, and each triangle in a colour of its own. */
export function textured(mesh: Mesh): Mesh {
  const count = mesh.indices.length / 3;
  const across = Math.ceil(Math.sqrt(count));
  const [width, height] = [CELL * across, CELL * Math.ceil(count / across)];
  const data = new Uint8Array(3 * width * height);
  const uvs = new Float32Array(2 * mesh.indices.length);
  for (let triangle = 0; triangle < count; triangle++) {
    const [x, y] = [CELL * (triangle % across), CELL * Math.floor(triangle / across)];
    for (let i = 0; i < CELL * CELL; i++)
      data.set(cellColor(triangle), 3 * ((y + Math.floor(i / CELL)) * width + x + (i % CELL)));
    for (const [corner, [s, t]] of [
      [1, 1],
      [3, 1],
      [1, 3],
    ].entries())
      // prettier-ignore
      uvs.set([(x + s) / width, (y + t) / height], 2 * (3 * triangle + corner));
  }
  return {
    ...unshared(mesh),
    indices: Uint32Array.from(mesh.indices.keys()),
    uvs,
    texture: encode({ width, height, channels: 3, data }),
  };
}

function unshared({ positions, normals, colors, indices }: Mesh): Omit<Mesh, 'indices'> {
  const pick = (values: ArrayLike<number>, stride: number): number[] =>
    Array.from(indices).flatMap((vertex) => Array.from({ length: stride }, (_, k) => values[stride * vertex + k]));
  return {
    positions: Float32Array.from(pick(positions, 3)),
    ...(normals && { normals: Float32Array.from(pick(normals, 3)) }),
    ...(colors && { colors: Uint8Array.from(pick(colors, 4)) }),
  };
}
