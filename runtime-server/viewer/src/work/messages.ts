/** What the page asks of its worker, and what it answers. */
import type { SceneDescription } from '@scenemaker/sdk';
import type { ExportFormat } from '@scenemaker/sim-adapters';

export interface Tasks {
  settle: { input: SceneDescription; output: SceneDescription };
  export: { input: { scene: SceneDescription; format: ExportFormat }; output: ExportedFile };
}

export interface ExportedFile {
  name: string;
  type: string;
  bytes: Uint8Array<ArrayBuffer>;
}

export type TaskName = keyof Tasks;

export interface Ask<Name extends TaskName = TaskName> {
  id: number;
  task: Name;
  input: Tasks[Name]['input'];
}

export type Answer =
  | { id: number; output: Tasks[TaskName]['output'] }
  /** As `toWireError` gives it: errors lose their class on the way. */
  | { id: number; error: unknown };
