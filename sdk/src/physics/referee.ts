/**
 * The judge of a finished scene: it sees only the colliders, masses and poses that the scene holds, and lets an
 * engine, best one that did not make the scene, leave it alone.
 *
 * The project's measure: penetration of every pair at time 0; stable is what moves less than 1 cm and turns less
 * than 3 degrees in 5 s at 2 ms, and overlaps nothing by more than 1 mm. Beside it stand two looser ones:
 *
 * - PhyRecon (J. Ni and others, 2024): after 200 steps of 1/60 s it has sunk by less than 5 cm, and roll and pitch
 *   have changed by less than 5 degrees each.
 * - SceneSmith (N. Pfaff and others, 2026): left to itself it has not tilted by more than 45 degrees; apart from
 *   that, objects that overlap another by more than 1 mm are counted.
 */
import { quat, vec3, type Quat } from '../geometry/index.js';
import { SceneMakerError } from '../protocol/index.js';
import type { RigidTransform, SceneDescription } from '../scene/index.js';
import { createBody } from './collide/body.js';
import { penetrationDepths } from './collide/overlaps.js';
import type { PhysicsEngine } from './engine.js';
import { centimetres, degrees } from './repair/remedy.js';
import { MAX_PENETRATION_METERS } from './report.js';
import { createScaledWorld, worldScale } from './scaled-world.js';
import { populate } from './settle.js';
import { findSupports } from './support.js';

export interface RefereeOptions {
  /** Simulated seconds. */
  seconds?: number;
  stepSeconds?: number;
  /** An object is stable that moves less than this ... */
  stableMeters?: number;
  /** ... turns less than this ... */
  stableRadians?: number;
  /** ... and overlaps nothing by more than this. */
  maxPenetrationMeters?: number;
}

export const REFEREE_DEFAULTS = {
  seconds: 5,
  stepSeconds: 0.002,
  stableMeters: 0.01,
  stableRadians: (3 * Math.PI) / 180,
  maxPenetrationMeters: MAX_PENETRATION_METERS,
} as const;

export interface ObjectVerdict {
  id: string;
  stable: boolean;
  /** Deepest overlap with another object or the ground at the start. */
  penetrationMeters: number;
  /** Height above what it would rest on, at the start. */
  gapMeters: number;
  /** In the time simulated. */
  movedMeters: number;
  turnedDegrees: number;
  /** Why it is not stable; empty when it is. */
  reason: string;
  /** Whether it is stable by the measures of others. */
  byOthers: { phyRecon: boolean; sceneSmith: boolean };
}

export interface SceneVerdict {
  verdict: 'stable' | 'unstable' | 'empty';
  engine: string;
  objects: ObjectVerdict[];
}

/** @throws SceneMakerError `bad-request` for objects without colliders or with poses or masses that are not finite. */
export function refereeScene(
  scene: SceneDescription,
  engine: PhysicsEngine,
  options: RefereeOptions = {},
): SceneVerdict {
  const settings = { ...REFEREE_DEFAULTS, ...options };
  scene.objects.forEach(checkObject);
  if (scene.objects.length === 0) return { verdict: 'empty', engine: engine.name, objects: [] };
  const entries = scene.objects.map(({ id, colliders, pose, properties }) => ({
    body: createBody(id, colliders, pose),
    properties,
  }));
  const bodies = entries.map(({ body }) => body);
  const depths = penetrationDepths(bodies, scene.ground);
  const supports = findSupports(bodies, scene.ground);
  const phyReconSteps = Math.round(PHYRECON.seconds / settings.stepSeconds);
  const steps = Math.max(Math.round(settings.seconds / settings.stepSeconds), phyReconSteps);
  const end = Math.round(settings.seconds / settings.stepSeconds);

  const world = createScaledWorld(engine, FREE, worldScale(bodies.map(({ size }) => size)));
  let early: RigidTransform[] = [];
  let late: RigidTransform[] = [];
  try {
    const handles = populate(world, entries, scene.ground);
    const transforms = (): RigidTransform[] => handles.map((handle) => world.transformOf(handle));
    for (let step = 1; step <= steps; step++) {
      world.step(settings.stepSeconds);
      if (step === phyReconSteps) early = transforms();
      if (step === end) late = transforms();
    }
  } finally {
    world.dispose();
  }

  const objects = scene.objects.map(({ id, pose }, i): ObjectVerdict => {
    const movedMeters = vec3.distance(pose.translation, late[i].translation);
    const turned = quat.angleBetween(pose.rotation, late[i].rotation);
    const stays = movedMeters < settings.stableMeters && turned < settings.stableRadians;
    const clear = depths[i] <= settings.maxPenetrationMeters;
    const reasons = [
      ...(stays ? [] : [`moves ${centimetres(movedMeters)} and turns ${degrees(turned)}`]),
      ...(clear ? [] : [`overlaps by ${(1000 * depths[i]).toFixed(1)} mm`]),
    ];
    return {
      id,
      stable: stays && clear,
      penetrationMeters: depths[i],
      gapMeters: Math.max(0, supports[i].gap),
      movedMeters,
      turnedDegrees: (180 * turned) / Math.PI,
      reason: reasons.join('; '),
      byOthers: {
        phyRecon:
          pose.translation[1] - early[i].translation[1] < PHYRECON.sinkMeters &&
          tilt(pose.rotation, early[i].rotation) < PHYRECON.tiltRadians,
        sceneSmith: tilt(pose.rotation, late[i].rotation) <= SCENESMITH_TILT_RADIANS,
      },
    };
  });
  const verdict = objects.every(({ stable }) => stable) ? 'stable' : 'unstable';
  return { verdict, engine: engine.name, objects };
}

const PHYRECON = { seconds: 200 / 60, sinkMeters: 0.05, tiltRadians: (5 * Math.PI) / 180 } as const;
const SCENESMITH_TILT_RADIANS = Math.PI / 4;

/** Nothing helps a body to stand: no damping, and no limit on speed that it would reach. */
const FREE = { gravity: [0, -9.81, 0], maxSpeed: 100, maxTurnSpeed: 100, turnDamping: 0 } as const;

/** How far a body has tilted, whichever way it has turned about the vertical. */
function tilt(from: Quat, to: Quat): number {
  const up = quat.rotate(quat.multiply(to, quat.conjugate(from)), vec3.UP);
  return Math.acos(Math.min(1, Math.max(-1, up[1])));
}

function checkObject({ id, colliders, pose, properties }: SceneDescription['objects'][number]): void {
  if (colliders.length === 0) {
    throw new SceneMakerError('bad-request', `${id} has no colliders: the scene has not been settled yet.`);
  }
  const { massKg, centerOfMass, inertiaPrincipal, friction } = properties;
  const numbers = [
    ...pose.rotation,
    ...pose.translation,
    pose.size,
    massKg.value,
    ...centerOfMass.value,
    ...inertiaPrincipal.value,
    friction.value,
  ];
  if (numbers.every(Number.isFinite) && massKg.value > 0 && pose.size > 0) return;
  throw new SceneMakerError('bad-request', `The pose and mass of ${id} must be finite, and mass and size above 0.`, {
    given: numbers.join(' '),
  });
}
