/** How much memory the models of a stage are taken to need. */
import type { ModelPack } from '../models/index.js';
import type { StageName } from '../stages/stage.js';

/** Weights, and what is computed with them, for a byte of weights: a rule of thumb. */
const BYTES_PER_WEIGHT_BYTE = 1.5;

/** What the manifest says, or else one and a half times its files. Bytes. */
export function stageMemory(pack: ModelPack, name: StageName): number {
  const { memoryBytes, files } = pack.owner(name).stage(name);
  if (memoryBytes !== undefined) return memoryBytes;
  return BYTES_PER_WEIGHT_BYTE * Object.values(files).reduce((sum, { bytes = 0 }) => sum + bytes, 0);
}
