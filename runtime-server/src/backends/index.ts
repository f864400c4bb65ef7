/**
 * Who serves each stage: the pack's manifest names a backend by stage, and the backend opens it.
 *
 *   manifest.json ─► openStage('depth', pack) ─► backends/<name> ─► Stage<DepthInput, DepthOutput>
 *
 * A backend is loaded when a pack names it. Stages know nothing of backends, models nothing of either.
 */
import { SceneMakerError } from '@scenemaker/sdk';
import { type BackendName, type ModelPack, OBJECTS_AT_ONCE, type SessionOptions } from '../models/index.js';
import { atOnce, type Stage, STAGE_NAMES, type StageName, type Stages } from '../stages/stage.js';
import type { Backend, OpenStage } from './backend.js';
import { stageMemory } from './memory.js';
import { StageShelf } from './shelf.js';

const BACKENDS: Record<BackendName, () => Promise<Backend>> = {
  onnx: async () => (await import('./onnx.js')).onnx,
  transformers: async () => (await import('./transformers/index.js')).transformers,
  moge: async () => (await import('./moge/index.js')).moge,
  triposg: async () => (await import('./triposg/index.js')).triposg,
  triposr: async () => (await import('./triposr/index.js')).triposr,
  kserve: async () => (await import('./kserve/index.js')).kserve,
};

export interface StageOptions extends SessionOptions {
  /** Stages are kept loaded only as far as they take no more than this together, bytes; see `stageMemory`. */
  memoryLimit?: number;
}

/** Errors: pack-corrupt for a stage that the backend cannot serve; those of the backend. */
export async function openStage<Name extends StageName>(
  name: Name,
  pack: ModelPack,
  options: SessionOptions = {},
): Promise<Stages[Name]> {
  const owner = pack.owner(name);
  const { backend } = owner.stage(name);
  const stages = await BACKENDS[backend]();
  const open: OpenStage<Name> | undefined = stages[name];
  if (open !== undefined) return open(owner, options);
  throw new SceneMakerError('pack-corrupt', `pack ${owner.label}: ${backend} cannot serve the stage ${name}`, {
    given: name,
    allowed: Object.keys(stages),
  });
}

/**
 * Every stage of the pack. Without `memoryLimit` all are loaded; with it, each is when it is needed, and those used
 * longest ago are released for it. Errors: those of `openStage`; bad-request for a stage that alone is over the limit.
 */
export async function openStages(pack: ModelPack, options: StageOptions = {}): Promise<Stages> {
  const { memoryLimit = Infinity, ...session } = options;
  const shelf = new StageShelf(memoryLimit);
  // Graphs of others are exported for one object at a time, unless the manifest says more.
  const batchOf = (name: StageName): number => {
    const { backend, batch = backend === 'onnx' ? Infinity : 1 } = pack.owner(name).stage(name);
    return Math.min(options.batch ?? OBJECTS_AT_ONCE[options.device ?? 'cpu'], batch);
  };
  const place = <Input, Output>(
    name: StageName,
    open: (options: SessionOptions) => Promise<Stage<Input, Output>>,
  ): Stage<Input, Output> => {
    const batch = batchOf(name);
    const placed = shelf.place(name, stageMemory(pack, name), () => open({ ...session, batch }));
    if (pack.owner(name).stage(name).backend === 'onnx') return { ...placed, batch };
    // Models of others take one object at a time where they are not known to take more.
    return {
      ...placed,
      batch,
      run: (input, { inTurn = atOnce, ...context }) => inTurn(() => placed.run(input, context)),
    };
  };
  const stages: Stages = {
    segment: place('segment', (opened) => openStage('segment', pack, opened)),
    depth: place('depth', (opened) => openStage('depth', pack, opened)),
    deocclude: place('deocclude', (opened) => openStage('deocclude', pack, opened)),
    shape: place('shape', (opened) => openStage('shape', pack, opened)),
    pose: place('pose', (opened) => openStage('pose', pack, opened)),
  };
  try {
    for (const name of STAGE_NAMES) await shelf.preload(name);
    return stages;
  } catch (error) {
    await disposeStages(stages);
    throw error;
  }
}

export async function disposeStages(stages: Stages): Promise<void> {
  await Promise.all(Object.values(stages).map((stage: Stages[StageName]) => stage.dispose()));
}
