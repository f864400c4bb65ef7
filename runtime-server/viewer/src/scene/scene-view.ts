/** The scene in 3D: what is shown, how it is lit and looked at, and its physics. No other part of the page knows Babylon. */
import '@babylonjs/core/Culling/ray.js';
import { Engine } from '@babylonjs/core/Engines/engine.js';
import { Scene } from '@babylonjs/core/scene.js';
import type { Pose, SceneDescription } from '@scenemaker/sdk';
import { createFrame, createPictureCamera, type PictureCamera } from '@scenemaker/sdk/babylon';
import type { Overlay, Theme } from '../state/view.js';
import { createBodies, pushAway } from './bodies.js';
import { createLook } from './look.js';
import { createMotion } from './motion.js';
import { createOrbitCamera, extentOf, frame, lookOf } from './orbit.js';
import { createOverlays } from './overlays.js';
import { followPointer } from './pointer.js';
import { createShownScene } from './shown-scene.js';

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
/** After a change, frames are drawn for so long, and so many at least; then none until the next. */
const AWAKE_MILLISECONDS = 900;
const AWAKE_FRAMES = 3;
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
  const shown = createShownScene({
    scene,
    motion,
    bodies,
    onChange: () => afterChange(),
    onArrive: () => drawOverlays(),
  });
  const overlays = createOverlays(scene, (id) => shown.object(id)?.mesh);
  let pictureCamera: PictureCamera | undefined;
  let framed = false;
  let asked = 0;
  let showing: Promise<void> = Promise.resolve();
  let wanted: ReadonlySet<Overlay> = new Set();
  let selected: string | undefined;
  let awakeUntil = 0;
  let framesDue = 0;
  let nextRefresh = 0;

  const wake = (milliseconds = AWAKE_MILLISECONDS): void => {
    awakeUntil = Math.max(awakeUntil, performance.now() + milliseconds);
    framesDue = AWAKE_FRAMES;
  };

  const drawOverlays = (): void => {
    const now = shown.present();
    if (now) overlays.draw(now, wanted);
    wake();
  };

  const frameShown = (): void => {
    if (shown.description) frame(orbit, shown.description, extentOf(shown.description));
    wake();
  };

  const afterChange = (): void => {
    const { description, built } = shown;
    if (!description || !built) return;
    built.ground.mesh.setEnabled(false);
    built.ground.mesh.isPickable = false;
    look.setGround(description.ground, extentOf(description), lookOf(description));
    look.setCasters(Array.from(built.objects.values(), ({ mesh }) => mesh));
    canvas.dataset['objects'] = String(built.objects.size);
    if (!framed && description.objects.length > 0) frameShown();
    shown.markSelected(selected);
    drawOverlays();
  };

  const stopPointer = followPointer({
    scene,
    canvas,
    bodyOf: (id) => shown.object(id)?.body ?? undefined,
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
    if (!framed) frameShown();
    wake();
  });
  resizing.observe(canvas);

  engine.runRenderLoop(() => {
    const now = performance.now();
    // What is still being compiled, as the outline at its first use, shows only in a later frame.
    if (motion.advance(now) || !engine.areAllEffectsReady()) wake(100);
    if (!bodies.running && now > awakeUntil && framesDue === 0) return;
    scene.render();
    framesDue = Math.max(0, framesDue - 1);
    if (!bodies.running || now < nextRefresh) return;
    nextRefresh = now + REFRESH_MILLISECONDS;
    const moved = wanted.has('contacts') || wanted.has('supports') ? shown.present() : undefined;
    if (moved) overlays.refresh(moved);
  });

  const view: SceneView = {
    show(description, settled) {
      const mine = ++asked;
      // One at a time, and of those that wait only the newest.
      showing = showing.catch(() => {}).then(() => (mine === asked ? shown.show(description, settled) : undefined));
      return showing;
    },
    setPlaying(on) {
      if (!on) {
        bodies.hold();
        return drawOverlays();
      }
      shown.handToPhysics();
      bodies.run();
    },
    reset() {
      bodies.hold();
      shown.glideTo(undefined, 350);
      wake();
    },
    showPoses(poses) {
      bodies.hold();
      shown.glideTo(poses, 600);
      wake();
    },
    push(id) {
      const body = shown.object(id)?.body;
      const object = shown.description?.objects.find((other) => other.id === id);
      if (!body || !object) return;
      if (!bodies.running) view.setPlaying(true);
      pushAway(scene, body, PUSH_SIZES_PER_SECOND * object.pose.size);
    },
    select(id) {
      selected = id;
      shown.markSelected(id);
      wake();
    },
    setOverlays(chosen) {
      wanted = chosen;
      drawOverlays();
    },
    setFromPicture(on) {
      pictureCamera?.dispose();
      pictureCamera = undefined;
      const source = shown.description?.cameras[0];
      if (on && source) pictureCamera = createPictureCamera(source, scene, createFrame(true));
      scene.activeCamera = pictureCamera?.camera ?? orbit;
      wake();
    },
    frameAll() {
      framed = false;
      frameShown();
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
