/**
 * A scene that can be acted on: reset, step, look, touch. The same on every engine.
 *
 * World: right-handed, y up, metres, kilograms, seconds. Quaternions are xyzw.
 */
import { type Camera, type RigidTransform, type SceneDescription, SceneMakerError, type Vec3 } from '@scenemaker/sdk';
import { bodyMass, defaultEngine, type PhysicsEngine, SETTLE_HERTZ, type Velocity } from '@scenemaker/sdk/physics';
import {
  type Contact,
  contactsOf,
  indexScene,
  raycast,
  type SceneIndex,
  type SceneRayHit,
} from '@scenemaker/sdk/queries';
import { renderSensors, type SensorKind, type SensorPictures } from '@scenemaker/sdk/render';
import { checkScene } from '../check.js';
import { readGlb } from '../glb.js';
import {
  applyControl,
  applyImpulse,
  checkControl,
  checkNumbers,
  type Controls,
  type Driven,
  endControl,
} from './controls.js';
import { createMujocoEngine } from './mujoco.js';
import { type Variation, VARIATION_DEFAULTS, varyPoses } from './variation.js';
import { addBodies, createWorld } from './world.js';

export const ENVIRONMENT_ENGINES = ['havok', 'mujoco'] as const;
export type EnvironmentEngine = (typeof ENVIRONMENT_ENGINES)[number];

export interface EnvironmentOptions {
  /** By name, or one of your own. Absent: Havok, the engine of Babylon.js. */
  engine?: EnvironmentEngine | PhysicsEngine;
  /** What one `step` simulates, seconds, up to 1. Absent: 1/60. */
  stepSeconds?: number;
  /** How far a reset with a seed moves things. */
  variation?: Partial<Variation>;
}

export interface BodyState extends RigidTransform {
  id: string;
  velocity: Velocity;
}

export interface EnvironmentState {
  /** Simulated since the last reset. */
  seconds: number;
  /** In the order of the scene's objects. */
  bodies: BodyState[];
}

export interface Environment {
  /** Name and version. */
  readonly engine: string;
  readonly stepSeconds: number;
  /** Object ids. */
  readonly ids: readonly string[];
  /** Back to the start, at rest: with a seed things stand a little elsewhere; without one, as in the scene. */
  reset(options?: { seed?: number }): EnvironmentState;
  /** Simulates `stepSeconds`. The same resets and steps give the same bytes, on one machine and engine. */
  step(controls?: Controls): EnvironmentState;
  state(): EnvironmentState;
  /** A push in newton seconds, at a point of the world; absent: at the centre of mass. */
  applyImpulse(id: string, impulse: Vec3, at?: Vec3): void;
  /** The scene as it is now, for the queries of `@scenemaker/sdk/queries`, export and pictures. */
  scene(): SceneDescription;
  /** By collider geometry; forces are not told. */
  contacts(): Contact[];
  /** What is seen first along a ray. */
  raycast(origin: Vec3, direction: Vec3, maxDistance?: number): SceneRayHit | null;
  /** Drawn in software. Absent: the main camera and all kinds. */
  render(options?: { camera?: Camera; kinds?: readonly SensorKind[] }): SensorPictures;
  /** Frees the engine's memory. What needs the engine is a `bad-request` afterwards. */
  dispose(): void;
}

/**
 * An environment of a settled scene, or of the bytes of a GLB that `writeGlb` wrote.
 *
 * @throws SceneMakerError `bad-request` for what is no scene, for an object without colliders and for options out
 *   of range; `package-missing` where the engine is not installed.
 */
export async function createEnvironment(
  source: SceneDescription | Uint8Array,
  options: EnvironmentOptions = {},
): Promise<Environment> {
  const { stepSeconds = 1 / 60 } = options;
  if (!(stepSeconds > 0 && stepSeconds <= 1)) {
    throw new SceneMakerError('bad-request', 'stepSeconds is above 0 and at most 1', {
      given: stepSeconds,
      allowed: [0, 1],
    });
  }
  const scene = source instanceof Uint8Array ? await readGlb(source) : source;
  checkScene(scene);
  for (const { id, colliders } of scene.objects) {
    if (colliders.length > 0) continue;
    throw new SceneMakerError('bad-request', `${id} has no colliders: settle the scene first`, { given: id });
  }
  const engine = await resolveEngine(options.engine ?? 'havok');
  return startEnvironment(scene, engine, stepSeconds, { ...VARIATION_DEFAULTS, ...options.variation });
}

