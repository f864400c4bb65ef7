/** What is computed of each object by itself, without models: pure functions of what can be handed to another thread. */
import { meshToDistanceField } from '@scenemaker/sdk';
import { fitPose } from '../stages/pose-fit.js';
import { textureMesh } from '../textures/texture-mesh.js';

type Later<Task> = Task extends (...args: infer Args) => infer Made ? (...args: Args) => Promise<Awaited<Made>> : never;

/** Carries the tasks out, here or in other threads. Each throws what its function throws. */
export interface Compute {
  meshToDistanceField: Later<typeof meshToDistanceField>;
  fitPose: Later<typeof fitPose>;
  textureMesh: Later<typeof textureMesh>;
}

export const computeHere: Compute = {
  meshToDistanceField: async (...args) => meshToDistanceField(...args),
  fitPose: async (...args) => fitPose(...args),
  textureMesh,
};
