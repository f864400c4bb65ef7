/**
 * Rapier behind the SDK's engine port, as a second opinion on settled scenes. The package is optional.
 *
 * World frame: right-handed, y up, metres. Cylinders and capsules have their axis along y, as ours.
 */
import type RAPIER from '@dimforge/rapier3d-compat';
import type { RigidBody } from '@dimforge/rapier3d-compat';
import { type Collider, quat, SceneMakerError, vec3, type Vec3 } from '@scenemaker/sdk';
import type { BodySpec, PhysicsEngine, PhysicsWorld, WorldOptions } from '@scenemaker/sdk/physics';

type Rapier = typeof RAPIER;

/**
 * Rapier's tolerances are shares of this length, metres, and made for bodies of a metre at its default of 1: with them a
 * bowl of 30 cm creeps by 2.6 cm in 5 s, with this by 0.2 mm.
 */
const LENGTH_UNIT = 0.03;

/** Errors: package-missing where `@dimforge/rapier3d-compat` is not installed. */
export async function createRapierEngine(): Promise<PhysicsEngine> {
  const rapier = await loadRapier();
  return { name: `rapier ${rapier.version()}`, createWorld: (options) => createRapierWorld(rapier, options) };
}

async function loadRapier(): Promise<Rapier> {
  try {
    const rapier = await import('@dimforge/rapier3d-compat');
    await rapier.init();
    return rapier;
  } catch (cause) {
    throw new SceneMakerError(
      'package-missing',
      'Rapier is not installed; install it with: npm install @dimforge/rapier3d-compat@0.21.0',
      { given: '@dimforge/rapier3d-compat', cause },
    );
  }
}

function createRapierWorld(rapier: Rapier, options: WorldOptions): PhysicsWorld {
  const world = new rapier.World(xyz(options.gravity));
  world.lengthUnit = LENGTH_UNIT;
  const bodies: RigidBody[] = [];

  function addBody(spec: BodySpec): number {
    const [x, y, z] = spec.transform.translation;
    const desc = (spec.motion === 'static' ? rapier.RigidBodyDesc.fixed() : rapier.RigidBodyDesc.dynamic())
      .setTranslation(x, y, z)
      .setRotation(xyzw(spec.transform.rotation))
      .setAngularDamping(options.turnDamping)
      .setCanSleep(false);
    if (spec.motion === 'dynamic' && spec.mass) {
      const { massKg, centerOfMass, inertiaPrincipal, inertiaRotation } = spec.mass;
      desc.setAdditionalMassProperties(massKg, xyz(centerOfMass), xyz(inertiaPrincipal), xyzw(inertiaRotation));
    }
    const body = world.createRigidBody(desc);
    for (const collider of spec.colliders) {
      const shape = shapeOf(rapier, collider);
      if (!shape) continue;
      // The product of square roots is the geometric mean, as with Havok.
      shape.setFriction(Math.sqrt(spec.friction)).setFrictionCombineRule(rapier.CoefficientCombineRule.Multiply);
      world.createCollider(shape.setDensity(0).setRestitution(spec.restitution), body);
    }
    return bodies.push(body) - 1;
  }

  return {
    addBody,
    transformOf(handle) {
      const [t, r] = [bodies[handle].translation(), bodies[handle].rotation()];
      return { translation: [t.x, t.y, t.z], rotation: quat.normalize([r.x, r.y, r.z, r.w]) };
    },
    velocityOf(handle) {
      const [v, w] = [bodies[handle].linvel(), bodies[handle].angvel()];
      return { linear: [v.x, v.y, v.z], angular: [w.x, w.y, w.z] };
    },
    setVelocity(handle, { linear, angular }) {
      bodies[handle].setLinvel(xyz(linear), true);
      bodies[handle].setAngvel(xyz(angular), true);
    },
    setWeightless: (handle, weightless) => bodies[handle].setGravityScale(weightless ? 0 : 1, true),
    step(seconds) {
      world.timestep = seconds;
      world.step();
      for (const body of bodies) if (body.isDynamic()) limitSpeed(body, options);
    },
    dispose: () => world.free(),
  };
}

function limitSpeed(body: RigidBody, { maxSpeed, maxTurnSpeed }: WorldOptions): void {
  const [v, w] = [body.linvel(), body.angvel()];
  const [linear, angular]: Vec3[] = [
    [v.x, v.y, v.z],
    [w.x, w.y, w.z],
  ];
  const [speed, turn] = [vec3.length(linear), vec3.length(angular)];
  if (speed > maxSpeed) body.setLinvel(xyz(vec3.scale(linear, maxSpeed / speed)), true);
  if (turn > maxTurnSpeed) body.setAngvel(xyz(vec3.scale(angular, maxTurnSpeed / turn)), true);
}

/** Null for a hull without volume. */
function shapeOf(rapier: Rapier, collider: Collider) {
  const { ColliderDesc } = rapier;
  switch (collider.kind) {
    case 'hull':
      return ColliderDesc.convexHull(Float32Array.from(collider.positions));
    case 'sphere': {
      const [x, y, z] = collider.center;
      return ColliderDesc.ball(collider.radius).setTranslation(x, y, z);
    }
    case 'box': {
      const [x, y, z] = collider.center;
      const shape = ColliderDesc.cuboid(...collider.halfExtents);
      return shape.setTranslation(x, y, z).setRotation(xyzw(collider.rotation));
    }
    case 'cylinder':
    case 'capsule': {
      const [x, y, z] = collider.center;
      const { halfHeight, radius, kind } = collider;
      const shape = ColliderDesc[kind](halfHeight, radius);
      return shape.setTranslation(x, y, z).setRotation(xyzw(collider.rotation));
    }
  }
}

const xyz = ([x, y, z]: Vec3) => ({ x, y, z });
const xyzw = ([x, y, z, w]: readonly [number, number, number, number]) => ({ x, y, z, w });
