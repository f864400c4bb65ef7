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
  run.past.value = [...run.past.value, scene];
  if (edits.sizeMeters === undefined) run.scene.value = edited;
  else void settleAgain(run, edited);
}

export function dropObject(run: Run, id: string): void {
  const scene = run.scene.value;
  if (!scene) return;
  selected.value = undefined;
  run.past.value = [...run.past.value, scene];
  void settleAgain(run, removeObject(scene, id));
}

/** The scene as it was before the last edit. */
export function undoEdit(run: Run): void {
  const before = run.past.value.at(-1);
  if (!before || run.phase.value !== 'ready') return;
  run.past.value = run.past.value.slice(0, -1);
  run.scene.value = before;
}

async function settleAgain(run: Run, scene: SceneDescription): Promise<void> {
  run.phase.value = 'settling';
  try {
    // Without the picture's word: sizes stay as they are, and what has lost its support falls.
    const settled = await settle({ ...scene, cameras: [] });
    run.scene.value = { ...settled, cameras: scene.cameras };
    run.phase.value = 'ready';
  } catch (thrown) {
    run.error.value = SceneMakerError.from(thrown);
    run.phase.value = 'failed';
  }
}
