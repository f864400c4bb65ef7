/** The objects of a scene as they are shown: they appear, glide to new places, and are what physics moves. */
import '@babylonjs/core/Rendering/outlineRenderer.js';
// Else fetched at the first outline, which then shows only when something else moves.
import '@babylonjs/core/Shaders/outline.fragment.js';
import '@babylonjs/core/Shaders/outline.vertex.js';
import { Color3 } from '@babylonjs/core/Maths/math.color.js';
import { Quaternion, Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import type { Mesh } from '@babylonjs/core/Meshes/mesh.js';
import type { Scene } from '@babylonjs/core/scene.js';
import type { HavokPhysicsWithBindings } from '@babylonjs/havok';
import havokUrl from '@babylonjs/havok/lib/esm/HavokPhysics.wasm?url';
import type { Pose, SceneDescription, SceneObject } from '@scenemaker/sdk';
import { buildScene, type BuiltObject, type BuiltScene } from '@scenemaker/sdk/babylon';
import { loadHavok } from '@scenemaker/sdk/physics';
import type { Bodies } from './bodies.js';
import type { Motion } from './motion.js';

export interface ShownScene {
  readonly description: SceneDescription | undefined;
  readonly built: BuiltScene | undefined;
  /** The scene with every object where it is at the moment. */
  present(): SceneDescription | undefined;
  /** See `SceneView.show`. */
  show(description: SceneDescription, settled: boolean): Promise<void>;
  object(id: string): BuiltObject | undefined;
  /** Objects glide to these poses, those without one to that of the scene. */
  glideTo(poses: ReadonlyMap<string, Pose> | undefined, milliseconds: number): void;
  /** Everything at rest where it is seen, for physics to go on from. */
  handToPhysics(): void;
  markSelected(id: string | undefined): void;
}

interface Surroundings {
  readonly scene: Scene;
  readonly motion: Motion;
  readonly bodies: Bodies;
  /** Other objects are shown. */
  readonly onChange: () => void;
  /** Objects have come to where they were going. */
  readonly onArrive: () => void;
}

const REBUILT_MILLISECONDS = 700;
const APPEAR_MILLISECONDS = 450;
/** Between one that appears and the next. */
const APPEAR_DELAY_MILLISECONDS = 130;
const SELECTED = new Color3(1, 0.62, 0.1);
/** Of the object's size. */
const OUTLINE = 0.012;

export function createShownScene({ scene, motion, bodies, onChange, onArrive }: Surroundings): ShownScene {
  let shown: SceneDescription | undefined;
  let built: BuiltScene | undefined;
  let havok: Promise<HavokPhysicsWithBindings> | undefined;
  /** Meshes were moved by hand; physics does not know yet. */
  let displaced = false;

  const meshOf = (id: string): Mesh | undefined => built?.objects.get(id)?.mesh;

  const glide = (object: SceneObject, pose: Pose, milliseconds: number): void => {
    const mesh = meshOf(object.id);
    if (!mesh?.rotationQuaternion) return;
    displaced = true;
    const [fromPlace, fromTurn, fromScale] = [mesh.position.clone(), mesh.rotationQuaternion.clone(), mesh.scaling.x];
    const [toPlace, toTurn] = [new Vector3(...pose.translation), new Quaternion(...pose.rotation)];
    const toScale = pose.size / object.pose.size;
    motion.run(`place ${object.id}`, milliseconds, (share) => {
      Vector3.LerpToRef(fromPlace, toPlace, share, mesh.position);
      if (mesh.rotationQuaternion) Quaternion.SlerpToRef(fromTurn, toTurn, share, mesh.rotationQuaternion);
      mesh.scaling.setAll(fromScale + (toScale - fromScale) * share);
      if (share === 1) onArrive();
    });
  };

  const appear = ({ id }: SceneObject, order: number): void => {
    const mesh = meshOf(id);
    if (!mesh) return;
    const grow = (share: number): void => {
      mesh.visibility = share;
      mesh.scaling.setAll(0.7 + 0.3 * share);
    };
    motion.run(`appear ${id}`, APPEAR_MILLISECONDS, grow, APPEAR_DELAY_MILLISECONDS * order);
  };

  const rebuild = async (description: SceneDescription, settled: boolean): Promise<void> => {
    const before = new Map(
      Array.from(built?.objects ?? [], ([id, { mesh }]) => [
        id,
        { place: mesh.position.clone(), turn: mesh.rotationQuaternion?.clone() },
      ]),
    );
    const module = settled
      ? await (havok ??= loadHavok({ wasmUrl: new URL(havokUrl, import.meta.url).href }))
      : undefined;
    motion.finish();
    built?.dispose();
    built = await buildScene(description, scene, {
      physics: settled,
      camera: false,
      light: false,
      ...(module && { havok: module }),
    });
    bodies.hold();
    shown = description;
    let fresh = 0;
    for (const object of description.objects) {
      const former = before.get(object.id);
      const mesh = meshOf(object.id);
      if (former?.turn && mesh) {
        mesh.position.copyFrom(former.place);
        mesh.rotationQuaternion?.copyFrom(former.turn);
        glide(object, object.pose, REBUILT_MILLISECONDS);
      } else appear(object, fresh++);
    }
  };

  /** The same scene but for some objects. One that is not settled goes to its new place from where it is. */
  const update = (description: SceneDescription, settled: boolean, into: BuiltScene): void => {
    const known = new Map(shown?.objects.map((object) => [object.id, object]));
    for (const id of known.keys()) {
      if (!description.objects.some((object) => object.id === id)) into.removeObject(id);
    }
    let fresh = 0;
    shown = description;
    for (const object of description.objects) {
      const former = known.get(object.id);
      if (former === object) continue;
      const before = meshOf(object.id);
      const { mesh } = into.addObject(object);
      if (!former || !before) appear(object, fresh++);
      else if (!settled) {
        mesh.position.copyFrom(before.position);
        if (before.rotationQuaternion) mesh.rotationQuaternion?.copyFrom(before.rotationQuaternion);
        mesh.scaling.setAll((before.scaling.x * former.pose.size) / object.pose.size);
        glide(object, object.pose, REBUILT_MILLISECONDS);
      }
    }
  };

  return {
    get description() {
      return shown;
    },
    get built() {
      return built;
    },
    present() {
      if (!shown) return undefined;
      const objects = shown.objects.map((object): SceneObject => {
        const mesh = meshOf(object.id);
        if (!mesh?.rotationQuaternion) return object;
        const { position: p, rotationQuaternion: q } = mesh;
        return { ...object, pose: { ...object.pose, translation: [p.x, p.y, p.z], rotation: [q.x, q.y, q.z, q.w] } };
      });
      return { ...shown, objects };
    },
    async show(description, settled) {
      const sameGround = shown?.ground === description.ground;
      if (built && sameGround && scene.isPhysicsEnabled() === settled) update(description, settled, built);
      else await rebuild(description, settled);
      onChange();
    },
    object: (id) => built?.objects.get(id),
    glideTo(poses, milliseconds) {
      for (const object of shown?.objects ?? []) glide(object, poses?.get(object.id) ?? object.pose, milliseconds);
    },
    handToPhysics() {
      motion.finish();
      for (const { mesh } of built?.objects.values() ?? []) mesh.scaling.setAll(1);
      if (displaced && built) bodies.adopt(built.objects.values());
      displaced = false;
    },
    markSelected(selected) {
      for (const { id, pose } of shown?.objects ?? []) {
        const mesh = meshOf(id);
        if (!mesh) continue;
        mesh.renderOutline = id === selected;
        mesh.outlineColor = SELECTED;
        mesh.outlineWidth = OUTLINE * pose.size;
      }
    },
  };
}
