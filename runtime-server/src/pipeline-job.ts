/** One run of a pipeline: what was asked for, and who answers. */
import type { Compute } from './compute/tasks.js';
import type { PipelineInput } from './pipeline-input.js';
import type { Reporter } from './pipeline-report.js';
import type { PipelineRequest } from './pipeline-types.js';
import { encodeMask, resizeMask } from './stages/mask-ops.js';
import type { Mask, Stages } from './stages/stage.js';

/** Sampling effort for each quality, where 1 is what the pack recommends. */
export const EFFORT = { fast: 0.5, standard: 1, best: 2 } as const;

export interface Job {
  stages: Stages;
  compute: Compute;
  request: PipelineRequest;
  input: PipelineInput;
  report: Reporter;
}

/** At the given picture's size. */
export const fullMask = (mask: Mask, { fullWidth, fullHeight }: PipelineInput) =>
  encodeMask(resizeMask(mask, fullWidth, fullHeight));
