/** Letting a rigid-body engine have its say: run until everything rests. */
import { quat, vec3, type Vec3 } from '../geometry/index.js';
import type { PhysicalProperties, RigidTransform } from '../scene/index.js';
import { createBody, type Body } from './collide/body.js';
import type { BodyHandle, PhysicsEngine, PhysicsWorld } from './engine.js';
import { bodyMass } from './mass.js';
import { scaleCollider } from './scale-collider.js';
import { createScaledWorld, worldScale } from './scaled-world.js';

/** At 60 Hz a stack of six sinks by 5 mm and a heavy body passes through a light one; at 240 Hz by 0.3 mm. */
export const SETTLE_HERTZ = 240;

/** Settling is not falling: bodies start within millimetres of where they end. Metres and seconds. */
const GRAVITY = -9.81;
const MAX_SPEED = 2;
const MAX_TURN_SPEED = 10;
const TURN_DAMPING = 1;

/** Bodies are simulated no smaller than this, metres: on feet of a few centimetres Havok lets things tip that stay at ten times the size. */
const LEAST_SIZE = 1;

export interface SettleBody {
  body: Body;
  properties: PhysicalProperties;
}

export function moveTo(entry: SettleBody, { rotation, translation }: RigidTransform): void {
  const { id, colliders, size } = entry.body;
  entry.body = createBody(id, colliders, { rotation, translation, size });
}

export interface SettleGround {
  height: number;
  center: readonly [number, number];
  halfExtent: number;
  friction: number;
}

export interface SettleResult {
  transforms: RigidTransform[];
  /** Whether each body had stopped moving at the end. */
  atRest: boolean[];
  /** Simulated seconds. */
  seconds: number;
}

export interface SettleLimits {
  /** Simulated seconds after which it ends, at rest or not. */
  maxSeconds: number;
  /** Turns every body a little at the start, this way and that, so that what stands on its tip does not stay there. */
  nudge?: boolean;
  /** Ends it early: asked every eighth of a simulated second. */
  isOver?: (transforms: readonly RigidTransform[]) => boolean;
}

/** Simulates from where the bodies are until all of them rest, or a limit is reached. */
export function settle(
  engine: PhysicsEngine,
  bodies: readonly SettleBody[],
  ground: SettleGround,
  { maxSeconds, nudge = false, isOver = () => false }: SettleLimits,
): SettleResult {
  const options = {
    gravity: [0, GRAVITY, 0],
    maxSpeed: MAX_SPEED,
    maxTurnSpeed: MAX_TURN_SPEED,
    turnDamping: TURN_DAMPING,
  } as const;
  const sizes = bodies.map(({ body }) => body.size);
  const world = createScaledWorld(engine, options, worldScale(sizes, LEAST_SIZE));
  try {
    const handles = populate(world, bodies, ground);
    const windows = Math.ceil(maxSeconds / WINDOW_SECONDS);
    let transforms = handles.map((handle) => world.transformOf(handle));
    let moving = handles.map(() => true);
    let quiet = 0;
    let window = 0;
    while (window < windows && quiet < QUIET_WINDOWS) {
      if (nudge && window < NUDGES) handles.forEach((handle, i) => nudgeBody(world, handle, i + window * 2.5));
      for (let step = 0; step < WINDOW_SECONDS * SETTLE_HERTZ; step++) world.step(1 / SETTLE_HERTZ);
      const now = handles.map((handle) => world.transformOf(handle));
      moving = now.map((transform, i) => hasMoved(transforms[i], transform, bodies[i].body.size));
      transforms = now;
      quiet = moving.includes(true) ? 0 : quiet + 1;
      window++;
      if (isOver(now)) break;
    }
    return { transforms, atRest: moving.map((value) => !value), seconds: window * WINDOW_SECONDS };
  } finally {
    world.dispose();
  }
}

/** Bodies are looked at this often; those that stay put for so many windows on end rest. */
const WINDOW_SECONDS = 0.125;
const QUIET_WINDOWS = 4;

/** How often and how fast a body is turned, rad/s. A cone on its tip falls in a second, a can does not stir. */
const NUDGES = 2;
const NUDGE_SPEED = 0.03;

/** Turns a body about a level axis; `seed` says which. */
function nudgeBody(world: PhysicsWorld, handle: BodyHandle, seed: number): void {
  const { linear, angular } = world.velocityOf(handle);
  const turn: Vec3 = [NUDGE_SPEED * Math.cos(GOLDEN_ANGLE * seed), 0, NUDGE_SPEED * Math.sin(GOLDEN_ANGLE * seed)];
  world.setVelocity(handle, { linear, angular: vec3.add(angular, turn) });
}

const GOLDEN_ANGLE = 2.399963;

/** More than engines' own creep: a twentieth of a millimetre, or its like on a small or large body. */
function hasMoved(from: RigidTransform, to: RigidTransform, size: number): boolean {
  const limit = Math.min(5e-5, 1e-3 * size);
  return (
    vec3.distance(from.translation, to.translation) > limit || quat.angleBetween(from.rotation, to.rotation) > 1e-3
  );
}

/** Puts the ground and the bodies into an empty world. */
export function populate(world: PhysicsWorld, bodies: readonly SettleBody[], ground: SettleGround): BodyHandle[] {
  addGround(world, bodies, ground);
  return bodies.map((entry) => addBody(world, entry));
}

function addGround(world: PhysicsWorld, bodies: readonly SettleBody[], ground: SettleGround): void {
  // However small the ground that was seen, nothing falls off the end of the world.
  let reach = ground.halfExtent;
  for (const { body } of bodies) {
    const [x, , z] = body.translation;
    reach = Math.max(
      reach,
      Math.abs(x - ground.center[0]) + 2 * body.size,
      Math.abs(z - ground.center[1]) + 2 * body.size,
    );
  }
  const thickness = Math.max(0.5, 0.05 * reach);
  world.addBody({
    motion: 'static',
    colliders: [
      {
        kind: 'box',
        center: [0, 0, 0],
        rotation: quat.IDENTITY,
        halfExtents: [reach + 1, thickness, reach + 1],
      },
    ],
    transform: {
      translation: [ground.center[0], ground.height - thickness, ground.center[1]],
      rotation: quat.IDENTITY,
    },
    friction: ground.friction,
    restitution: 0,
  });
}

function addBody(world: PhysicsWorld, { body, properties }: SettleBody): BodyHandle {
  return world.addBody({
    motion: 'dynamic',
    colliders: body.colliders.map((collider) => scaleCollider(collider, body.size)),
    transform: { translation: body.translation, rotation: body.rotation },
    friction: properties.friction.value,
    restitution: 0,
    mass: bodyMass(properties, body.size),
  });
}
