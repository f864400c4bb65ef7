/** The project's own test of a settled scene: left alone, nothing moves. */
import type { Ground, Pose, RigidTransform } from '../scene/index.js';
import { poseOf } from './collide/body.js';
import { penetrationDepths } from './collide/overlaps.js';
import type { PhysicsEngine } from './engine.js';
import { creeps, MAX_PENETRATION_METERS, type StabilityLimits } from './report.js';
import { moveTo, settle, type SettleBody } from './settle.js';

export interface LeaveAloneInput {
  engine: PhysicsEngine;
  /** Settled; moved on where they still creep. */
  entries: SettleBody[];
  ground: Ground;
  /** Grounds and parts the bodies. */
  regroup: () => void;
  limits: StabilityLimits & { checkSeconds: number };
  /** Ends it early, as soon as something leaves its place that can be helped. */
  isOver: (settled: readonly Pose[], transforms: readonly RigidTransform[]) => boolean;
}

export interface LeftAlone {
  /** The poses that were tested, and where the bodies were at the end. */
  settled: Pose[];
  alone: readonly RigidTransform[];
  /** Deepest overlap of each body at the start, metres. */
  depths: Float64Array;
}

/** How often a scene that creeps on is given more time. */
const MAX_CHECKS = 2;

export function leaveAlone({ engine, entries, ground, regroup, limits, isOver }: LeaveAloneInput): LeftAlone {
  const measure = (): Float64Array =>
    penetrationDepths(
      entries.map(({ body }) => body),
      ground,
    );
  for (let round = 0; ; round++) {
    let depths = measure();
    if (depths.some((depth) => depth > MAX_PENETRATION_METERS)) {
      // The engine leaves heavy bodies a little inside light ones, and wedges in cracks.
      regroup();
      depths = measure();
    }
    const settled = entries.map(({ body }) => poseOf(body));
    const { transforms: alone } = settle(engine, entries, ground, {
      maxSeconds: limits.checkSeconds,
      isOver: (transforms) => isOver(settled, transforms),
    });
    const isStill = !settled.some((pose, i) => creeps(pose, alone[i], limits));
    if (isStill || round >= MAX_CHECKS || isOver(settled, alone)) return { settled, alone, depths };
    // Where it crept to is nearer to rest than where it was.
    entries.forEach((entry, i) => moveTo(entry, alone[i]));
  }
}
