/** The scene in 3D: what is shown, how it is lit and looked at, and its physics. No other part of the page knows Babylon. */
import '@babylonjs/core/Culling/ray.js';
import '@babylonjs/core/Rendering/outlineRenderer.js';
import { Engine } from '@babylonjs/core/Engines/engine.js';
import { Color3 } from '@babylonjs/core/Maths/math.color.js';
import { Quaternion, Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import type { Mesh } from '@babylonjs/core/Meshes/mesh.js';
import { Scene } from '@babylonjs/core/scene.js';
import type { HavokPhysicsWithBindings } from '@babylonjs/havok';
import havokUrl from '@babylonjs/havok/lib/esm/HavokPhysics.wasm?url';
import type { Pose, SceneDescription, SceneObject } from '@scenemaker/sdk';
import {
  buildScene,
  type BuiltScene,
  createFrame,
  createPictureCamera,
  type PictureCamera,
} from '@scenemaker/sdk/babylon';
import { loadHavok } from '@scenemaker/sdk/physics';
import type { Overlay, Theme } from '../state/view.js';
import { createBodies, pushAway } from './bodies.js';
import { createLook } from './look.js';
import { createMotion } from './motion.js';
import { createOrbitCamera, extentOf, frame, lookOf } from './orbit.js';
import { createOverlays } from './overlays.js';
import { followPointer } from './pointer.js';

export interface SceneViewEvents {
  onSelect(id: string | undefined): void;
  onHover(id: string | undefined): void;
  /** Physics was set going by a pull. */
  onPlay(): void;
}

export interface SceneView {
  /**
   * Shows the scene; what was shown before and is the same object stays. Settled scenes have bodies. Objects that
   * are new appear one after another, those that physics moved glide to where it put them.
   */
  show(scene: SceneDescription, settled: boolean): Promise<void>;
  /** Lets physics run, or holds it. */
  setPlaying(playing: boolean): void;
  /** Everything back to where `show` had it, at rest. */
  reset(): void;
  /** Objects at other poses, without physics; undefined: back to those of the scene. */
  showPoses(poses: ReadonlyMap<string, Pose> | undefined): void;
  /** A knock in the direction of sight. */
  push(id: string): void;
  select(id: string | undefined): void;
  setOverlays(wanted: ReadonlySet<Overlay>): void;
  /** Looks from where the picture was taken, or freely. */
  setFromPicture(on: boolean): void;
  /** Everything in view again. */
  frameAll(): void;
  /** Turns the free camera, radians, and takes it nearer: a factor of its distance. */
  orbitBy(aside: number, up: number, nearer: number): void;
  setTheme(theme: Theme): void;
  dispose(): void;
}

/** Contacts and supports are drawn anew this often while physics runs, milliseconds. */
const REFRESH_MILLISECONDS = 250;
/** After a change, frames are drawn for so long; then none until the next. */
const AWAKE_MILLISECONDS = 900;
/** What a push changes the speed by, in object sizes a second. */
const PUSH_SIZES_PER_SECOND = 4;

/** @throws Where the browser has no WebGL. */
export function createSceneView(canvas: HTMLCanvasElement, events: SceneViewEvents): SceneView {
  const engine = new Engine(canvas, true, { stencil: false, powerPreference: 'high-performance' }, true);
  engine.setHardwareScalingLevel(1 / Math.min(2, window.devicePixelRatio));
  const scene = new Scene(engine);
  scene.useRightHandedSystem = true;
  scene.skipPointerMovePicking = true;
  const orbit = createOrbitCamera(scene, canvas);
  scene.activeCamera = orbit;
  const look = createLook(scene);
  const motion = createMotion();
  const bodies = createBodies(scene);
  let shown: SceneDescription | undefined;
  let built: BuiltScene | undefined;
  let havok: Promise<HavokPhysicsWithBindings> | undefined;
  let pictureCamera: PictureCamera | undefined;
  let framed = false;
  let asked = 0;
  let showing: Promise<void> = Promise.resolve();
  let wanted: ReadonlySet<Overlay> = new Set();
  let selected: string | undefined;
  /** Meshes were moved by hand; physics does not know yet. */
  let displaced = false;
  let awakeUntil = 0;
  let nextRefresh = 0;

  const wake = (milliseconds = AWAKE_MILLISECONDS): void => {
    awakeUntil = Math.max(awakeUntil, performance.now() + milliseconds);
  };
  const meshOf = (id: string): Mesh | undefined => built?.objects.get(id)?.mesh;
  const overlays = createOverlays(scene, meshOf);

  /** The scene with every object where it is at the moment. */
  const present = (): SceneDescription | undefined => {
    if (!shown) return undefined;
    const objects = shown.objects.map((object): SceneObject => {
      const mesh = meshOf(object.id);
      if (!mesh?.rotationQuaternion) return object;
      const { position: p, rotationQuaternion: q } = mesh;
      return { ...object, pose: { ...object.pose, translation: [p.x, p.y, p.z], rotation: [q.x, q.y, q.z, q.w] } };
    });
    return { ...shown, objects };
  };

  const drawOverlays = (): void => {
    const now = present();
    if (now) overlays.draw(now, wanted);
    wake();
  };

  /** From where it is to the pose. */
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
      if (share === 1) drawOverlays();
    });
  };

  const markSelected = (): void => {
    for (const [id, { mesh }] of built?.objects ?? []) {
      mesh.renderOutline = id === selected;
      mesh.outlineColor = new Color3(1, 0.62, 0.1);
      const object = shown?.objects.find((other) => other.id === id);
      mesh.outlineWidth = 0.012 * (object?.pose.size ?? 1);
    }
    wake();
  };

  const afterBuild = (): void => {
    if (!shown || !built) return;
    const extent = extentOf(shown);
    built.ground.mesh.setEnabled(false);
    built.ground.mesh.isPickable = false;
    look.setGround(shown.ground, extent, lookOf(shown));
    look.setCasters(Array.from(built.objects.values(), ({ mesh }) => mesh));
    canvas.dataset['objects'] = String(built.objects.size);
    if (!framed && shown.objects.length > 0) frame(orbit, shown, extent);
    markSelected();
    drawOverlays();
  };

  const appear = (object: SceneObject, order: number): void => {
    const mesh = meshOf(object.id);
    if (!mesh) return;
    const grow = (share: number): void => {
      mesh.visibility = share;
      mesh.scaling.setAll(0.7 + 0.3 * share);
    };
    motion.run(`appear ${object.id}`, 450, grow, 130 * order);
  };

  const rebuild = async (description: SceneDescription, settled: boolean): Promise<void> => {
    const before = new Map(Array.from(built?.objects ?? [], ([id, { mesh }]) => [id, mesh.position.clone()]));
    const turns = new Map(Array.from(built?.objects ?? [], ([id, { mesh }]) => [id, mesh.rotationQuaternion?.clone()]));
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
      const [place, turn] = [before.get(object.id), turns.get(object.id)];
      const mesh = meshOf(object.id);
      if (place && turn && mesh) {
        mesh.position.copyFrom(place);
        mesh.rotationQuaternion?.copyFrom(turn);
        glide(object, object.pose, 700);
      } else appear(object, fresh++);
    }
    afterBuild();
  };

  /** The same scene but for some objects. */
  const update = (description: SceneDescription): void => {
    const known = new Map(shown?.objects.map((object) => [object.id, object]));
    for (const id of known.keys()) {
      if (!description.objects.some((object) => object.id === id)) built?.removeObject(id);
    }
    let fresh = 0;
    shown = description;
    for (const object of description.objects) {
      const former = known.get(object.id);
      if (former === object) continue;
      built?.addObject(object);
      if (!former) appear(object, fresh++);
    }
    afterBuild();
  };

  const showNow = async (description: SceneDescription, settled: boolean): Promise<void> => {
    const sameGround = shown?.ground === description.ground;
    if (built && sameGround && scene.isPhysicsEnabled() === settled) update(description);
    else await rebuild(description, settled);
  };

  const stopPointer = followPointer({
    scene,
    canvas,
    bodyOf: (id) => built?.objects.get(id)?.body ?? undefined,
    isFree: () => pictureCamera === undefined,
    orbit,
    wake,
    onTouched: () => (framed = true),
    onPull() {
      if (bodies.running) return;
      view.setPlaying(true);
      events.onPlay();
    },
    ...events,
  });

  const resizing = new ResizeObserver(() => {
    engine.resize();
    if (!framed && shown) frame(orbit, shown, extentOf(shown));
    wake();
  });
  resizing.observe(canvas);

  engine.runRenderLoop(() => {
    const now = performance.now();
    if (motion.advance(now)) wake(100);
    if (!bodies.running && now > awakeUntil) return;
    scene.render();
    if (!bodies.running || now < nextRefresh) return;
    nextRefresh = now + REFRESH_MILLISECONDS;
    const moved = wanted.has('contacts') || wanted.has('supports') ? present() : undefined;
    if (moved) overlays.refresh(moved);
  });

  const view: SceneView = {
    show(description, settled) {
      const mine = ++asked;
      // One at a time, and of those that wait only the newest.
      showing = showing.catch(() => {}).then(() => (mine === asked ? showNow(description, settled) : undefined));
      return showing;
    },
    setPlaying(on) {
      if (!on) {
        bodies.hold();
        return drawOverlays();
      }
      motion.finish();
      for (const { mesh } of built?.objects.values() ?? []) mesh.scaling.setAll(1);
      if (displaced && built) bodies.adopt(built.objects.values());
      displaced = false;
      bodies.run();
    },
    reset() {
      bodies.hold();
      for (const object of shown?.objects ?? []) glide(object, object.pose, 350);
      wake();
    },
    showPoses(poses) {
      bodies.hold();
      for (const object of shown?.objects ?? []) glide(object, poses?.get(object.id) ?? object.pose, 600);
      wake();
    },
    push(id) {
      const body = built?.objects.get(id)?.body;
      const object = shown?.objects.find((other) => other.id === id);
      if (!body || !object) return;
      if (!bodies.running) view.setPlaying(true);
      pushAway(scene, body, PUSH_SIZES_PER_SECOND * object.pose.size);
    },
    select(id) {
      selected = id;
      markSelected();
    },
    setOverlays(chosen) {
      wanted = chosen;
      drawOverlays();
    },
    setFromPicture(on) {
      pictureCamera?.dispose();
      pictureCamera = undefined;
      const source = shown?.cameras[0];
      if (on && source) pictureCamera = createPictureCamera(source, scene, createFrame(true));
      scene.activeCamera = pictureCamera?.camera ?? orbit;
      wake();
    },
    frameAll() {
      if (!shown) return;
      framed = false;
      frame(orbit, shown, extentOf(shown));
      wake();
    },
    orbitBy(aside, up, nearer) {
      framed = true;
      orbit.alpha += aside;
      orbit.beta = Math.min(orbit.upperBetaLimit ?? Math.PI, Math.max(0.05, orbit.beta - up));
      orbit.radius *= nearer;
      wake();
    },
    setTheme(theme) {
      look.setTheme(theme);
      wake();
    },
    dispose() {
      resizing.disconnect();
      stopPointer();
      engine.stopRenderLoop();
      scene.dispose();
      engine.dispose();
    },
  };
  return view;
}
