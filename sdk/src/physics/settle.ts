/** Letting a rigid-body engine have its say: run until everything sleeps. */
import { quat, vec3, type Vec3 } from '../geometry/index.js';
import type { Collider, PhysicalProperties, RigidTransform } from '../scene/index.js';
import type { Body } from './collide/body.js';
import type { BodyHandle, PhysicsEngine, PhysicsWorld } from './engine.js';
import { bodyMass } from './mass.js';

/** At 60 Hz a stack of six sinks by 5 mm and a heavy body passes through a light one; at 240 Hz by 0.3 mm. */
export const SETTLE_HERTZ = 240;

/** Settling is not falling: bodies start within millimetres of where they end. */
const WORLD = { gravity: [0, -9.81, 0], maxSpeed: 2, maxTurnSpeed: 10 } as const;

export interface SettleBody {
  body: Body;
  properties: PhysicalProperties;
}

export interface SettleGround {
  height: number;
  center: readonly [number, number];
  halfExtent: number;
  friction: number;
}

export interface SettleResult {
  transforms: RigidTransform[];
  /** Whether each body slept at the end. */
  asleep: boolean[];
  /** Simulated seconds. */
  seconds: number;
}

/** Simulates from where the bodies are, for at most `maxSeconds`, or until all of them sleep. */
export function settle(engine: PhysicsEngine, bodies: readonly SettleBody[], ground: SettleGround, maxSeconds: number): SettleResult {
  const world = engine.createWorld(WORLD);
  try {
    addGround(world, bodies, ground);
    const handles = bodies.map((entry) => addBody(world, entry));
    const steps = Math.ceil(maxSeconds * SETTLE_HERTZ);
    let step = 0;
    // An engine may take a body for asleep before it has begun to move.
    while (step < steps && (step < 24 || step % 12 !== 0 || !allAsleep(world, handles))) {
      world.step(1 / SETTLE_HERTZ);
      step++;
    }
    return {
      transforms: handles.map((handle) => world.transformOf(handle)),
      asleep: handles.map((handle) => isAtRest(world, handle)),
      seconds: step / SETTLE_HERTZ,
    };
  } finally {
    world.dispose();
  }
}

const allAsleep = (world: PhysicsWorld, handles: readonly BodyHandle[]): boolean => handles.every((handle) => world.isAsleep(handle));

function isAtRest(world: PhysicsWorld, handle: BodyHandle): boolean {
  if (world.isAsleep(handle)) return true;
  const { linear, angular } = world.speedOf(handle);
  return linear < 0.005 && angular < 0.05;
}

function addGround(world: PhysicsWorld, bodies: readonly SettleBody[], ground: SettleGround): void {
  // However small the ground that was seen, nothing falls off the end of the world.
  let reach = ground.halfExtent;
  for (const { body } of bodies) {
    const [x, , z] = body.translation;
    reach = Math.max(reach, Math.abs(x - ground.center[0]) + 2 * body.size, Math.abs(z - ground.center[1]) + 2 * body.size);
  }
  const thickness = Math.max(0.5, 0.05 * reach);
  world.addBody({
    motion: 'static',
    colliders: [{ kind: 'box', center: [0, 0, 0], rotation: quat.IDENTITY, halfExtents: [reach + 1, thickness, reach + 1] }],
    transform: { translation: [ground.center[0], ground.height - thickness, ground.center[1]], rotation: quat.IDENTITY },
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

/** A collider of canonical space at an object's real size. */
export function scaleCollider(collider: Collider, size: number): Collider {
  const scaled = (v: Vec3): Vec3 => vec3.scale(v, size);
  switch (collider.kind) {
    case 'box':
      return { ...collider, center: scaled(collider.center), halfExtents: scaled(collider.halfExtents) };
    case 'sphere':
      return { ...collider, center: scaled(collider.center), radius: collider.radius * size };
    case 'cylinder':
    case 'capsule':
      return { ...collider, center: scaled(collider.center), radius: collider.radius * size, halfHeight: collider.halfHeight * size };
    case 'hull':
      return { ...collider, positions: collider.positions.map((value) => value * size) };
  }
}
