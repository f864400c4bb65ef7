/**
 * Vertex colours: what the picture shows on the visible side, what it shows of a symmetric object's other side, the
 * model's colour field elsewhere.
 *
 * The field knows an object's own colour, the picture its lit colour; the field's colours are brought to
 * the picture's brightness first, so that no seam shows where the two meet.
 */
import { type Mesh, smoothNormals } from '@scenemaker/sdk';
import { rasteriseDepth } from '@scenemaker/sdk/render';
import { clamp01, type Planes, premultipliedPlanes, samplePlanes, smoothStep, toByte } from './picture-ops.js';
import type { Intrinsics, PictureWithAlpha, Window } from './stage.js';
import { windowIntrinsics } from './upright.js';

/** Cosines between normal and view where the picture starts to count, and where it alone counts. */
const GRAZING = 0.15;
const FACING = 0.5;
/** Coverage below which a pixel may be a mixture with the background. */
const SOLID = 0.95;
/** Side of the visibility test's picture, pixels. */
const TEST_SIDE = 128;
/** How far behind the nearest surface a vertex may lie and still be seen, as a share of the object's depth scale. */
const DEPTH_SLACK = 0.03;

/**
 * Blends the picture into `mesh.colors` (which must be there).
 *
 * @param cameraPositions The mesh's vertices in the camera frame, stride 3.
 * @param extent Size of the object in the same units.
 * @param others Where else the object looks as at each vertex, the same way.
 */
export function projectColors(
  mesh: Mesh,
  cameraPositions: Float32Array,
  extent: number,
  object: PictureWithAlpha,
  window: Window,
  intrinsics: Intrinsics,
  others: readonly Float32Array[] = [],
): void {
  const { colors, indices } = mesh;
  if (colors === undefined) return;
  const camera = windowIntrinsics(intrinsics, window, TEST_SIDE);
  const nearest = rasteriseDepth(
    { positions: cameraPositions, indices },
    { ...camera, width: TEST_SIDE, height: TEST_SIDE },
  );
  const normals = smoothNormals({ positions: cameraPositions, indices });
  const view: View = {
    camera,
    nearest,
    slack: DEPTH_SLACK * extent,
    planes: premultipliedPlanes(object),
    pixel: new Float32Array(4),
  };
  const { pixel } = view;
  const count = cameraPositions.length / 3;
  const weights = new Float32Array(count);
  const seen = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    const [x, y, z] = [cameraPositions[3 * i], cameraPositions[3 * i + 1], cameraPositions[3 * i + 2]];
    const facing = -(normals[3 * i] * x + normals[3 * i + 1] * y + normals[3 * i + 2] * z) / Math.hypot(x, y, z);
    if (facing <= GRAZING || !isSeen(view, cameraPositions, i)) continue;
    weights[i] = smoothStep((facing - GRAZING) / (FACING - GRAZING));
    for (let channel = 0; channel < 3; channel++) seen[3 * i + channel] = pixel[channel] / pixel[3];
  }
  const gain = brightnessGain(colors, seen, weights);
  for (let i = 0; i < count; i++) {
    const elsewhere = weights[i] < 1 && others.some((positions) => isSeen(view, positions, i));
    for (let channel = 0; channel < 3; channel++) {
      const own = elsewhere ? pixel[channel] / pixel[3] : clamp01((colors[4 * i + channel] / 255) * gain[channel]);
      colors[4 * i + channel] = toByte(own + weights[i] * (seen[3 * i + channel] - own));
    }
  }
}

/** The window as it is compared with the mesh. */
interface View {
  camera: Intrinsics;
  /** z of the mesh in each pixel. */
  nearest: Float32Array;
  /** What is so far behind that is not seen. */
  slack: number;
  /** Premultiplied. */
  planes: Planes;
  /** Memory for what was looked up last. */
  pixel: Float32Array;
}

/** Whether the picture shows the surface at vertex `i` of `positions`; its colour is then in `pixel`. */
function isSeen({ camera, nearest, slack, planes, pixel }: View, positions: Float32Array, i: number): boolean {
  const [x, y, z] = [positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]];
  const u = ((camera.fx * x) / z + camera.cx) / TEST_SIDE;
  const v = ((camera.fy * y) / z + camera.cy) / TEST_SIDE;
  if (!(u > 0 && v > 0 && u < 1 && v < 1)) return false;
  const front = nearest[Math.floor(v * TEST_SIDE) * TEST_SIDE + Math.floor(u * TEST_SIDE)];
  if (!(Math.abs(z - front) < slack)) return false;
  samplePlanes(planes, u, v, pixel);
  return pixel[3] >= SOLID;
}

/** Per channel, the picture's mean over the field's mean where both are known, within a factor of 1.6. */
function brightnessGain(colors: Uint8Array, seen: Float32Array, weights: Float32Array): number[] {
  return [0, 1, 2].map((channel) => {
    let own = 0;
    let shown = 0;
    for (let i = 0; i < weights.length; i++) {
      own += (weights[i] * colors[4 * i + channel]) / 255;
      shown += weights[i] * seen[3 * i + channel];
    }
    return own > 0 ? Math.min(1.6, Math.max(1 / 1.6, shown / own)) : 1;
  });
}
