/** Which class does which stage, and all of them opened from one pack. */
import type { ModelPack, SessionOptions } from '../models/index.js';
import { DeoccludeStage } from './deocclude.js';
import { DepthStage } from './depth.js';
import { PoseStage } from './pose.js';
import { SegmentStage } from './segment.js';
import { ShapeStage } from './shape.js';
import type {
  DeoccludeInput,
  DeoccludeOutput,
  DepthInput,
  DepthOutput,
  PoseInput,
  PoseOutput,
  SegmentInput,
  SegmentOutput,
  ShapeInput,
  ShapeOutput,
  Stage,
} from './stage.js';

export interface Stages {
  segment: Stage<SegmentInput, SegmentOutput>;
  depth: Stage<DepthInput, DepthOutput>;
  deocclude: Stage<DeoccludeInput, DeoccludeOutput>;
  shape: Stage<ShapeInput, ShapeOutput>;
  pose: Stage<PoseInput, PoseOutput>;
}

/** Opens every stage; when one fails, those already open are closed again. */
export async function openStages(pack: ModelPack, options: SessionOptions = {}): Promise<Stages> {
  const opened: Stage<never, unknown>[] = [];
  const keep = <S extends Stage<never, unknown>>(stage: S): S => {
    opened.push(stage);
    return stage;
  };
  try {
    return {
      segment: keep(await SegmentStage.open(pack, options)),
      depth: keep(await DepthStage.open(pack, options)),
      deocclude: keep(await DeoccludeStage.open(pack, options)),
      shape: keep(await ShapeStage.open(pack, options)),
      pose: keep(await PoseStage.open(pack, options)),
    };
  } catch (error) {
    await Promise.all(opened.map((stage) => stage.dispose()));
    throw error;
  }
}

export async function disposeStages(stages: Stages): Promise<void> {
  await Promise.all(Object.values(stages).map((stage: Stage<never, unknown>) => stage.dispose()));
}
