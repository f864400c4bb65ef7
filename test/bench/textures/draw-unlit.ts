/** A scene from its main camera as its surfaces are, without light and shadow, on black. */
import { mat3, type Mesh, quat, type SceneDescription, vec3 } from '@scenemaker/sdk';
import { decodeTexture, type Picture, rasteriseTriangles } from '@scenemaker/sdk/render';

/** One sample a pixel, through its middle; of a texture the nearest texel. */
export function drawUnlit({ objects, cameras: [camera] }: SceneDescription): Picture {
  const { width, height, fx, fy, cx, cy, cameraToWorld } = camera;
  const data = new Uint8Array(3 * width * height);
  const nearest = new Float32Array(width * height);
  const fromWorld = mat3.transpose(quat.toMat3(cameraToWorld.rotation));
  for (const { mesh, pose } of objects) {
    const turn = mat3.multiply(fromWorld, quat.toMat3(pose.rotation));
    const middle = mat3.apply(fromWorld, vec3.sub(pose.translation, cameraToWorld.translation));
    const p = new Float64Array(mesh.positions.length);
    for (let i = 0; i < p.length; i += 3)
      p.set(vec3.addScaled(middle, mat3.apply(turn, vec3.at(mesh.positions, i / 3)), pose.size), i);
    const target = rasteriseTriangles({ positions: p, indices: mesh.indices }, camera);
    const colorOf = createColors(mesh);
    for (let i = 0; i < target.triangles.length; i++) {
      if (target.triangles[i] < 0 || target.nearness[i] <= nearest[i]) continue;
      nearest[i] = target.nearness[i];
      const corners = mesh.indices.subarray(3 * target.triangles[i], 3 * target.triangles[i] + 3);
      const ray = [((i % width) + 0.5 - cx) / fx, (Math.floor(i / width) + 0.5 - cy) / fy, 1] as const;
      const [a, b, c] = Array.from(corners, (corner) => vec3.at(p, corner));
      const volumes = [vec3.cross(b, c), vec3.cross(c, a), vec3.cross(a, b)].map((area) => vec3.dot(area, ray));
      const sum = volumes[0] + volumes[1] + volumes[2];
      data.set(
        colorOf(
          corners,
          volumes.map((volume) => volume / sum),
        ),
        3 * i,
      );
    }
  }
  return { width, height, data };
}

function createColors({ colors, uvs, texture }: Mesh): (corners: Uint32Array, weights: number[]) => ArrayLike<number> {
  const mean = (values: ArrayLike<number>, stride: number, corners: Uint32Array, weights: number[], k: number) =>
    weights.reduce((sum, weight, i) => sum + weight * values[stride * corners[i] + k], 0);
  if (texture === undefined || uvs === undefined) {
    return (corners, weights) => [0, 1, 2].map((k) => Math.round(mean(colors ?? [], 4, corners, weights, k)));
  }
  const { width, height, channels, data } = decodeTexture(texture);
  return (corners, weights) => {
    const x = Math.min(width - 1, Math.floor(width * mean(uvs, 2, corners, weights, 0)));
    const y = Math.min(height - 1, Math.floor(height * mean(uvs, 2, corners, weights, 1)));
    return data.subarray(channels * (y * width + x), channels * (y * width + x) + 3);
  };
}
