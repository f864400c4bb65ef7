/** Work that would make the page stand still, in a worker. */
import { fromWireError, type SceneDescription, type WireError } from '@scenemaker/sdk';
import type { ExportFormat } from '@scenemaker/sim-adapters';
import type { Answer, Ask, ExportedFile, TaskName, Tasks } from './messages.js';

let worker: Worker | undefined;
let lastId = 0;
const waiting = new Map<number, { resolve: (output: never) => void; reject: (error: unknown) => void }>();

/** Colliders, masses, supports, and poses that stay as they are. Errors: bad-request, internal. */
export const settle = (scene: SceneDescription): Promise<SceneDescription> => ask('settle', scene);

/** One file; several are packed into a ZIP. Errors: bad-request. */
export const exportFile = (scene: SceneDescription, format: ExportFormat): Promise<ExportedFile> =>
  ask('export', { scene, format });

/** Loads the worker's code ahead of its first task. */
export function warmUp(): void {
  worker ??= start();
}

function ask<Name extends TaskName>(task: Name, input: Tasks[Name]['input']): Promise<Tasks[Name]['output']> {
  warmUp();
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker?.postMessage({ id, task, input } satisfies Ask<Name>);
  });
}

function start(): Worker {
  const started = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  started.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ('error' in data) asked?.reject(fromWireError(data.error as WireError));
    else asked?.resolve(data.output as never);
  });
  started.addEventListener('error', ({ message }) => {
    worker = undefined;
    for (const { reject } of waiting.values())
      reject(new Error(message || 'the worker of this page could not be loaded'));
    waiting.clear();
  });
  return started;
}
