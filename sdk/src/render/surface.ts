/** What shading needs to know of each vertex of a scene, in the order of the triangle soup. */
import { quat, smoothNormals } from '../geometry/index.js';
import type { SceneDescription } from '../scene/index.js';
import type { TriangleSoup } from './rasterise.js';
import { decodeTexture, type Texture } from './texture.js';
import { SRGB_TO_LINEAR } from './tone.js';

export interface Surface {
  /** Unit normals in the world, stride 3. */
  normals: Float32Array;
  /** Linear r, g, b, 0 to 1, stride 3. */
  colors: Float32Array;
  /** Texture coordinates, stride 2; 0 where an object has no texture. */
  uvs: Float32Array;
  /** Of each object, in place of its colours; null where it has none. */
  textures: (Texture | null)[];
}

/** For a mesh without colours, sRGB. */
const PLAIN = 190;

export function sceneSurface({ objects }: SceneDescription, soup: TriangleSoup): Surface {
  const normals = new Float32Array(soup.positions.length);
  const colors = new Float32Array(soup.positions.length);
  const uvs = new Float32Array((2 * soup.positions.length) / 3);
  for (const [index, { mesh, pose }] of objects.entries()) {
    if (mesh.uvs) uvs.set(mesh.uvs, 2 * soup.firstVertex[index]);
    const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = quat.toMat3(pose.rotation);
    const source = mesh.normals ?? smoothNormals(mesh);
    const first = 3 * soup.firstVertex[index];
    for (let i = 0; i < source.length; i += 3) {
      const [x, y, z] = [source[i], source[i + 1], source[i + 2]];
      normals[first + i] = xx * x + xy * y + xz * z;
      normals[first + i + 1] = yx * x + yy * y + yz * z;
      normals[first + i + 2] = zx * x + zy * y + zz * z;
    }
    for (let vertex = 0; 3 * vertex < mesh.positions.length; vertex++) {
      for (let channel = 0; channel < 3; channel++) {
        const byte = mesh.colors ? mesh.colors[4 * vertex + channel] : PLAIN;
        colors[first + 3 * vertex + channel] = SRGB_TO_LINEAR[byte];
      }
    }
  }
  return {
    normals,
    colors,
    uvs,
    textures: objects.map(({ mesh }) => (mesh.texture ? decodeTexture(mesh.texture) : null)),
  };
}
