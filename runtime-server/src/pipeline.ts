/**
 * The order of the stages (paper, section 3.1 and Figure 3):
 *
 *   picture ─► segment ─► depth ─► de-occlude ─► generate shape ─► estimate pose ─► compose
 *              └─ find-objects ─┘    └────── make-shapes ────────┘    └──── place-objects ────┘
 *
 * De-occlusion and shape run for each object by itself, pose for all objects together. What the request gives replaces
 * what would be estimated. An object that fails is left out; the others are delivered.
 */
import { readFileSync } from 'node:fs';
import type { SceneDescription } from '@scenemaker/sdk';
import { disposeStages, openStages } from './backends/index.js';
import { createPool } from './compute/pool.js';
import { type Compute, computeHere } from './compute/tasks.js';
import { findObjects } from './find-objects.js';
import { makeShapes } from './make-shapes.js';
import { chooseDevice, loadPack } from './models/index.js';
import { preparePipelineInput } from './pipeline-input.js';
import type { Job } from './pipeline-job.js';
import { createReporter } from './pipeline-report.js';
import type { Pipeline, PipelineHooks, PipelineInfo, PipelineOptions, PipelineRequest } from './pipeline-types.js';
import { composeScene, placeObjects } from './place-objects.js';
import type { Stages } from './stages/stage.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Loads and verifies the pack and opens every stage. Errors: pack-missing, pack-corrupt. */
export async function createPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { packDir, threads, helpers = 0, device = 'cpu', memoryLimit } = options;
  const pack = await loadPack(packDir);
  const choice = await chooseDevice(device);
  const stages = await openStages(pack, {
    device: choice.device,
    ...(threads !== undefined && { threads }),
    ...(memoryLimit !== undefined && { memoryLimit }),
  });
  const pool = helpers > 0 ? createPool(helpers) : undefined;
  const about = { digest: pack.digest, executionProvider: choice.device, refusedDevices: choice.refused };
  const pipeline = assemblePipeline(stages, pack.label, about, pool?.compute);
  return {
    info: pipeline.info,
    run: (request, hooks) => pipeline.run(request, hooks),
    async dispose() {
      await pipeline.dispose();
      await pool?.close();
    },
  };
}

/** A pipeline of any stages; `pack` names where they come from, `name@version`. */
export function assemblePipeline(
  stages: Stages,
  pack: string,
  about: Partial<PipelineInfo> = {},
  compute: Compute = computeHere,
): Pipeline {
  return new ScenePipeline(stages, pack, about, compute);
}

class ScenePipeline implements Pipeline {
  readonly info: PipelineInfo;
  readonly #stages: Stages;
  readonly #compute: Compute;

  constructor(stages: Stages, pack: string, about: Partial<PipelineInfo>, compute: Compute) {
    this.info = {
      pack,
      digest: '',
      executionProvider: 'cpu',
      refusedDevices: [],
      hints: ['mask', 'box', 'points', 'words', 'deoccludeWords', 'sizeMeters'],
      ...about,
    };
    this.#stages = stages;
    this.#compute = compute;
  }

  async run(request: PipelineRequest, hooks: PipelineHooks = {}): Promise<SceneDescription> {
    const report = createReporter(hooks);
    const input = await preparePipelineInput(request);
    const job: Job = { stages: this.#stages, compute: this.#compute, request, input, report };
    const found = await findObjects(job);
    const drafts = await makeShapes(job, found);
    const layout = await found.layout;
    const placed = await placeObjects(job, drafts, layout);
    await report.previewed();
    const scene = await composeScene(job, drafts, layout, placed);
    const { seed, ...options } = request.options;
    const { pack, executionProvider } = this.info;
    const provenance = { pack, generator: version, seed, options, seconds: report.seconds(), executionProvider };
    return { ...scene, provenance };
  }

  async dispose(): Promise<void> {
    await disposeStages(this.#stages);
  }
}
