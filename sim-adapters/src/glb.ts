/**
 * Scenes as binary glTF: plain meshes for any viewer, physics by `KHR_physics_rigid_bodies` and
 * `KHR_implicit_shapes`, textures as PNG, and the whole description in the file's `extras`, so that reading it back
 * loses nothing.
 *
 *   SceneDescription                             glTF
 *   world: right-handed, y up, metres            the same world, units and xyzw quaternions
 *
 *   camera: x right, y down, z forward           camera: x right, y up, looks along -z
 *          z                                          y
 *         /                                           |
 *        o-- x                                        o-- x
 *        |                                           /
 *        y                                          z
 *
 * The camera's frame is the only one that changes: it is turned by half a turn about x.
 *
 *   ground                                   middle of the plane
 *     ground/collider-1                      fixed box below the plane
 *   object-1        translation, rotation    motion: mass, centre of mass, inertia
 *     object-1/mesh                scale     canonical mesh, longest side 1
 *     object-1/collider-1                    implicit shape, or the hull of a mesh outside the scene
 *   camera-1        translation, rotation
 *
 *   colliders                    scale 0     outside the scene
 *     object-1/collider-1/hull               mesh in the frame of the collider's node
 *
 * Colliders are written in metres; no node with physics has a scale.
 */
import {
  Document,
  Logger,
  type Material,
  type Mesh as GltfMesh,
  type Scene,
  Verbosity,
  WebIO,
  type vec3,
  type vec4,
} from '@gltf-transform/core';
import { SCENE_DESCRIPTION_VERSION, SceneMakerError } from '@scenemaker/sdk';
import type { Camera, Ground, Mesh, Quat, SceneDescription } from '@scenemaker/sdk';
import { checkScene } from './check.js';
import { srgbToLinear } from './glb/colors.js';
import { decode, encode } from './glb/extras.js';
import { KHRImplicitShapes } from './glb/implicit-shapes.js';
import { createMesh, readMesh } from './glb/meshes.js';
import { addBody, addGroundCollider } from './glb/physics.js';
import { KHRPhysicsRigidBodies } from './glb/rigid-bodies.js';

export const format = { name: 'glb', extension: 'glb', mimeType: 'model/gltf-binary' } as const;

/** The key of the description in the file's `extras`. */
const EXTRAS_KEY = 'scenemaker';
/** The key that says, in the `extras` of a node, which object's mesh it holds. */
const MESH_KEY = 'scenemakerMesh';
/** Near plane of the written cameras, metres. The far plane is infinite. */
const CAMERA_NEAR = 0.01;

/** The same scene gives the same bytes. Errors: bad-request for what is no valid scene. */
export async function writeGlb(scene: SceneDescription): Promise<Uint8Array> {
  checkScene(scene);
  return writeCheckedGlb(scene);
}

/** The same for a scene that is known to be valid. */
export async function writeCheckedGlb(scene: SceneDescription): Promise<Uint8Array> {
  const document = new Document();
  document.getRoot().getAsset().generator = 'SceneMaker';
  const gltfScene = document.createScene('scene');
  document.getRoot().setDefaultScene(gltfScene);
  document.getRoot().setExtras({ [EXTRAS_KEY]: encode(withoutMeshes(scene)) });
  document.createBuffer();

  addGround(document, gltfScene, scene.ground);
  addObjects(document, gltfScene, scene);
  for (const [index, camera] of scene.cameras.entries()) addCamera(document, gltfScene, camera, index);
  return createIO().writeBinary(document);
}

/** Reads a file that `writeGlb` wrote; any other is a `bad-request`. */
export async function readGlb(bytes: Uint8Array): Promise<SceneDescription> {
  checkHeader(bytes);
  let document: Document;
  try {
    document = await createIO().readBinary(bytes);
  } catch (error) {
    throw new SceneMakerError('bad-request', 'The file is not binary glTF.', { cause: error });
  }
  const scene = decode(document.getRoot().getExtras()[EXTRAS_KEY]) as SceneDescription | undefined;
  if (scene === undefined) {
    throw new SceneMakerError('bad-request', 'The file is glTF, but was not written by SceneMaker.');
  }
  if (scene.version !== SCENE_DESCRIPTION_VERSION) {
    throw new SceneMakerError('unsupported-version', 'The file holds another version of the scene description.', {
      given: scene.version,
      allowed: SCENE_DESCRIPTION_VERSION,
    });
  }
  const read: unknown = { ...scene, objects: withMeshes(scene, document) };
  checkScene(read);
  return read;
}

/** A GLB starts with its magic number, version and length, which glTF-Transform does not check. */
function checkHeader(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0, true) !== 0x46546c67) {
    throw new SceneMakerError('bad-request', 'The file is not binary glTF.');
  }
  const length = view.getUint32(8, true);
  if (length !== bytes.length) {
    const problem = length > bytes.length ? 'ends before it is complete' : 'goes on after its end';
    throw new SceneMakerError('bad-request', `The file ${problem}.`, { given: bytes.length, allowed: length });
  }
}

