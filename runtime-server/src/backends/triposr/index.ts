/**
 * TripoSR: a coloured mesh from one picture in one pass (https://github.com/VAST-AI-Research/TripoSR). Serves the shape
 * stage with the two graphs that QtMeshEditor's `scripts/export-triposr-onnx.py` exports.
 */
import type { Backend } from '../backend.js';
import { TripoSrShapeStage } from './shape.js';

export const triposr: Backend = {
  shape: (pack, options) => TripoSrShapeStage.open(pack, options),
};
