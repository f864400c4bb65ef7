/**
 * How well an object covers the mask it came from, seen from the main camera.
 *
 * Pixels that show another object say nothing about this one, which may reach behind it, and count neither
 * way; so the figure is the object's own, wherever the others are.
 *
 *   camera: x right, y down, z forward; pixel (i, j) looks through (i + 0.5, j + 0.5)
 */
import { quat, transformPositions, vec3, type Mesh, type Vec3 } from '../geometry/index.js';
import { createTarget, type Target } from '../render/fill-triangle.js';
import { rasteriseTriangles } from '../render/rasterise.js';
import type { Camera, Pose, RunLengthMask, SceneDescription } from '../scene/index.js';
import { ownersOf } from './support-evidence.js';

export interface Silhouette {
  /**
   * Overlap over union of the object so posed with its mask, 0 to 1. Pixels that show an object which this one
   * would `hide` (asked by index) count against it, since the picture shows them; absent: none do.
   */
  iou(pose: Pose, hides?: (object: number) => boolean): number;
  /** Distance along the optical axis of what is seen of the object so posed, by sample; 0 off its mask. Metres. */
  depths(pose: Pose): Float32Array;
  /** Heights in the world of what is seen of the object so posed, metres. */
  heights(pose: Pose): Float32Array;
}

/** Samples along the longer side of the window around a mask. */
const SAMPLES = 64;
/** Share of the mask's box that the window goes beyond it on each side. */
const BORDER = 0.6;

/** Kinds of samples; those that show another object have its index. */
const [OUTSIDE, NOTHING, OWN] = [-3, -2, -1];

/** One for each object; null where its mask is empty, or masks are not of the main camera's size. */
export function createSilhouettes({ cameras, objects }: SceneDescription): (Silhouette | null)[] {
  const [camera] = cameras;
  if (!camera) return objects.map(() => null);
  const owners = ownersOf(objects.map(({ mask }) => mask), camera.width, camera.height); // prettier-ignore
  if (!owners) return objects.map(() => null);
  const boxes = objects.map(({ mask }) => boxOf(mask));
  return objects.map(({ mesh }, index) => {
    const box = boxes[index];
    return box && createSilhouette(mesh, camera, createWindow(owners, index + 1, box, camera));
  });
}

/** Left, top, right, bottom; pixels. */
type PixelBox = [number, number, number, number];

function boxOf({ width, runs }: RunLengthMask): PixelBox | null {
  const box: PixelBox = [Infinity, Infinity, -Infinity, -Infinity];
  let at = 0;
  runs.forEach((run, index) => {
    if (index % 2 === 1 && run > 0) {
      const last = at + run - 1;
      const wraps = Math.floor(at / width) !== Math.floor(last / width);
      box[0] = Math.min(box[0], wraps ? 0 : at % width);
      box[1] = Math.min(box[1], Math.floor(at / width));
      box[2] = Math.max(box[2], wraps ? width : (last % width) + 1);
      box[3] = Math.max(box[3], Math.floor(last / width) + 1);
    }
    at += run;
  });
  return box[0] < box[2] ? box : null;
}

/** The picture around a mask, sampled: what each sample shows. */
interface Window {
  width: number;
  height: number;
  kinds: Int16Array;
  /** Pixels of the picture: the window's corner, and the distance between samples. */
  left: number;
  top: number;
  step: number;
  own: number;
}

function createWindow(owners: Uint16Array, owner: number, box: PixelBox, camera: Camera): Window {
  const [sideX, sideY] = [box[2] - box[0], box[3] - box[1]];
  const step = (Math.max(sideX, sideY) * (1 + 2 * BORDER)) / SAMPLES;
  const width = Math.ceil((sideX * (1 + 2 * BORDER)) / step);
  const height = Math.ceil((sideY * (1 + 2 * BORDER)) / step);
  const left = box[0] - BORDER * sideX;
  const top = box[1] - BORDER * sideY;
  const kinds = new Int16Array(width * height);
  let own = 0;
  for (let j = 0, i = 0; j < height; j++) {
    for (let k = 0; k < width; k++, i++) {
      const [x, y] = [Math.floor(left + (k + 0.5) * step), Math.floor(top + (j + 0.5) * step)];
      if (x < 0 || y < 0 || x >= camera.width || y >= camera.height) {
        kinds[i] = OUTSIDE;
        continue;
      }
      const shown = owners[y * camera.width + x];
      kinds[i] = shown === owner ? OWN : shown === 0 ? NOTHING : shown - 1;
      if (kinds[i] === OWN) own++;
    }
  }
  return { width, height, kinds, left, top, step, own };
}

function createSilhouette(mesh: Mesh, camera: Camera, window: Window): Silhouette {
  const { fx, fy, cx, cy } = camera;
  const { left, top, step, width, height } = window;
  const view = { fx: fx / step, fy: fy / step, cx: (cx - left) / step, cy: (cy - top) / step, width, height };
  // Silhouettes are drawn thousands of times.
  const positions = new Float32Array(mesh.positions.length);
  const scratch = { target: createTarget(width, height), screen: new Float64Array(mesh.positions.length) };
  const toCamera = quat.conjugate(quat.normalize(camera.cameraToWorld.rotation));
  const draw = ({ rotation, translation, size }: Pose): Target => {
    const middle = quat.rotate(toCamera, vec3.sub(translation, camera.cameraToWorld.translation));
    transformPositions(mesh.positions, quat.multiply(toCamera, rotation), middle, size, positions);
    return rasteriseTriangles({ positions, indices: mesh.indices }, view, scratch);
  };
  const depths = (pose: Pose): Float32Array => {
    const { nearness } = draw(pose);
    return nearness.map((near, i) => (near > 0 && window.kinds[i] === OWN ? 1 / near : 0));
  };
  return {
    depths,
    heights(pose) {
      const up = quat.rotate(toCamera, vec3.UP);
      const heights: number[] = [];
      depths(pose).forEach((z, i) => {
        const ray: Vec3 = [
          ((i % width) + 0.5 - view.cx) / view.fx,
          (Math.floor(i / width) + 0.5 - view.cy) / view.fy,
          1,
        ];
        if (z > 0) heights.push(camera.cameraToWorld.translation[1] + z * vec3.dot(up, ray));
      });
      return Float32Array.from(heights);
    },
    iou(pose, hides = () => false) {
      const { triangles } = draw(pose);
      let overlap = 0;
      let beyond = 0;
      for (let i = 0; i < triangles.length; i++) {
        if (triangles[i] < 0) continue;
        const kind = window.kinds[i];
        if (kind === OWN) overlap++;
        else if (kind === NOTHING || (kind >= 0 && hides(kind))) beyond++;
      }
      return window.own === 0 ? 0 : overlap / (window.own + beyond);
    },
  };
}
