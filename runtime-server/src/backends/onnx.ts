/** The project's own models, as the pack that ships has them: graphs on ONNX Runtime. */
import { DeoccludeStage } from '../stages/deocclude.js';
import { DepthStage } from '../stages/depth.js';
import { PoseStage } from '../stages/pose.js';
import { SegmentStage } from '../stages/segment.js';
import { ShapeStage } from '../stages/shape.js';
import type { Backend } from './backend.js';

export const onnx: Backend = {
  segment: (pack, options) => SegmentStage.open(pack, options),
  depth: (pack, options) => DepthStage.open(pack, options),
  deocclude: (pack, options) => DeoccludeStage.open(pack, options),
  shape: (pack, options) => ShapeStage.open(pack, options),
  pose: (pack, options) => PoseStage.open(pack, options),
};
