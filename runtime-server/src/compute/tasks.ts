/** What is computed around the models, mostly of each object by itself: pure functions of what can be handed to another thread. */
import { massProperties } from '@scenemaker/sdk';
import { layOut } from '../scene-layout.js';
import { coarseMesh } from '../stages/coarse-mesh.js';
import { fillHidden, lookAtHidden } from '../stages/deocclusion.js';
import { measureClosed, measureGeometry } from '../stages/mesh-geometry.js';
import { fitPose } from '../stages/pose-fit.js';
import { tellScene } from '../stages/pose-inputs.js';
import { gatherEvidence } from '../stages/pose-score.js';
import { observeShape, shapeFromField } from '../stages/shape-field.js';
import { textureMesh } from '../textures/texture-mesh.js';
import { flattenCharts } from '../textures/unwrap.js';

const TASKS = {
  layOut,
  lookAtHidden,
  fillHidden,
  observeShape,
  shapeFromField,
  coarseMesh,
  measureClosed,
  measureGeometry,
  flattenCharts,
  massProperties,
  tellScene,
  gatherEvidence,
  fitPose,
  textureMesh,
};

export type TaskName = keyof typeof TASKS;
export const TASK_NAMES = Object.keys(TASKS) as TaskName[];

type Later<Task> = Task extends (...args: infer Args) => infer Made ? (...args: Args) => Promise<Awaited<Made>> : never;

/** Carries the tasks out, here or in other threads. Each throws what its function throws. */
export type Compute = { [Name in TaskName]: Later<(typeof TASKS)[Name]> };

/** Where tasks are carried out by `carryOut`. */
export const computeBy = (carryOut: (task: TaskName, args: unknown[]) => Promise<unknown>): Compute =>
  Object.fromEntries(
    TASK_NAMES.map((task) => [task, (...args: unknown[]) => carryOut(task, args)]),
  ) as unknown as Compute;

export const carryOutHere = async (task: TaskName, args: unknown[]): Promise<unknown> =>
  (TASKS[task] as (...given: unknown[]) => unknown)(...args);

export const computeHere: Compute = computeBy(carryOutHere);