const createIO = (): WebIO =>
  new WebIO().registerExtensions([KHRImplicitShapes, KHRPhysicsRigidBodies]).setLogger(new Logger(Verbosity.SILENT));

/** The description with its meshes left to the nodes. */
function withoutMeshes(scene: SceneDescription): unknown {
  return { ...scene, objects: scene.objects.map((object) => ({ ...object, mesh: undefined })) };
}

function withMeshes(scene: SceneDescription, document: Document): unknown {
  if (!Array.isArray(scene.objects)) return scene.objects;
  const gltfMeshes = new Map<unknown, GltfMesh | null>();
  for (const node of document.getRoot().listNodes()) gltfMeshes.set(node.getExtras()[MESH_KEY], node.getMesh());
  const meshes = new Map<GltfMesh, Mesh | null>();
  return scene.objects.map((object) => {
    const gltfMesh = gltfMeshes.get(object.id);
    if (gltfMesh && !meshes.has(gltfMesh)) meshes.set(gltfMesh, readMesh(gltfMesh));
    const mesh = gltfMesh && meshes.get(gltfMesh);
    if (!mesh)
      throw new SceneMakerError('bad-request', `The file has lost the mesh of ${object.id}.`, { given: object.id });
    return { ...object, mesh };
  });
}

function addGround(document: Document, scene: Scene, ground: Ground): void {
  const [r, g, b] = ground.color;
  const material = createMaterial(document, 'ground', [srgbToLinear(r), srgbToLinear(g), srgbToLinear(b), 1]);
  const e = ground.halfExtent;
  const quad: Mesh = {
    positions: Float32Array.of(-e, 0, -e, -e, 0, e, e, 0, e, e, 0, -e),
    normals: Float32Array.of(0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0),
    indices: Uint32Array.of(0, 1, 2, 0, 2, 3),
  };
  const node = document.createNode('ground').setTranslation([ground.center[0], ground.height, ground.center[1]]);
  node.setMesh(createMesh(document, document.getRoot().listBuffers()[0], 'ground', quad, material));
  scene.addChild(node);
  addGroundCollider(document, node, ground);
}

function addObjects(document: Document, scene: Scene, { objects }: SceneDescription): void {
  const buffer = document.getRoot().listBuffers()[0];
  const material = createMaterial(document, 'object', [1, 1, 1, 1]);
  // Blender imports what is outside the scene as well. What hangs from a scale of 0 is not drawn, by glTF 2.0, 3.5.3.
  const unseen = document.createNode('colliders').setScale([0, 0, 0]);
  const gltfMeshes = new Map<Mesh, GltfMesh>();
  for (const object of objects) {
    const { pose, mesh, id, label } = object;
    const node = document.createNode(id).setExtras({ label });
    node.setTranslation([...pose.translation] as vec3).setRotation([...pose.rotation] as vec4);
    scene.addChild(node);
    const gltfMesh = gltfMeshes.get(mesh) ?? createMesh(document, buffer, id, mesh, material);
    gltfMeshes.set(mesh, gltfMesh);
    const meshNode = document.createNode(`${id}/mesh`).setExtras({ [MESH_KEY]: id });
    node.addChild(meshNode.setMesh(gltfMesh).setScale([pose.size, pose.size, pose.size]));
    addBody(document, node, object, (hull, name) => {
      const positions = hull.positions.map((value) => value * pose.size);
      const gltfHull = createMesh(document, buffer, name, { positions, indices: hull.indices }, null);
      const hullNode = document.createNode(`${name}/hull`).setMesh(gltfHull);
      unseen.addChild(hullNode);
      return hullNode;
    });
  }
}

function addCamera(document: Document, scene: Scene, camera: Camera, index: number): void {
  const name = `camera-${index + 1}`;
  const gltfCamera = document
    .createCamera(name)
    .setType('perspective')
    .setYFov(2 * Math.atan(camera.height / 2 / camera.fy))
    .setAspectRatio(camera.width / camera.fx / (camera.height / camera.fy))
    .setZNear(CAMERA_NEAR);
  const { rotation, translation } = camera.cameraToWorld;
  const node = document.createNode(name).setCamera(gltfCamera);
  scene.addChild(node.setTranslation([...translation] as vec3).setRotation(halfTurnAboutX(rotation)));
}

/** `rotation` after half a turn about x: the OpenCV camera to the glTF camera, or back. */
const halfTurnAboutX = ([x, y, z, w]: Quat): vec4 => [w, z, -y, -x];

function createMaterial(document: Document, name: string, color: vec4): Material {
  return document.createMaterial(name).setBaseColorFactor(color).setMetallicFactor(0).setRoughnessFactor(0.8);
}
