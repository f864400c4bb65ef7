/** What may be done to a body during a step, and how: every engine is driven by velocities alone. */
import { type RigidTransform, quat, type Quat, SceneMakerError, vec3, type Vec3 } from '@scenemaker/sdk';
import type { BodyHandle, BodyMass, PhysicsWorld, Velocity } from '@scenemaker/sdk/physics';

/** For one body, for one step. Force and torque add to what else acts; of `velocity` and `target` one may be given. */
export interface BodyControl {
  /** Newtons in the world. */
  force?: Vec3;
  /** The point of the world where the force acts, metres. Absent: the centre of mass. */
  at?: Vec3;
  /** Newton metres in the world. */
  torque?: Vec3;
  /** The body is held at this velocity, against gravity, whatever it takes; what stands in the way is pushed. */
  velocity?: Partial<Velocity>;
  /**
   * The body is led to this pose, so that it is there at the end of the step unless something stands in the way or
   * it would have to be faster than 50 m/s. It keeps its last velocity when the control ends.
   */
  target?: RigidTransform;
}

/** By object id. */
export type Controls = Readonly<Record<string, BodyControl>>;

const VECTORS = ['force', 'at', 'torque'] as const;

/** @throws SceneMakerError `bad-request` that names what is not a finite vector, or given twice. */
export function checkControl(id: string, control: BodyControl): void {
  const { velocity, target } = control;
  const vectors: [string, unknown][] = VECTORS.map((key) => [key, control[key]]);
  if (velocity) vectors.push(['velocity.linear', velocity.linear], ['velocity.angular', velocity.angular]);
  for (const [key, value] of vectors) if (value !== undefined) checkNumbers(`${key} of ${id}`, value, 3);
  if (target) {
    checkNumbers(`target.translation of ${id}`, target.translation, 3);
    checkNumbers(`target.rotation of ${id}`, target.rotation, 4);
  }
  if (velocity && target) {
    throw new SceneMakerError('bad-request', `${id} is given a velocity and a target; one of them is allowed`, {
      given: id,
    });
  }
}

export function checkNumbers(name: string, value: unknown, length: number): void {
  if (Array.isArray(value) && value.length === length && value.every(Number.isFinite)) return;
  throw new SceneMakerError('bad-request', `${name} is not ${length} finite numbers`, { given: value });
}

export interface Driven {
  world: PhysicsWorld;
  body: BodyHandle;
  mass: BodyMass;
}

/** Acts on a body before a step of `seconds`, `remaining` of which, this step's included, are left of the control. */
export function applyControl(driven: Driven, control: BodyControl, seconds: number, remaining: number): void {
  const { world, body, mass } = driven;
  const { force, at, torque, velocity, target } = control;
  world.setWeightless(body, isHeld(control));
  if (velocity) world.setVelocity(body, { ...world.velocityOf(body), ...velocity });
  if (target) world.setVelocity(body, velocityTowards(driven, target, remaining));
  if (force) applyImpulse(driven, vec3.scale(force, seconds), at);
  if (torque) {
    const { linear, angular } = world.velocityOf(body);
    const turn = turnOf(mass, world.transformOf(body).rotation, vec3.scale(torque, seconds));
    world.setVelocity(body, { linear, angular: vec3.add(angular, turn) });
  }
}

/** Gives a body back to gravity. */
export function endControl({ world, body }: Driven, control: BodyControl): void {
  if (isHeld(control)) world.setWeightless(body, false);
}

const isHeld = ({ velocity, target }: BodyControl): boolean => target !== undefined || velocity?.linear !== undefined;

/** A push of `impulse` newton seconds at a point of the world; absent: at the centre of mass. */
export function applyImpulse({ world, body, mass }: Driven, impulse: Vec3, at?: Vec3): void {
  const { linear, angular } = world.velocityOf(body);
  const transform = world.transformOf(body);
  const lever = at ? vec3.sub(at, centerOf(mass, transform)) : vec3.ZERO;
  world.setVelocity(body, {
    linear: vec3.addScaled(linear, impulse, 1 / mass.massKg),
    angular: vec3.add(angular, turnOf(mass, transform.rotation, vec3.cross(lever, impulse))),
  });
}

const centerOf = ({ centerOfMass }: BodyMass, { rotation, translation }: RigidTransform): Vec3 =>
  vec3.add(translation, quat.rotate(rotation, centerOfMass));

/** The change of turn speed by an angular impulse, in the world. */
function turnOf({ inertiaPrincipal, inertiaRotation }: BodyMass, rotation: Quat, impulse: Vec3): Vec3 {
  const axes = quat.multiply(rotation, inertiaRotation);
  const [x, y, z] = quat.rotate(quat.conjugate(axes), impulse);
  return quat.rotate(axes, [x / inertiaPrincipal[0], y / inertiaPrincipal[1], z / inertiaPrincipal[2]]);
}

function velocityTowards({ world, body, mass }: Driven, target: RigidTransform, seconds: number): Velocity {
  const now = world.transformOf(body);
  const goal = { translation: target.translation, rotation: quat.normalize(target.rotation) };
  const way = vec3.sub(centerOf(mass, goal), centerOf(mass, now));
  const [x, y, z, w] = quat.multiply(goal.rotation, quat.conjugate(now.rotation));
  // The shorter way round.
  const axis = vec3.scale([x, y, z], w < 0 ? -1 : 1);
  const angle = 2 * Math.atan2(vec3.length(axis), Math.abs(w));
  return {
    linear: vec3.scale(way, 1 / seconds),
    angular: vec3.scale(vec3.normalize(axis), angle / seconds),
  };
}
