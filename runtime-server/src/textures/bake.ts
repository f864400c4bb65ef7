/** The texels of an atlas: what the picture shows where it shows the surface, the vertex colours elsewhere. */
import { rasteriseTriangles } from '@scenemaker/sdk/render';
import { createPlanes, type Planes, samplePlanes, smoothStep, toByte } from '../stages/picture-ops.js';
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

export function bake(surface: Surface, size: { width: number; height: number }, seen: Seen): Picture {
  const { indices, texels } = surface;
  const { width, height } = size;
  // The atlas as a flat picture at a distance of 1.
  const flat = new Float64Array((3 * texels.length) / 2).fill(1);
  for (let i = 0; i < texels.length; i += 2) flat.set(texels.subarray(i, i + 2), 1.5 * i);
  const { triangles } = rasteriseTriangles({ positions: flat, indices }, { ...size, fx: 1, fy: 1, cx: 0, cy: 0 });
  const view = viewOf(surface, seen);
  const colors = createPlanes(3, width, height);
  const point = new Float64Array(9);
  for (let i = 0; i < triangles.length; i++) {
    if (triangles[i] < 0) continue;
    interpolate(surface, 3 * triangles[i], (i % width) + 0.5, Math.floor(i / width) + 0.5, point);
    mixIn(view, point);
    for (let k = 0; k < 3; k++) colors.data[k * width * height + i] = point[6 + k];
  }
  // What lies between charts is never seen but by bilinear sampling and in coarse mip levels.
  const area = new Uint8Array(triangles.length);
  for (let i = 0; i < area.length; i++) area[i] = triangles[i] < 0 ? 0 : 1;
  growRings(area, colors, Infinity);
  return pictureOf(colors);
}

/** Into `point`: position, normal and colour (0 to 1) at (x, y) of the atlas, in the triangle that starts at `first`. */
function interpolate(surface: Surface, first: number, x: number, y: number, point: Float64Array): void {
  const { texels, indices, positions, normals, colors } = surface;
  const [a, b, c] = [indices[first], indices[first + 1], indices[first + 2]];
  const [ux, uy] = [texels[2 * b] - texels[2 * a], texels[2 * b + 1] - texels[2 * a + 1]];
  const [vx, vy] = [texels[2 * c] - texels[2 * a], texels[2 * c + 1] - texels[2 * a + 1]];
  const [px, py] = [x - texels[2 * a], y - texels[2 * a + 1]];
  const area = ux * vy - uy * vx;
  const toB = (px * vy - py * vx) / area;
  const toC = (ux * py - uy * px) / area;
  const toA = 1 - toB - toC;
  for (let k = 0; k < 3; k++) {
    point[k] = toA * positions[3 * a + k] + toB * positions[3 * b + k] + toC * positions[3 * c + k];
    point[3 + k] = toA * normals[3 * a + k] + toB * normals[3 * b + k] + toC * normals[3 * c + k];
    point[6 + k] = (toA * colors[4 * a + k] + toB * colors[4 * b + k] + toC * colors[4 * c + k]) / 255;
  }
}

/** What the camera sees of the surface. */
interface View extends Seen {
  /** 1 / z of what is nearest in each pixel. */
  nearness: Float32Array;
  /** Points may lie so far behind that and still be seen. */
  slack: number;
  /** Memory for the colour and trust of a point. */
  sampled: Float32Array;
}

const viewOf = (surface: Surface, seen: Seen): View => ({
  ...seen,
  nearness: rasteriseTriangles(surface, seen.camera).nearness,
  slack: DEPTH_SLACK * surface.size,
  sampled: new Float32Array(4),
});

/** Mixes into a point's colour what the picture shows of it. */
function mixIn({ camera, planes, nearness, slack, sampled }: View, point: Float64Array): void {
  const [x, y, z, nx, ny, nz] = [point[0], point[1], point[2], point[3], point[4], point[5]];
  const facing = -(nx * x + ny * y + nz * z) / Math.sqrt((x * x + y * y + z * z) * (nx * nx + ny * ny + nz * nz));
  if (!(facing > GRAZING) || z <= 0) return;
  const u = (camera.fx * x) / z + camera.cx;
  const v = (camera.fy * y) / z + camera.cy;
  if (!(u >= 0 && v >= 0 && u < camera.width && v < camera.height)) return;
  const nearest = nearness[Math.floor(v) * camera.width + Math.floor(u)];
  if (nearest > 0 && z > 1 / nearest + slack) return;
  samplePlanes(planes, u / camera.width, v / camera.height, sampled);
  const share = smoothStep((facing - GRAZING) / (FACING - GRAZING)) * sampled[3];
  for (let k = 0; k < 3; k++) point[6 + k] += share * (sampled[k] - point[6 + k]);
}

function pictureOf({ width, height, data }: Planes): Picture {
  const size = width * height;
  const bytes = new Uint8Array(3 * size);
  for (let i = 0; i < size; i++) for (let k = 0; k < 3; k++) bytes[3 * i + k] = toByte(data[k * size + i]);
  return { width, height, data: bytes };
}
