/** Edits to a settled scene. What only changes how a body behaves holds at once; what moves bodies settles again. */
import { SceneMakerError, type SceneDescription, type SceneObject } from '@scenemaker/sdk';
import { settle } from '../work/work.js';
import { editObject, type ObjectEdits, removeObject, replaceObject } from './edit-object.js';
import type { Run } from './run.js';
import { selected } from './view.js';

/** Errors: bad-request for a value out of range. */
export function changeObject(run: Run, object: SceneObject, edits: ObjectEdits): void {
  const scene = run.scene.value;
  if (!scene) return;
  const edited = replaceObject(scene, editObject(object, edits));
  if (edits.sizeMeters === undefined) run.scene.value = edited;
  else void settleAgain(run, edited);
}

export function dropObject(run: Run, id: string): void {
  const scene = run.scene.value;
  if (!scene) return;
  selected.value = undefined;
  void settleAgain(run, removeObject(scene, id));
}

async function settleAgain(run: Run, scene: SceneDescription): Promise<void> {
  run.phase.value = 'settling';
  try {
    run.scene.value = await settle(scene);
    run.phase.value = 'ready';
  } catch (thrown) {
    run.error.value = SceneMakerError.from(thrown);
    run.phase.value = 'failed';
  }
}
