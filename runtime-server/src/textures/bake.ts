/** The texels of an atlas: what the picture shows where it shows the surface, the vertex colours elsewhere. */
import { rasteriseTriangles } from '@scenemaker/sdk/render';
import { clamp01 } from '../stages/picture-ops.js';
import type { Picture } from '../stages/stage.js';
import { growRings } from './rings.js';
import type { Seen } from './seen.js';

/** Cosines between normal and view where the picture starts to count, and where it alone counts. */
const GRAZING = 0.1;
const FACING = 0.4;
/** How far behind the nearest surface a texel may lie and still be seen, as a share of the object's size. */
const DEPTH_SLACK = 0.02;

/** Of vertices in the camera's frame, each array in their order. */
export interface Surface {
  /** Stride 3. */
  positions: Float32Array;
  indices: Uint32Array;
  /** Unit vectors, stride 3. */
  normals: Float32Array;
  /** sRGB, stride 4. */
  colors: Uint8Array;
  /** Texels from the left and from the top, stride 2. */
  texels: Float32Array;
  /** Longest side, in the unit of `positions`. */
  size: number;
}

export function bake(surface: Surface, { width, height }: { width: number; height: number }, seen: Seen): Picture {
  const { indices, texels } = surface;
  const nearest = rasteriseTriangles(surface, seen.camera).nearness;
  // The atlas as a flat picture at a distance of 1.
  const flat = Float64Array.from({ length: (3 * texels.length) / 2 }, (_, i) =>
    i % 3 === 2 ? 1 : texels[2 * Math.floor(i / 3) + (i % 3)],
  );
  const { triangles } = rasteriseTriangles({ positions: flat, indices }, { width, height, fx: 1, fy: 1, cx: 0, cy: 0 });
  const colors = new Float32Array(3 * width * height);
  const corners = new Float64Array(3);
  for (let i = 0; i < triangles.length; i++) {
    if (triangles[i] < 0) continue;
    const first = 3 * triangles[i];
    weightsAt(texels, indices, first, (i % width) + 0.5, Math.floor(i / width) + 0.5, corners);
    paint(surface, seen, nearest, first, corners, colors, i);
  }
  // What lies between charts is never seen but by bilinear sampling and in coarse mip levels.
  const covered = Uint8Array.from(triangles, (triangle) => (triangle < 0 ? 0 : 1));
  growRings(covered, { width, height }, Infinity, colors);
  return { width, height, data: Uint8Array.from(colors, (value) => Math.round(Math.min(255, Math.max(0, value)))) };
}

/** The weights of a triangle's corners at (x, y) of the atlas. */
function weightsAt(
  texels: Float32Array,
  indices: Uint32Array,
  first: number,
  x: number,
  y: number,
  weights: Float64Array,
): void {
  const [a, b, c] = [2 * indices[first], 2 * indices[first + 1], 2 * indices[first + 2]];
  const [ux, uy] = [texels[b] - texels[a], texels[b + 1] - texels[a + 1]];
  const [vx, vy] = [texels[c] - texels[a], texels[c + 1] - texels[a + 1]];
  const [px, py] = [x - texels[a], y - texels[a + 1]];
  const area = ux * vy - uy * vx;
  weights[1] = (px * vy - py * vx) / area;
  weights[2] = (ux * py - uy * px) / area;
  weights[0] = 1 - weights[1] - weights[2];
}

/** Mixes the colour of texel `target`, where the corners of the triangle that starts at `first` have these weights. */
function paint(
  { positions: p, normals: n, colors: own, indices, size }: Surface,
  { camera, colors: shown, trust }: Seen,
  nearest: Float32Array,
  first: number,
  weights: Float64Array,
  target: Float32Array,
  at: number,
): void {
  let [x, y, z, nx, ny, nz, red, green, blue] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let corner = 0; corner < 3; corner++) {
    const weight = weights[corner];
    const vertex = indices[first + corner];
    x += weight * p[3 * vertex];
    y += weight * p[3 * vertex + 1];
    z += weight * p[3 * vertex + 2];
    nx += weight * n[3 * vertex];
    ny += weight * n[3 * vertex + 1];
    nz += weight * n[3 * vertex + 2];
    red += weight * own[4 * vertex];
    green += weight * own[4 * vertex + 1];
    blue += weight * own[4 * vertex + 2];
  }
  target[3 * at] = red;
  target[3 * at + 1] = green;
  target[3 * at + 2] = blue;
  const facing = -(nx * x + ny * y + nz * z) / (Math.hypot(x, y, z) * Math.hypot(nx, ny, nz));
  if (!(facing > GRAZING) || z <= 0) return;
  const u = (camera.fx * x) / z + camera.cx;
  const v = (camera.fy * y) / z + camera.cy;
  if (!(u >= 0 && v >= 0 && u < camera.width && v < camera.height)) return;
  const pixel = Math.floor(v) * camera.width + Math.floor(u);
  if (nearest[pixel] > 0 && z > 1 / nearest[pixel] + DEPTH_SLACK * size) return;
  const left = Math.max(0, Math.min(camera.width - 2, Math.floor(u - 0.5)));
  const top = Math.max(0, Math.min(camera.height - 2, Math.floor(v - 0.5)));
  const tx = clamp01(u - 0.5 - left);
  const ty = clamp01(v - 0.5 - top);
  const i = top * camera.width + left;
  const j = i + camera.width;
  const between = (values: Float32Array, stride: number, k: number): number => {
    const upper = values[stride * i + k] * (1 - tx) + values[stride * (i + 1) + k] * tx;
    const lower = values[stride * j + k] * (1 - tx) + values[stride * (j + 1) + k] * tx;
    return upper * (1 - ty) + lower * ty;
  };
  const t = clamp01((facing - GRAZING) / (FACING - GRAZING));
  const share = t * t * (3 - 2 * t) * between(trust, 1, 0);
  for (let k = 0; k < 3; k++) target[3 * at + k] += share * (between(shown, 3, k) - target[3 * at + k]);
}
