/**
 * What SceneMaker needs of a rigid-body engine, and no more. Settling, repair and the referees in tests
 * are written against this port.
 *
 * World frame: right-handed, y up, metres, kilograms, seconds. Quaternions are xyzw.
 */
import type { Quat, Vec3 } from '../geometry/index.js';
import type { Collider, RigidTransform } from '../scene/index.js';

export interface PhysicsEngine {
  /** Name and version, as it stands in reports. */
  readonly name: string;
  createWorld(options: WorldOptions): PhysicsWorld;
}

export interface WorldOptions {
  gravity: Vec3;
  /** No body moves faster, m/s. */
  maxSpeed: number;
  /** No body turns faster, rad/s. */
  maxTurnSpeed: number;
  /** Share of its turn speed that a body loses in a second: stands for rolling resistance, which engines lack. */
  turnDamping: number;
}

export interface BodySpec {
  motion: 'static' | 'dynamic';
  /** In the body's frame, at real size, metres. More than one make a compound. */
  colliders: readonly Collider[];
  transform: RigidTransform;
  friction: number;
  restitution: number;
  /** Needed for dynamic bodies. */
  mass?: BodyMass;
}

export interface BodyMass {
  massKg: number;
  /** In the body's frame, metres. */
  centerOfMass: Vec3;
  /** kg m^2 about the centre of mass. An engine that wants it per kilogram divides. */
  inertiaPrincipal: Vec3;
  /** Turns the principal frame to the body's frame. */
  inertiaRotation: Quat;
}

/** In the world's frame. */
export interface Velocity {
  /** Of the centre of mass, m/s. */
  linear: Vec3;
  /** About the centre of mass, rad/s. */
  angular: Vec3;
}

/** Names a body within its world. */
export type BodyHandle = number;

export interface PhysicsWorld {
  addBody(spec: BodySpec): BodyHandle;
  transformOf(body: BodyHandle): RigidTransform;
  velocityOf(body: BodyHandle): Velocity;
  /** Of a dynamic body; effective from the next step on. */
  setVelocity(body: BodyHandle, velocity: Velocity): void;
  /** Whether gravity passes a dynamic body by, from the next step on. */
  setWeightless(body: BodyHandle, weightless: boolean): void;
  /** No body may be put to sleep: engines do so by rules of their own, and what sleeps has not shown that it stands. */
  step(seconds: number): void;
  /** Frees everything in the world; no method may be called afterwards. */
  dispose(): void;
}
