/** Settled scenes and pushes, to be played in one engine and another. */
import { boxMesh, cylinderMesh, sphereMesh, type Vec3 } from '@scenemaker/sdk/geometry';
import { settleScene } from '@scenemaker/sdk/physics';
import type { SceneDescription } from '@scenemaker/sdk/scene';
import type { Environment, EnvironmentState } from '@scenemaker/sim-adapters/environments';
import { sceneOf, type Thing } from './settle-scenes.js';

export interface PushScene {
  things: Record<string, Thing>;
  /** Newton seconds per kilogram, at the start, by id. */
  pushes: Record<string, Vec3>;
}

export const PUSH_SCENES: Record<string, PushScene> = {
  'a crate that slides': {
    things: { crate: { mesh: boxMesh(0.1, 0.06, 0.08), at: [0, 0.06, 0], label: 'crate' } },
    pushes: { crate: [1, 0, 0.3] },
  },
  'a box that is pushed over': {
    things: { box: { mesh: boxMesh(0.04, 0.15, 0.04), at: [0, 0.15, 0], label: 'box' } },
    pushes: { box: [0.9, 0, 0] },
  },
  'a mug on a book': {
    things: {
      book: { mesh: boxMesh(0.1, 0.02, 0.14), at: [0, 0.02, 0], label: 'book' },
      mug: { mesh: cylinderMesh(0.04, 0.05), at: [0.02, 0.09, 0], label: 'mug' },
    },
    pushes: { book: [0.5, 0, 0] },
  },
  'a ball into a stack of three': {
    things: {
      low: { mesh: boxMesh(0.06, 0.04, 0.06), at: [0, 0.04, 0], label: 'crate' },
      middle: { mesh: boxMesh(0.05, 0.03, 0.05), at: [0, 0.11, 0], label: 'crate' },
      high: { mesh: boxMesh(0.04, 0.03, 0.04), at: [0, 0.17, 0], label: 'crate' },
      ball: { mesh: sphereMesh(0.05), at: [-0.5, 0.05, 0], label: 'ball' },
    },
    pushes: { ball: [2, 0.4, 0] },
  },
};

export const settledPushScene = ({ things }: PushScene): Promise<SceneDescription> => settleScene(sceneOf(things));

/** Pushes, and lets things come to rest. */
export function playPushes(environment: Environment, { pushes }: PushScene, seconds: number): EnvironmentState {
  const { objects } = environment.scene();
  for (const [id, speed] of Object.entries(pushes)) {
    const massKg = objects.find((object) => object.id === id)?.properties.massKg.value ?? 0;
    environment.applyImpulse(id, [speed[0] * massKg, speed[1] * massKg, speed[2] * massKg]);
  }
  for (let step = 0; step * environment.stepSeconds < seconds; step++) environment.step();
  return environment.state();
}
