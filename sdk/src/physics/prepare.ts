/** A description made ready for physics: checked, and every object with colliders, mass and a body. */
import type { MassProperties } from '../geometry/index.js';
import { SceneMakerError } from '../protocol/index.js';
import type { Ground, SceneDescription, SceneObject } from '../scene/index.js';
import { bottomOf, createBody, type Body } from './collide/body.js';
import { fitColliders, type ColliderOptions } from './colliders/colliders.js';
import { physicalProperties, type PropertyOverrides } from './mass.js';
import type { SettleBody } from './settle.js';

export interface PrepareOptions extends ColliderOptions {
  /** Known properties by object id; they win over guesses. */
  properties?: Record<string, PropertyOverrides>;
}

export interface PreparedScene {
  /** As described, or beneath the lowest object where the description says that none was seen. */
  ground: Ground;
  objects: SceneObject[];
  /** One for each object, where it was estimated to be. */
  entries: SettleBody[];
  /** What was wrong with each mesh; empty when nothing. */
  notes: string[];
  /** Solids in canonical space, for density 1, and what is known of each object. */
  masses: MassProperties[];
  overrides: PropertyOverrides[];
}

/** Sizes that single precision and engines can hold, metres. */
const SIZES = [1e-4, 1e4] as const;

/** @throws SceneMakerError `bad-request` for a pose or ground that is not finite, or a size out of range. */
export function checkScene({ objects, ground }: SceneDescription): void {
  objects.forEach(checkPose);
  checkGround(ground);
}

/** @throws SceneMakerError as `checkScene`. */
export function prepareScene(description: SceneDescription, options: PrepareOptions = {}): PreparedScene {
  checkScene(description);
  const fitted = description.objects.map(({ mesh }) => fitColliders(mesh, options));
  const masses = fitted.map(({ mass }) => mass);
  const overrides = description.objects.map((object) => ({
    ...givenProperties(object),
    ...options.properties?.[object.id],
  }));
  const objects = description.objects.map((object, i) => ({
    ...object,
    colliders: fitted[i].colliders,
    properties: physicalProperties(object.label, masses[i], object.pose.size, overrides[i]),
  }));
  const entries = objects.map(({ id, colliders, pose, properties }) => ({
    body: createBody(id, colliders, pose),
    properties,
  }));
  const ground = groundUnder(
    description.ground,
    entries.map((entry) => entry.body),
  );
  return { ground, objects, entries, masses, overrides, notes: fitted.map(({ note }) => note) };
}

function checkPose({ id, pose: { rotation, translation, size } }: SceneObject): void {
  const numbers = [...rotation, ...translation, size];
  if (!numbers.every(Number.isFinite) || Math.hypot(...rotation) < 1e-6) {
    throw new SceneMakerError('bad-request', `The pose of ${id} must be finite numbers with a rotation.`, {
      given: numbers.join(' '),
    });
  }
  if (size < SIZES[0] || size > SIZES[1]) {
    throw new SceneMakerError('bad-request', `The size of ${id} must be ${SIZES[0]} to ${SIZES[1]} m.`, {
      given: size,
      allowed: SIZES,
    });
  }
}

function checkGround({ height, halfExtent, center, friction }: Ground): void {
  const numbers = [height, halfExtent, ...center, friction];
  if (numbers.every(Number.isFinite) && halfExtent > 0 && friction >= 0) return;
  throw new SceneMakerError('bad-request', 'The ground must have a finite height, middle and extent, and friction.', {
    given: numbers.join(' '),
  });
}

/** Where no ground was seen there is one all the same, or everything would fall: it touches the lowest object. */
function groundUnder(ground: Ground, bodies: readonly Body[]): Ground {
  if (ground.confidence > 0 || bodies.length === 0) return ground;
  return { ...ground, height: Math.min(...bodies.map((body) => bottomOf(body))) };
}

function givenProperties({ properties }: SceneObject): PropertyOverrides {
  const { material, densityKgPerM3, massKg, friction, restitution } = properties;
  return {
    ...(material.source === 'given' && { material: material.value }),
    ...(densityKgPerM3.source === 'given' && { densityKgPerM3: densityKgPerM3.value }),
    ...(massKg.source === 'given' && { massKg: massKg.value }),
    ...(friction.source === 'given' && { friction: friction.value }),
    ...(restitution.source === 'given' && { restitution: restitution.value }),
  };
}
