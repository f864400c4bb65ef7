/**
 * Which triangle is seen through each pixel, by a z-buffer.
 *
 *   camera: x right, y down, z forward; pixel (i, j) looks through (i + 0.5, j + 0.5)
 */
import { mat3, quat, vec3 } from '../geometry/index.js';
import type { Camera, SceneDescription } from '../scene/index.js';
import { worldToCameraRotation } from './camera.js';
import { clearTarget, createTarget, fillTriangle, type Target } from './fill-triangle.js';

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
  const target = rasteriseTriangles(soup, camera);
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

/** Nothing nearer than this is drawn, metres. */
const NEAR = 1e-3;

/** What a pinhole camera needs to project, pixels. */
export type Pinhole = Pick<Camera, 'width' | 'height' | 'fx' | 'fy' | 'cx' | 'cy'>;

/** Memory for drawing again and again: a target of the camera's size, and one number for each of `positions`. */
export interface Scratch {
  target: Target;
  screen: Float64Array;
}

/**
 * Triangles in the camera's frame through a pinhole; `nearness` is 1 / z.
 *
 * @param positions Stride 3.
 * @param scratch Overwritten; the target returned is its own.
 */
export function rasteriseTriangles(
  { positions, indices }: { positions: Float32Array | Float64Array; indices: Uint32Array },
  camera: Pinhole,
  scratch?: Scratch,
): Target {
  const target = scratch?.target ?? createTarget(camera.width, camera.height);
  if (scratch) clearTarget(target);
  const screen = project(positions, camera, scratch?.screen);
  const polygon = new Float64Array(12);
  for (let triangle = 0; 3 * triangle + 2 < indices.length; triangle++) {
    const a = 3 * indices[3 * triangle];
    const b = 3 * indices[3 * triangle + 1];
    const c = 3 * indices[3 * triangle + 2];
    if (positions[a + 2] >= NEAR && positions[b + 2] >= NEAR && positions[c + 2] >= NEAR) {
      fillTriangle(target, screen, a, b, c, triangle);
      continue;
    }
    const count = clipToNear(positions, a, b, c, polygon);
    const cut = project(polygon, camera);
    for (let corner = 2; corner < count; corner++) fillTriangle(target, cut, 0, 3 * corner - 3, 3 * corner, triangle);
  }
  return target;
}

/** z along the optical axis of what is seen in each pixel, in the unit of `positions`; Infinity where nothing is. */
export function rasteriseDepth(mesh: { positions: Float32Array; indices: Uint32Array }, camera: Pinhole): Float32Array {
  const { nearness } = rasteriseTriangles(mesh, camera);
  for (let i = 0; i < nearness.length; i++) nearness[i] = nearness[i] > 0 ? 1 / nearness[i] : Infinity;
  return nearness;
}

/** x and y in pixels, and nearness; stride 3. */
function project(
  positions: Float32Array | Float64Array,
  { fx, fy, cx, cy }: Pinhole,
  screen: Float64Array = new Float64Array(positions.length),
): Float64Array {
  for (let i = 0; i < positions.length; i += 3) {
    const nearness = 1 / positions[i + 2];
    screen[i] = fx * positions[i] * nearness + cx;
    screen[i + 1] = fy * positions[i + 1] * nearness + cy;
    screen[i + 2] = nearness;
  }
  return screen;
}

/** Cuts a triangle off at the near plane; writes 0, 3 or 4 corners to `polygon`, stride 3, and returns how many. */
function clipToNear(
  positions: Float32Array | Float64Array,
  a: number,
  b: number,
  c: number,
  polygon: Float64Array,
): number {
  let count = 0;
  for (const [from, to] of [
    [a, b],
    [b, c],
    [c, a],
  ]) {
    // prettier-ignore
    const [zFrom, zTo] = [positions[from + 2], positions[to + 2]];
    if (zFrom >= NEAR) polygon.set([positions[from], positions[from + 1], zFrom], 3 * count++);
    if (zFrom >= NEAR !== zTo >= NEAR) {
      const t = (NEAR - zFrom) / (zTo - zFrom);
      const x = positions[from] + t * (positions[to] - positions[from]);
      const y = positions[from + 1] + t * (positions[to + 1] - positions[from + 1]);
      polygon.set([x, y, NEAR], 3 * count++);
    }
  }
  return count;
}
