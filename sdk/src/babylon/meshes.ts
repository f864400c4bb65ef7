/** Meshes of the scene as Babylon meshes. */
import '@babylonjs/core/Materials/standardMaterial.js';
import { Material } from '@babylonjs/core/Materials/material.js';
import { StandardMaterial } from '@babylonjs/core/Materials/standardMaterial.js';
import { Texture } from '@babylonjs/core/Materials/Textures/texture.js';
import { Color3 } from '@babylonjs/core/Maths/math.color.js';
import { Mesh as BabylonMesh } from '@babylonjs/core/Meshes/mesh.js';
import { VertexData } from '@babylonjs/core/Meshes/mesh.vertexData.js';
import type { Scene } from '@babylonjs/core/scene.js';
import { smoothNormals } from '../geometry/index.js';
import type { Ground, SceneObject } from '../scene/index.js';
import type { Frame } from './frames.js';

/**
 * Corners run counter-clockwise on the screen where a triangle is seen from outside, in scenes of either hand.
 * Babylon takes the other side for the front in right-handed ones, unless told.
 */
const FRONT = Material.CounterClockWiseSideOrientation;

/** The object's mesh at real size, placed; its texture, or else its vertex colours, are its looks. */
export function createObjectMesh(object: SceneObject, scene: Scene, frame: Frame): BabylonMesh {
  const { mesh, pose } = object;
  const result = new BabylonMesh(object.id, scene);
  const data = new VertexData();
  // Real size is written into the vertices: Babylon's physics does not take every scaled shape.
  data.positions = frame.points(mesh.positions.map((value) => value * pose.size));
  data.indices = mesh.indices;
  data.normals = frame.points(mesh.normals ?? smoothNormals(mesh));
  if (mesh.uvs) data.uvs = mesh.uvs;
  else if (mesh.colors) data.colors = Float32Array.from(mesh.colors, (value) => value / 255);
  data.applyToMesh(result);
  result.sideOrientation = FRONT;
  result.position = frame.point(pose.translation);
  result.rotationQuaternion = frame.rotation(pose.rotation);
  const material = new StandardMaterial(`${object.id}-material`, scene);
  material.specularColor = new Color3(0.05, 0.05, 0.05);
  if (mesh.texture) material.diffuseTexture = createTexture(object.id, mesh.texture, scene);
  else if (!mesh.colors) material.diffuseColor = new Color3(0.7, 0.7, 0.7);
  result.material = material;
  result.metadata = { scenemaker: { id: object.id, label: object.label, restsOn: object.restsOn } };
  return result;
}

/** Rows from the top, as texture coordinates count. */
function createTexture(id: string, buffer: Uint8Array, scene: Scene): Texture {
  const texture = new Texture(`data:${id}`, scene, { buffer, mimeType: 'image/png', invertY: false });
  texture.wrapU = texture.wrapV = Texture.CLAMP_ADDRESSMODE;
  return texture;
}

export function createGroundMesh(ground: Ground, scene: Scene, frame: Frame): BabylonMesh {
  const { halfExtent: h, center, height, color } = ground;
  const result = new BabylonMesh('ground', scene);
  const data = new VertexData();
  data.positions = frame.points(Float32Array.from([-h, 0, -h, h, 0, -h, h, 0, h, -h, 0, h]));
  data.indices = Uint32Array.from([0, 2, 1, 0, 3, 2]);
  data.normals = Float32Array.from([0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0]);
  data.applyToMesh(result);
  result.sideOrientation = FRONT;
  result.position = frame.point([center[0], height, center[1]]);
  const material = new StandardMaterial('ground-material', scene);
  material.diffuseColor = new Color3(color[0] / 255, color[1] / 255, color[2] / 255);
  material.specularColor = Color3.Black();
  result.material = material;
  result.metadata = { scenemaker: { id: 'ground' } };
  return result;
}
