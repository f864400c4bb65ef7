/** The engines that can judge a scene. */
import { createHavokEngine, type PhysicsEngine } from '@scenemaker/sdk/physics';
import { createMujocoEngine } from '@scenemaker/sim-adapters/environments';
import { createRapierEngine } from './rapier.js';

/** Each loads its module when asked for; the last two are optional packages, and fail with package-missing. */
export const REFEREES = {
  havok: () => createHavokEngine(),
  mujoco: () => createMujocoEngine(),
  rapier: () => createRapierEngine(),
} as const satisfies Record<string, () => Promise<PhysicsEngine>>;

export type RefereeName = keyof typeof REFEREES;

export const REFEREE_NAMES = Object.keys(REFEREES) as RefereeName[];

export const isReferee = (name: string): name is RefereeName => Object.hasOwn(REFEREES, name);
