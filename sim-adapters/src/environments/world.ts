/** An engine's world with the bodies of a scene, in the order of its objects. */
import { quat, type SceneDescription, vec3, type Vec3 } from '@scenemaker/sdk';
import {
  bodyMass,
  createScaledWorld,
  type PhysicsEngine,
  type PhysicsWorld,
  scaleCollider,
  worldScale,
} from '@scenemaker/sdk/physics';
import { GROUND_DEPTH } from '../shared/bodies.js';

const GRAVITY: Vec3 = [0, -9.81, 0];
/** Scenes are settled with this much rolling resistance, and stay as they are with it. */
const TURN_DAMPING = 1;
const MAX_SPEED = 50;
const MAX_TURN_SPEED = 100;

export function createWorld(engine: PhysicsEngine, { objects }: SceneDescription): PhysicsWorld {
  const sizes = objects.map(({ pose }) => pose.size);
  return createScaledWorld(
    engine,
    { gravity: GRAVITY, maxSpeed: MAX_SPEED, maxTurnSpeed: MAX_TURN_SPEED, turnDamping: TURN_DAMPING },
    sizes.length > 0 ? worldScale(sizes) : 1,
  );
}

/** The ground, fixed, and the objects, whose handles these are. */
export function addBodies(world: PhysicsWorld, { objects, ground }: SceneDescription): number[] {
  const { center, halfExtent, height, friction } = ground;
  world.addBody({
    motion: 'static',
    colliders: [
      {
        kind: 'box',
        center: vec3.ZERO,
        rotation: quat.IDENTITY,
        halfExtents: [halfExtent, GROUND_DEPTH / 2, halfExtent],
      },
    ],
    transform: { translation: [center[0], height - GROUND_DEPTH / 2, center[1]], rotation: quat.IDENTITY },
    friction,
    restitution: 0,
  });
  return objects.map(({ colliders, pose, properties }) =>
    world.addBody({
      motion: 'dynamic',
      colliders: colliders.map((collider) => scaleCollider(collider, pose.size)),
      transform: { translation: pose.translation, rotation: quat.normalize(pose.rotation) },
      friction: properties.friction.value,
      restitution: properties.restitution.value,
      mass: bodyMass(properties, pose.size),
    }),
  );
}
