/**
 * Models that Transformers.js runs (https://huggingface.co/docs/transformers.js), an optional package: words to boxes by
 * Grounding DINO and boxes to masks by SAM for the segment stage, Depth Anything for the depth stage.
 */
import type { Backend } from '../backend.js';
import { openDepth } from './depth.js';
import { openSegment } from './segment.js';

export const transformers: Backend = { segment: openSegment, depth: openDepth };
