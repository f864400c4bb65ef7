/** The pointer in the scene: on an object it selects and pulls, beside objects it turns the camera. */
import type { ArcRotateCamera } from '@babylonjs/core/Cameras/arcRotateCamera.js';
import { PointerEventTypes } from '@babylonjs/core/Events/pointerEvents.js';
import type { PickingInfo } from '@babylonjs/core/Collisions/pickingInfo.js';
import type { PhysicsBody } from '@babylonjs/core/Physics/v2/physicsBody.js';
import type { Scene } from '@babylonjs/core/scene.js';
import { type Pull, startPull } from './pull.js';

export interface PointerInput {
  scene: Scene;
  canvas: HTMLCanvasElement;
  orbit: ArcRotateCamera;
  /** Undefined without physics. */
  bodyOf(id: string): PhysicsBody | undefined;
  /** Whether the camera may be turned. */
  isFree(): boolean;
  /** Frames are needed for a while. */
  wake(): void;
  /** The camera was moved by hand. */
  onTouched(): void;
  onPull(): void;
  onSelect(id: string | undefined): void;
  onHover(id: string | undefined): void;
}

/** Further than this is a drag, not a click; CSS pixels. */
const CLICK_PIXELS = 5;

interface Press {
  x: number;
  y: number;
  id: string | undefined;
  pick: PickingInfo;
  pull: Pull | undefined;
  dragged: boolean;
}

/** Gives what ends it. */
export function followPointer(input: PointerInput): () => void {
  const { scene, canvas, orbit } = input;
  let press: Press | undefined;
  let hovered: string | undefined;

  const pick = (): PickingInfo => scene.pick(scene.pointerX, scene.pointerY, (mesh) => idOf(mesh) !== undefined);

  const down = (): void => {
    const picked = pick();
    press = {
      x: scene.pointerX,
      y: scene.pointerY,
      id: picked.pickedMesh ? idOf(picked.pickedMesh) : undefined,
      pick: picked,
      pull: undefined,
      dragged: false,
    };
    if (press.id !== undefined || !input.isFree()) orbit.detachControl();
  };

  const move = (): void => {
    if (!press) return hover();
    press.dragged ||= Math.hypot(scene.pointerX - press.x, scene.pointerY - press.y) > CLICK_PIXELS;
    if (!press.dragged) return;
    if (press.id === undefined) return input.onTouched();
    const body = input.bodyOf(press.id);
    if (!press.pull && body && press.pick.pickedPoint) {
      input.onSelect(press.id);
      input.onPull();
      press.pull = startPull(scene, body, press.pick.pickedPoint);
    }
    press.pull?.moveTo(scene.pointerX, scene.pointerY);
  };

  const up = (): void => {
    if (press && !press.dragged) input.onSelect(press.id);
    press?.pull?.end();
    press = undefined;
    orbit.attachControl(canvas, true);
  };

  const hover = (): void => {
    const { pickedMesh } = pick();
    const id = pickedMesh ? idOf(pickedMesh) : undefined;
    if (id === hovered) return;
    hovered = id;
    canvas.style.cursor = id === undefined ? '' : 'grab';
    input.onHover(id);
  };

  const pointer = scene.onPrePointerObservable.add(({ type }) => {
    input.wake();
    if (type === PointerEventTypes.POINTERDOWN) down();
    else if (type === PointerEventTypes.POINTERMOVE) move();
    else if (type === PointerEventTypes.POINTERUP) up();
    else if (type === PointerEventTypes.POINTERWHEEL) input.onTouched();
  });
  const leave = (): void => {
    hovered = undefined;
    input.onHover(undefined);
  };
  canvas.addEventListener('pointerleave', leave);
  return () => {
    scene.onPrePointerObservable.remove(pointer);
    canvas.removeEventListener('pointerleave', leave);
  };
}

function idOf({ metadata }: { metadata: unknown }): string | undefined {
  const id = (metadata as { scenemaker?: { id?: string } } | null)?.scenemaker?.id;
  return id === 'ground' ? undefined : id;
}
