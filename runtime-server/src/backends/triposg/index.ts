/**
 * TripoSG: a mesh without colours from one picture, by rectified flow over a set of latent vectors
 * (https://github.com/VAST-AI-Research/TripoSG). Serves the shape stage with the four graphs that QtMeshEditor's
 * `scripts/export-triposg-onnx.py` exports; its notes say what they take (docs/TRIPOSG_EXPORT_NOTES.md there).
 */
import type { Backend } from '../backend.js';
import { TripoSgShapeStage } from './shape.js';

export const triposg: Backend = {
  shape: (pack, options) => TripoSgShapeStage.open(pack, options),
};
