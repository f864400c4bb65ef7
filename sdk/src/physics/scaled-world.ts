/**
 * Lengths multiplied on the way into an engine and divided on the way out, so that bodies have sizes that it
 * is good at. Masses and times stay, so that speeds grow like lengths and moments of inertia like areas.
 */
import { vec3 } from '../geometry/index.js';
import type { BodySpec, PhysicsEngine, PhysicsWorld, WorldOptions } from './engine.js';
import { scaleCollider } from './scale-collider.js';

/** Sizes an engine is made for, metres. Havok lets a stack of 2 cm cubes sink through the ground. */
const GOOD_SIZES = [0.1, 20] as const;

/**
 * What lengths are multiplied by when the longest sides of the bodies are `sizes`, metres.
 *
 * @param least What the smallest body should become at least, metres.
 */
export function worldScale(sizes: readonly number[], least: number = GOOD_SIZES[0]): number {
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  // Where both ends cannot be had, large bodies are no harm to small ones; too large a number is.
  return Math.min(Math.max(1, least / smallest), GOOD_SIZES[1] / largest);
}

/** A world that is told and tells true metres, and simulates lengths `scale` times as long. */
export function createScaledWorld(engine: PhysicsEngine, options: WorldOptions, scale: number): PhysicsWorld {
  const world = engine.createWorld({
    ...options,
    gravity: vec3.scale(options.gravity, scale),
    maxSpeed: options.maxSpeed * scale,
  });
  return {
    ...world,
    addBody: (spec) => world.addBody(scaleBody(spec, scale)),
    transformOf(body) {
      const { translation, rotation } = world.transformOf(body);
      return { translation: vec3.scale(translation, 1 / scale), rotation };
    },
    velocityOf(body) {
      const { linear, angular } = world.velocityOf(body);
      return { linear: vec3.scale(linear, 1 / scale), angular };
    },
    setVelocity: (body, { linear, angular }) => world.setVelocity(body, { linear: vec3.scale(linear, scale), angular }),
  };
}

function scaleBody({ mass, ...spec }: BodySpec, scale: number): BodySpec {
  return {
    ...spec,
    colliders: spec.colliders.map((collider) => scaleCollider(collider, scale)),
    transform: { ...spec.transform, translation: vec3.scale(spec.transform.translation, scale) },
    ...(mass && {
      mass: {
        ...mass,
        centerOfMass: vec3.scale(mass.centerOfMass, scale),
        inertiaPrincipal: vec3.scale(mass.inertiaPrincipal, scale * scale),
      },
    }),
  };
}
