/**
 * Which triangle is seen through each pixel, by a z-buffer.
 *
 *   camera: x right, y down, z forward; pixel (i, j) looks through (i + 0.5, j + 0.5)
 */
import { mat3, quat, vec3 } from '../geometry/index.js';
import type { Camera, SceneDescription } from '../scene/index.js';
import { worldToCameraRotation } from './camera.js';

/** In `ids`, where no object is seen. */
export const NOTHING = -1;

export interface Raster {
  width: number;
  height: number;
  /** Index of the object in the scene, or NOTHING. */
  ids: Int32Array;
  /** z along the optical axis, metres; NaN where no object is seen. */
  depth: Float32Array;
}

/** The objects of a scene as a camera sees them; the ground is left out. */
export function rasterise(scene: SceneDescription, camera: Camera): Raster {
  const soup = cameraSoup(scene, camera);
  const target = rasteriseSoup(soup, camera);
  const ids = new Int32Array(target.triangles.length);
  const depth = new Float32Array(target.triangles.length);
  for (let i = 0; i < ids.length; i++) {
    const triangle = target.triangles[i];
    ids[i] = triangle < 0 ? NOTHING : soup.objectOfTriangle[triangle];
    depth[i] = triangle < 0 ? NaN : 1 / target.nearness[i];
  }
  return { width: camera.width, height: camera.height, ids, depth };
}

/** All triangles of a scene in one frame, vertices of one object after those of another. */
export interface TriangleSoup {
  /** Stride 3. */
  positions: Float64Array;
  /** Stride 3, into `positions`. */
  indices: Uint32Array;
  objectOfTriangle: Uint16Array;
  /** First vertex of each object. */
  firstVertex: number[];
}

/** The scene's triangles in the world's frame. */
export function worldSoup({ objects }: SceneDescription): TriangleSoup {
  const firstVertex: number[] = [];
  let vertexCount = 0;
  let indexCount = 0;
  for (const { mesh } of objects) {
    firstVertex.push(vertexCount);
    vertexCount += mesh.positions.length / 3;
    indexCount += mesh.indices.length;
  }
  const positions = new Float64Array(3 * vertexCount);
  const indices = new Uint32Array(indexCount);
  const objectOfTriangle = new Uint16Array(indexCount / 3);
  let nextIndex = 0;
  for (const [object, { mesh, pose }] of objects.entries()) {
    const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = quat.toMat3(pose.rotation).map((entry) => entry * pose.size);
    const [tx, ty, tz] = pose.translation;
    const source = mesh.positions;
    for (let i = 0, out = 3 * firstVertex[object]; i < source.length; i += 3, out += 3) {
      const [x, y, z] = [source[i], source[i + 1], source[i + 2]];
      positions[out] = xx * x + xy * y + xz * z + tx;
      positions[out + 1] = yx * x + yy * y + yz * z + ty;
      positions[out + 2] = zx * x + zy * y + zz * z + tz;
    }
    objectOfTriangle.fill(object, nextIndex / 3, (nextIndex + mesh.indices.length) / 3);
    for (const index of mesh.indices) indices[nextIndex++] = index + firstVertex[object];
  }
  return { positions, indices, objectOfTriangle, firstVertex };
}

/** The scene's triangles in the camera's frame. */
export function cameraSoup(scene: SceneDescription, camera: Camera): TriangleSoup {
  const soup = worldSoup(scene);
  const rotation = worldToCameraRotation(camera);
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = rotation;
  const [tx, ty, tz] = vec3.scale(mat3.apply(rotation, camera.cameraToWorld.translation), -1);
  const { positions } = soup;
  for (let i = 0; i < positions.length; i += 3) {
    const [x, y, z] = [positions[i], positions[i + 1], positions[i + 2]];
    positions[i] = xx * x + xy * y + xz * z + tx;
    positions[i + 1] = yx * x + yy * y + yz * z + ty;
    positions[i + 2] = zx * x + zy * y + zz * z + tz;
  }
  return soup;
}

