/** What the server process and its inference process say to each other. */
import type { GenerateRequest, JobEvent, SceneDescription, WireError } from '@scenemaker/sdk';
import type { PipelineInfo } from '../pipeline-types.js';

export type ToInference = { type: 'run'; run: number; request: GenerateRequest };

export type FromInference =
  | { type: 'ready'; info: PipelineInfo }
  /** The pipeline cannot be made; the process ends. */
  | { type: 'unusable'; error: WireError }
  | { type: 'event'; run: number; event: JobEvent }
  | { type: 'done'; run: number; scene: SceneDescription }
  | { type: 'failed'; run: number; error: WireError };
