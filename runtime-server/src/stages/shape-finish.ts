/** What a generated mesh still needs, whoever made it: the picture's colours, a score, canonical space. */
import { mat3, type Mesh, meshBounds, quat, type Vec3 } from '@scenemaker/sdk';
import { rasteriseDepth } from '@scenemaker/sdk/render';
import { maskBox, type PixelBox } from './mask-ops.js';
import { plane, premultipliedPlanes, type Rect, resample, thresholdPlane } from './picture-ops.js';
import { projectColors } from './shape-colors.js';
import type { PictureWithAlpha, ShapeInput, ShapeOutput, Window } from './stage.js';
import { counterparts, type Symmetry } from './symmetry.js';
import { cubeToCamera, pointsToCamera, type ObjectCube, uprightFromCamera, windowIntrinsics } from './upright.js';
import { shapeWindow } from './windows.js';

/**
 * @param mesh Closed, coloured, in coordinates of `cube`, -1 to 1; its colours are changed.
 * @param window The whole object's (`wholeObjectWindow`).
 * @param symmetry Where one was found: what was not seen has the colours of what was.
 */
export function finishShape(
  mesh: Mesh,
  cube: ObjectCube,
  window: Window,
  input: ShapeInput,
  symmetry?: Symmetry,
): ShapeOutput {
  const cameraPositions = pointsToCamera(cube, mesh.positions);
  const others = symmetry === undefined ? [] : elsewhere(mesh.positions, symmetry);
  projectColors(
    mesh,
    cameraPositions,
    2 * cube.halfSide,
    input.object,
    input.window,
    input.intrinsics,
    others.map((positions) => pointsToCamera(cube, positions)),
  );
  const score = silhouetteOverlap(cameraPositions, mesh.indices, input, window);
  const { min, max } = meshBounds(mesh);
  const longest = Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
  const middle: Vec3 = [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2];
  const positions = mesh.positions.map((value, i) => (value - middle[i % 3]) / longest);
  const uprightFrom = uprightFromCamera(input.up);
  return {
    mesh: { ...mesh, positions },
    score,
    place: {
      rotation: quat.fromMat3(mat3.multiply(uprightFrom, mat3.transpose(cube.cubeFromCamera))),
      translation: mat3.apply(uprightFrom, cubeToCamera(cube, middle)),
      size: longest * cube.halfSide,
    },
  };
}

/** The shape window in picture pixels, about what covers more than half a pixel of `object`. */
export function wholeObjectWindow(object: PictureWithAlpha, window: Window): Window {
  return shapeWindow(wholeObjectBox(object, window));
}

/** The box about the same, pixels of the picture that `window` is of. Throws a RangeError where nothing is covered. */
export function wholeObjectBox(object: PictureWithAlpha, window: Window): PixelBox {
  const { width, height } = object;
  const alpha = { channels: 1, width, height, data: plane(premultipliedPlanes(object), 3) };
  const box = maskBox(thresholdPlane(alpha, 0.5));
  if (box === undefined) throw new RangeError('the de-occluded picture shows nothing');
  const scale = window.side / width;
  return {
    x0: window.x + box.x0 * scale,
    y0: window.y + box.y0 * scale,
    x1: window.x + box.x1 * scale,
    y1: window.y + box.y1 * scale,
  };
}

/** Where `window` (picture pixels) lies in `object`, whose own window is `objectWindow`; object pixels. */
export function rectIn(object: PictureWithAlpha, objectWindow: Window, window: Window): Rect {
  const scale = object.width / objectWindow.side;
  const side = window.side * scale;
  return { x: (window.x - objectWindow.x) * scale, y: (window.y - objectWindow.y) * scale, width: side, height: side };
}

/** The counterparts of all positions, the likeliest to have been seen first. */
function elsewhere(positions: Float32Array, symmetry: Symmetry): Float32Array[] {
  const made = counterparts(symmetry, 0, 0).map(() => positions.slice());
  for (let i = 0; i < positions.length; i += 3) {
    for (const [k, [x, z]] of counterparts(symmetry, positions[i], positions[i + 2]).entries()) {
      made[k][i] = x;
      made[k][i + 2] = z;
    }
  }
  return made;
}

/** Overlap over union of the mesh's silhouette and the picture's coverage, 0 to 1. */
function silhouetteOverlap(
  cameraPositions: Float32Array,
  indices: Uint32Array,
  { object, window: objectWindow, intrinsics }: ShapeInput,
  window: Window,
): number {
  const size = 64;
  const view = { ...windowIntrinsics(intrinsics, window, size), width: size, height: size };
  const depth = rasteriseDepth({ positions: cameraPositions, indices }, view);
  const covered = plane(resample(premultipliedPlanes(object), rectIn(object, objectWindow, window), size, size, 0), 3);
  let overlap = 0;
  let union = 0;
  for (let i = 0; i < depth.length; i++) {
    const [mesh, picture] = [depth[i] < Infinity, covered[i] > 0.5];
    if (mesh && picture) overlap++;
    if (mesh || picture) union++;
  }
  return union === 0 ? 0 : overlap / union;
}