/** A z-buffer: `nearness` is any measure that is linear on the screen and grows towards the viewer. */
export interface Target {
  width: number;
  height: number;
  nearness: Float32Array;
  /** Triangle of the soup, or -1. */
  triangles: Int32Array;
}

export function createTarget(width: number, height: number): Target {
  const nearness = new Float32Array(width * height).fill(-Infinity);
  return { width, height, nearness, triangles: new Int32Array(width * height).fill(-1) };
}

/** Nothing nearer than this is drawn, metres. */
const NEAR = 1e-3;

/** Through a pinhole; `nearness` is 1 / z. */
export function rasteriseSoup({ positions, indices }: TriangleSoup, camera: Camera): Target {
  const target = createTarget(camera.width, camera.height);
  const { fx, fy, cx, cy } = camera;
  const polygon = new Float64Array(12);
  const screen = new Float64Array(12);
  for (let triangle = 0; 3 * triangle < indices.length; triangle++) {
    const count = clipToNear(positions, indices, triangle, polygon);
    for (let k = 0; k < 3 * count; k += 3) {
      const nearness = 1 / polygon[k + 2];
      screen[k] = fx * polygon[k] * nearness + cx;
      screen[k + 1] = fy * polygon[k + 1] * nearness + cy;
      screen[k + 2] = nearness;
    }
    for (let corner = 2; corner < count; corner++)
      fillTriangle(target, screen, 0, 3 * corner - 3, 3 * corner, triangle);
  }
  return target;
}

/** Cuts a triangle off at the near plane; writes 0, 3 or 4 corners to `polygon`, stride 3, and returns how many. */
function clipToNear(positions: Float64Array, indices: Uint32Array, triangle: number, polygon: Float64Array): number {
  let count = 0;
  for (let k = 0; k < 3; k++) {
    const a = 3 * indices[3 * triangle + k];
    const b = 3 * indices[3 * triangle + ((k + 1) % 3)];
    const [za, zb] = [positions[a + 2], positions[b + 2]];
    if (za >= NEAR) polygon.set([positions[a], positions[a + 1], za], 3 * count++);
    if (za >= NEAR !== zb >= NEAR) {
      const t = (NEAR - za) / (zb - za);
      const x = positions[a] + t * (positions[b] - positions[a]);
      const y = positions[a + 1] + t * (positions[b + 1] - positions[a + 1]);
      polygon.set([x, y, NEAR], 3 * count++);
    }
  }
  return count;
}

/** Fills one triangle whose corners start at `a`, `b` and `c` in `screen`: x and y in pixels, nearness. Both sides are drawn. */
export function fillTriangle(
  target: Target,
  screen: Float64Array,
  a: number,
  b: number,
  c: number,
  triangle: number,
): void {
  const { width, height, nearness, triangles } = target;
  const [ax, ay, bx, by, cx, cy] = [screen[a], screen[a + 1], screen[b], screen[b + 1], screen[c], screen[c + 1]];
  const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  if (!(Math.abs(area) > 1e-12)) return;
  const x0 = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5));
  const x1 = Math.min(width - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
  const y0 = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5));
  const y1 = Math.min(height - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
  // Barycentric weights of b and c, and nearness, are linear in x and y.
  const dvx = (cy - ay) / area;
  const dvy = (ax - cx) / area;
  const dwx = (ay - by) / area;
  const dwy = (bx - ax) / area;
  const near = screen[a + 2];
  const nearB = screen[b + 2] - near;
  const nearC = screen[c + 2] - near;
  for (let y = y0; y <= y1; y++) {
    const dy = y + 0.5 - ay;
    const dx = x0 + 0.5 - ax;
    let v = dx * dvx + dy * dvy;
    let w = dx * dwx + dy * dwy;
    for (let x = x0, i = y * width + x0; x <= x1; x++, i++, v += dvx, w += dwx) {
      if (v < 0 || w < 0 || v + w > 1) continue;
      const value = near + v * nearB + w * nearC;
      if (value > nearness[i]) {
        nearness[i] = value;
        triangles[i] = triangle;
      }
    }
  }
}
