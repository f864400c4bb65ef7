/**
 * MoGe-2: points, mask and metric scale from one picture (https://github.com/microsoft/MoGe, docs/onnx.md).
 * Serves the depth stage with the published ONNX exports.
 */
import type { Backend } from '../backend.js';
import { MogeDepthStage } from './depth.js';

export const moge: Backend = {
  depth: (pack, options) => MogeDepthStage.open(pack, options),
};
