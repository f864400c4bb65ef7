/**
 * Models on an inference server: Triton, KServe, MLServer and others that speak the Open Inference Protocol. For models
 * that only run in Python, or on another machine. What a server must take and give for a stage is in
 * docs/model-packs.md, and at the top of each file here.
 */
import type { Backend } from '../backend.js';
import { deocclude } from './deocclude.js';
import { depth } from './depth.js';
import { pose } from './pose.js';
import { segment } from './segment.js';
import { shape } from './shape.js';

export const kserve: Backend = { segment, depth, deocclude, shape, pose };
