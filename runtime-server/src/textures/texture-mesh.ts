/**
 * A coloured mesh gets a texture: the picture projected onto it from the camera, as sharp as the picture is, where
 * it shows the object, and the mesh's own colours, which know the other sides, elsewhere.
 *
 *   mesh ─► charts (unwrap) ──────────┐
 *   picture, mask ─► window (seen) ─► texels (bake) ─► PNG
 */
import { type Camera, mat3, type Mesh, type Pose, quat, smoothNormals, vec3 } from '@scenemaker/sdk';
import { encodePng } from '../pictures/png.js';
import type { Mask, Picture } from '../stages/stage.js';
import { bake } from './bake.js';
import { seenInPicture } from './seen.js';
import { type FlatCharts, unwrap } from './unwrap.js';

/** Of PNGs: more takes much longer for little. */
const COMPRESSION = 6;

export interface TextureInput {
  /** Coloured, canonical space. */
  mesh: Mesh;
  /** Of the mesh, where they were cut in advance. */
  charts?: FlatCharts | undefined;
  pose: Pose;
  /** At the size of `picture`. */
  camera: Camera;
  picture: Picture;
  /** The object's visible pixels, of the same view at any size. */
  mask: Mask;
}

/**
 * The mesh with `uvs` and `texture`, its vertices split where charts end, with smooth normals that do not show it.
 * The texture is as fine as the picture, but at most `side` texels across and down.
 * Throws a RangeError where no texture can be made.
 */
export async function textureMesh(
  { mesh, charts, pose, camera, picture, mask }: TextureInput,
  side: number,
): Promise<Mesh> {
  const { colors } = mesh;
  if (colors === undefined) throw new RangeError('its mesh has no colours');
  const inCamera = cameraFrame(mesh, pose, camera);
  if (!(inCamera.distance > 0)) throw new RangeError('it lies behind the camera');
  const pixelsPerUnit = (pose.size * Math.max(camera.fx, camera.fy)) / inCamera.distance;
  const wanted = { texelsPerUnit: pixelsPerUnit, side };
  const { indices, source, texels, width, height, texelsPerUnit } = unwrap(mesh, wanted, charts);
  const split = {
    positions: gather(mesh.positions, source, 3),
    normals: gather(inCamera.ownNormals, source, 3),
    colors: gather(colors, source, 4),
  };
  const surface = {
    positions: gather(inCamera.positions, source, 3),
    normals: gather(inCamera.normals, source, 3),
    colors: split.colors,
    indices,
    texels,
    size: pose.size,
  };
  const seen = seenInPicture(picture, camera, mask, Math.min(1, texelsPerUnit / pixelsPerUnit));
  const texture = new Uint8Array(await encodePng(bake(surface, { width, height }, seen), COMPRESSION));
  return { ...split, indices, uvs: texels.map((value, i) => value / (i % 2 === 0 ? width : height)), texture };
}

/** Positions and normals in the camera's frame, the mesh's own normals, and how far away its middle is. */
function cameraFrame(mesh: Mesh, pose: Pose, { cameraToWorld }: Camera) {
  const fromWorld = mat3.transpose(quat.toMat3(cameraToWorld.rotation));
  const turn = mat3.multiply(fromWorld, quat.toMat3(pose.rotation));
  const middle = mat3.apply(fromWorld, vec3.sub(pose.translation, cameraToWorld.translation));
  const ownNormals = mesh.normals ?? smoothNormals(mesh);
  const positions = new Float32Array(mesh.positions.length);
  const normals = new Float32Array(ownNormals.length);
  for (let i = 0; i < positions.length; i += 3) {
    positions.set(vec3.addScaled(middle, mat3.apply(turn, vec3.at(mesh.positions, i / 3)), pose.size), i);
    normals.set(mat3.apply(turn, vec3.at(ownNormals, i / 3)), i);
  }
  return { positions, normals, ownNormals, distance: middle[2] };
}

function gather<T extends Float32Array | Uint8Array>(values: T, source: Uint32Array, stride: number): T {
  const picked = new (values.constructor as new (length: number) => T)(stride * source.length);
  for (let i = 0; i < picked.length; i++) picked[i] = values[stride * source[Math.floor(i / stride)] + (i % stride)];
  return picked;
}
