/** Scenes that can be acted on. */
export {
  createEnvironment,
  ENVIRONMENT_ENGINES,
  type BodyState,
  type Environment,
  type EnvironmentEngine,
  type EnvironmentOptions,
  type EnvironmentState,
} from './environment.js';
export type { BodyControl, Controls } from './controls.js';
export { createMujocoEngine } from './mujoco.js';
export { VARIATION_DEFAULTS, type Variation } from './variation.js';
