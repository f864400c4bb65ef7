/** A scene description as a Babylon scene: meshes, materials, bodies, ground, camera. */
import { HemisphericLight } from '@babylonjs/core/Lights/hemisphericLight.js';
import { Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import type { FreeCamera } from '@babylonjs/core/Cameras/freeCamera.js';
import type { Mesh as BabylonMesh } from '@babylonjs/core/Meshes/mesh.js';
import { HavokPlugin } from '@babylonjs/core/Physics/v2/Plugins/havokPlugin.js';
import type { PhysicsBody } from '@babylonjs/core/Physics/v2/physicsBody.js';
import type { Scene } from '@babylonjs/core/scene.js';
import type { HavokPhysicsWithBindings } from '@babylonjs/havok';
import { loadHavok, SETTLE_HERTZ } from '../physics/index.js';
import type { RigidTransform, SceneDescription, SceneObject } from '../scene/index.js';
import { createGroundBody, createObjectBody, type BuiltBody } from './bodies.js';
import { createPictureCamera, type PictureCamera } from './camera.js';
import { createFrame } from './frames.js';
import { createGroundMesh, createObjectMesh } from './meshes.js';

export interface BuildSceneOptions {
  /** Physics bodies, too. Absent: yes. A scene that has physics already keeps its engine. */
  physics?: boolean;
  /** A Havok module that is loaded already. */
  havok?: HavokPhysicsWithBindings;
  /** A camera that sees what the picture shows, made the scene's active one. Absent: yes. */
  camera?: boolean;
  /** A soft light from above if the scene has none. Absent: yes. */
  light?: boolean;
}

export const BUILD_SCENE_DEFAULTS = { physics: true, camera: true, light: true } as const;

export interface BuiltObject {
  mesh: BabylonMesh;
  /** Null without physics, or while the object has no colliders. */
  body: PhysicsBody | null;
}

export interface BuiltScene {
  /** By object id. Meshes carry the id in `metadata.scenemaker.id`, too. */
  readonly objects: ReadonlyMap<string, BuiltObject>;
  readonly ground: BuiltObject;
  /** Null when no camera was asked for, or the description has none. */
  readonly camera: FreeCamera | null;
  /** Adds an object as it arrives; one with the same id is replaced. */
  addObject(object: SceneObject): BuiltObject;
  removeObject(id: string): void;
  /**
   * Moves an object's mesh, so that the scene shows what is simulated elsewhere; it was built with `physics: false`.
   * An id that is not there is passed over.
   */
  place(id: string, pose: RigidTransform): void;
  /** Takes out everything that was put in, physics included if it was enabled here. */
  dispose(): void;
}

/**
 * Builds the description into `scene`, which may be right-handed or Babylon's left-handed default, with or
 * without a canvas (`NullEngine`).
 *
 * @throws SceneMakerError `internal` when physics is wanted and Havok cannot be loaded.
 */
export async function buildScene(
  description: SceneDescription,
  scene: Scene,
  options: BuildSceneOptions = {},
): Promise<BuiltScene> {
  const settings = { ...BUILD_SCENE_DEFAULTS, ...options };
  const frame = createFrame(scene.useRightHandedSystem);
  const ownsPhysics = settings.physics && !scene.isPhysicsEnabled();
  if (ownsPhysics) enablePhysics(scene, options.havok ?? (await loadHavok()));
  const light =
    settings.light && scene.lights.length === 0
      ? new HemisphericLight('scenemaker-light', new Vector3(0.2, 1, 0.1), scene)
      : null;

  const built = new Map<string, BuiltObject>();
  const bodies = new Map<string, BuiltBody>();
  const removeObject = (id: string): void => {
    bodies.get(id)?.dispose();
    built.get(id)?.mesh.dispose(false, true);
    bodies.delete(id);
    built.delete(id);
  };
  const addObject = (object: SceneObject): BuiltObject => {
    removeObject(object.id);
    const mesh = createObjectMesh(object, scene, frame);
    const body = settings.physics ? createObjectBody(object, mesh, scene, frame) : null;
    if (body) bodies.set(object.id, body);
    const entry = { mesh, body: body?.body ?? null };
    built.set(object.id, entry);
    return entry;
  };

  const groundMesh = createGroundMesh(description.ground, scene, frame);
  const groundBody = settings.physics ? createGroundBody(description.ground, groundMesh, scene) : null;
  for (const object of description.objects) addObject(object);
  let view: PictureCamera | null = null;
  const previousCamera = scene.activeCamera;
  if (settings.camera && description.cameras.length > 0) {
    view = createPictureCamera(description.cameras[0], scene, frame);
    scene.activeCamera = view.camera;
  }

  return {
    objects: built,
    ground: { mesh: groundMesh, body: groundBody?.body ?? null },
    camera: view?.camera ?? null,
    addObject,
    removeObject,
    place(id, { translation, rotation }) {
      const mesh = built.get(id)?.mesh;
      mesh?.position.copyFrom(frame.point(translation));
      mesh?.rotationQuaternion?.copyFrom(frame.rotation(rotation));
    },
    dispose() {
      for (const id of Array.from(built.keys())) removeObject(id);
      groundBody?.dispose();
      groundMesh.dispose(false, true);
      light?.dispose();
      if (view) {
        view.dispose();
        scene.activeCamera = previousCamera;
      }
      if (ownsPhysics) scene.disablePhysicsEngine();
    },
  };
}

function enablePhysics(scene: Scene, havok: HavokPhysicsWithBindings): void {
  scene.enablePhysics(new Vector3(0, -9.81, 0), new HavokPlugin(true, havok));
  // The scene was settled at this rate; at 60 Hz stacks would sink again.
  scene.getPhysicsEngine()?.setSubTimeStep(1000 / SETTLE_HERTZ);
}