async function resolveEngine(engine: EnvironmentEngine | PhysicsEngine): Promise<PhysicsEngine> {
  if (typeof engine === 'object') return engine;
  switch (engine) {
    case 'havok':
      return defaultEngine();
    case 'mujoco':
      return createMujocoEngine();
    default:
      throw new SceneMakerError('bad-request', `there is no engine ${String(engine)}`, {
        given: engine,
        allowed: ENVIRONMENT_ENGINES,
      });
  }
}

function startEnvironment(
  start: SceneDescription,
  engine: PhysicsEngine,
  stepSeconds: number,
  variation: Variation,
): Environment {
  const ids = start.objects.map(({ id }) => id);
  const substeps = Math.max(1, Math.round(stepSeconds * SETTLE_HERTZ));
  let world = createWorld(engine, start);
  let handles = addBodies(world, start);
  let stepsDone = 0;
  let disposed = false;
  const checkAlive = (): void => {
    if (disposed) throw new SceneMakerError('bad-request', 'the environment is disposed of');
  };
  /** Until something is simulated the scene is exactly the one that was loaded. */
  let current: SceneDescription | null = start;

  const driven = (id: string): Driven => {
    checkAlive();
    const body = ids.indexOf(id);
    if (body < 0) {
      throw new SceneMakerError('bad-request', `there is no object ${id}; there are ${ids.join(', ') || 'none'}`, {
        given: id,
        allowed: ids,
      });
    }
    const { properties, pose } = start.objects[body];
    return { world, body: handles[body], mass: bodyMass(properties, pose.size) };
  };
  const state = (): EnvironmentState => {
    checkAlive();
    const bodies = ids.map((id, i) => ({
      id,
      ...world.transformOf(handles[i]),
      velocity: world.velocityOf(handles[i]),
    }));
    return { seconds: stepsDone * stepSeconds, bodies };
  };
  const scene = (): SceneDescription => (current ??= movedScene(start, state().bodies));
  const index = (): SceneIndex => indexScene(scene());

  return {
    engine: engine.name,
    stepSeconds,
    ids,
    state,
    scene,
    reset({ seed } = {}) {
      checkAlive();
      if (seed !== undefined && !Number.isFinite(seed)) {
        throw new SceneMakerError('bad-request', 'a seed is a finite number', { given: seed });
      }
      current = seed === undefined ? start : movedScene(start, varyPoses(start, seed, variation));
      // A world of its own: contacts that an engine remembers would make the same steps differ.
      world.dispose();
      world = createWorld(engine, current);
      handles = addBodies(world, current);
      stepsDone = 0;
      return state();
    },
    step(controls = {}) {
      checkAlive();
      const acting = Object.entries(controls).map(([id, control]) => {
        checkControl(id, control);
        return { control, body: driven(id) };
      });
      const seconds = stepSeconds / substeps;
      for (let i = 0; i < substeps; i++) {
        for (const { body, control } of acting) applyControl(body, control, seconds, (substeps - i) * seconds);
        world.step(seconds);
      }
      for (const { body, control } of acting) endControl(body, control);
      stepsDone++;
      current = null;
      return state();
    },
    applyImpulse(id, impulse, at) {
      checkNumbers(`the impulse on ${id}`, impulse, 3);
      if (at) checkNumbers(`the point on ${id}`, at, 3);
      applyImpulse(driven(id), impulse, at);
    },
    contacts: () => contactsOf(index()),
    raycast: (origin, direction, maxDistance) => raycast(index(), origin, direction, maxDistance),
    render: ({ camera = start.cameras[0], kinds } = {}) => renderSensors(scene(), camera, kinds),
    dispose() {
      if (!disposed) world.dispose();
      disposed = true;
    },
  };
}

/** The report of the settled scene is not one of where things are now. */
function movedScene(
  { physics: _report, ...start }: SceneDescription,
  poses: readonly RigidTransform[],
): SceneDescription {
  return {
    ...start,
    objects: start.objects.map((object, i) => ({
      ...object,
      pose: { rotation: poses[i].rotation, translation: poses[i].translation, size: object.pose.size },
      restsOn: null,
    })),
  };
}
