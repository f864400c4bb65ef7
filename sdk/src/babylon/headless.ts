/** A Babylon scene without a canvas, to see whether a description holds still once it is built. */
import { NullEngine } from '@babylonjs/core/Engines/nullEngine.js';
import { Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import { Logger } from '@babylonjs/core/Misc/logger.js';
import '@babylonjs/core/Physics/joinedPhysicsEngineComponent.js';
import { Scene } from '@babylonjs/core/scene.js';
import type { SceneDescription } from '../scene/index.js';
import { buildScene } from './build-scene.js';

export interface HeadlessRun {
  /** Objects that have a body. */
  bodies: number;
  /** How far each object's body moved, metres, by object id. */
  movedMeters: Map<string, number>;
}

/** Frames a second. */
const FRAME_HERTZ = 60;
/** Speed of the touch that wakes each body, m/s downwards. */
const TOUCH = 0.01;

/**
 * Builds the description, touches every body lightly, since a settled scene starts asleep, lets physics
 * run for `seconds`, and tells how far everything moved.
 */
export async function runHeadless(description: SceneDescription, seconds: number): Promise<HeadlessRun> {
  const engine = createQuietEngine();
  const scene = new Scene(engine);
  scene.useRightHandedSystem = true;
  try {
    const built = await buildScene(description, scene);
    const moving = [...built.objects].filter(([, { body }]) => body !== null);
    const starts = moving.map(([, { mesh }]) => mesh.getAbsolutePosition().clone());
    for (const [, { body, mesh }] of moving) {
      const mass = body?.getMassProperties().mass ?? 0;
      body?.applyImpulse(new Vector3(0, -TOUCH * mass, 0), mesh.getAbsolutePosition());
    }
    for (let frame = 0; frame < seconds * FRAME_HERTZ; frame++) scene.getPhysicsEngine()?._step(1 / FRAME_HERTZ);
    const movedMeters = new Map(
      moving.map(([id, { mesh }], index) => {
        mesh.computeWorldMatrix(true);
        return [id, Vector3.Distance(mesh.getAbsolutePosition(), starts[index])];
      }),
    );
    built.dispose();
    return { bodies: moving.length, movedMeters };
  } finally {
    scene.dispose();
    engine.dispose();
  }
}

/** Babylon greets on standard output, which is not ours to write on. */
function createQuietEngine(): NullEngine {
  const levels = Logger.LogLevels;
  Logger.LogLevels = Logger.WarningLogLevel | Logger.ErrorLogLevel;
  try {
    return new NullEngine();
  } finally {
    Logger.LogLevels = levels;
  }
}
