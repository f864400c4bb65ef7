/**
 * Meshes of models that know nothing of the camera: they stand upright and face the viewer, in a size and at a place of
 * their own. Here they are put where the picture shows the object, so that its colours can be read from the picture.
 */
import {
  closedSolid,
  GENERATE_OPTIONS_DEFAULTS,
  mat3,
  type Mesh,
  meshBounds,
  simplifyClosed,
  type Vec3,
  vec3,
} from '@scenemaker/sdk';
import type { PixelBox } from './mask-ops.js';
import { nearestColors } from './nearest-colors.js';
import { finishShape, wholeObjectBox } from './shape-finish.js';
import type { PictureWithAlpha, ShapeInput, ShapeOutput } from './stage.js';
import { cubeToCamera, type ObjectCube, objectCube, projectPoint } from './upright.js';
import { shapeWindow } from './windows.js';

/** Perspective makes the box that is seen depend on where the mesh is; it is fitted by a few rounds. */
const FITTING_ROUNDS = 6;

/**
 * @param mesh y up, z towards the viewer, in any unit; with or without colours, closed or not.
 * Throws a RangeError when it encloses nothing, or the picture shows nothing.
 */
export function finishForeignShape(mesh: Mesh, input: ShapeInput): ShapeOutput {
  const { object, intrinsics, up, points, maxTriangles = GENERATE_OPTIONS_DEFAULTS.maxTriangles } = input;
  const solid = closedAndColored(mesh, object, maxTriangles);
  const box = wholeObjectBox(object, input.window);
  const window = shapeWindow(box);
  const cube = objectCube(window, intrinsics, up, points);
  const positions = fitToBox(solid.positions, box, cube, input);
  return finishShape({ ...solid, positions }, cube, window, input);
}

/** Closed, of a bounded number of triangles; the colours it has, or else the mean of the picture's. */
function closedAndColored(mesh: Mesh, object: PictureWithAlpha, maxTriangles: number): Mesh {
  const { solid } = closedSolid(mesh);
  if (solid === null) throw new RangeError('the generated mesh encloses nothing');
  const triangles = solid.indices.length / 3;
  const { positions, indices } = triangles > maxTriangles ? simplifyClosed(solid, maxTriangles) : solid;
  const colors = mesh.colors
    ? nearestColors(positions, mesh, mesh.colors)
    : sameColor(positions.length / 3, meanColor(object));
  return { positions, indices, colors };
}

/** Coordinates of the cube for which the mesh is seen in the box, as far as its proportions allow. */
function fitToBox(positions: Float32Array, box: PixelBox, cube: ObjectCube, { intrinsics }: ShapeInput): Float32Array {
  const { min, max } = meshBounds({ positions, indices: Uint32Array.from(positions.keys()) });
  const middle = min.map((low, k) => (low + max[k]) / 2);
  let scale = 1 / Math.max(...max.map((high, k) => high - min[k]));
  let offset: Vec3 = [0, 0, 0];
  const placed = new Float32Array(positions.length);
  for (let round = 0; round <= FITTING_ROUNDS; round++) {
    for (let i = 0; i < placed.length; i++) placed[i] = (positions[i] - middle[i % 3]) * scale + offset[i % 3];
    if (round === FITTING_ROUNDS) break;
    const seen = seenBox(placed, cube, intrinsics);
    const [width, height] = [seen.x1 - seen.x0, seen.y1 - seen.y0];
    scale *= ((box.x1 - box.x0) * width + (box.y1 - box.y0) * height) / (width ** 2 + height ** 2);
    const depth = cube.center[2];
    const aside: Vec3 = [
      (((box.x0 + box.x1 - seen.x0 - seen.x1) / 2) * depth) / intrinsics.fx,
      (((box.y0 + box.y1 - seen.y0 - seen.y1) / 2) * depth) / intrinsics.fy,
      0,
    ];
    offset = vec3.addScaled(offset, mat3.apply(cube.cubeFromCamera, aside), 1 / cube.halfSide);
  }
  return placed;
}

function seenBox(placed: Float32Array, cube: ObjectCube, intrinsics: ShapeInput['intrinsics']): PixelBox {
  const box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
  for (let i = 0; i < placed.length; i += 3) {
    const [x, y] = projectPoint(intrinsics, cubeToCamera(cube, [placed[i], placed[i + 1], placed[i + 2]]));
    box.x0 = Math.min(box.x0, x);
    box.y0 = Math.min(box.y0, y);
    box.x1 = Math.max(box.x1, x);
    box.y1 = Math.max(box.y1, y);
  }
  return box;
}

function sameColor(count: number, color: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: 4 * count }, (_, i) => (i % 4 === 3 ? 255 : color[i % 4]));
}

/** Of what is covered, 0 to 255. */
function meanColor({ data }: PictureWithAlpha): number[] {
  const sum = [0, 0, 0];
  let weight = 0;
  for (let i = 0; i < data.length; i += 4) {
    weight += data[i + 3];
    for (let channel = 0; channel < 3; channel++) sum[channel] += data[i + channel] * data[i + 3];
  }
  return sum.map((value) => value / Math.max(1, weight));
}
