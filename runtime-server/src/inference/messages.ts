/** What the server process and its inference process say to each other. */
import type { WireError } from '@scenemaker/sdk';
import type { EncodedJobEvent } from '../jobs/job-queue.js';
import type { PipelineInfo } from '../pipeline-types.js';

/** `request` is a `GenerateRequest`, `scene` a `SceneDescription`, as msgpack. */
export type ToInference = { type: 'run'; run: number; request: Uint8Array };

export type FromInference =
  | { type: 'ready'; info: PipelineInfo }
  /** The pipeline cannot be made; the process ends. */
  | { type: 'unusable'; error: WireError }
  | { type: 'event'; run: number; event: EncodedJobEvent }
  | { type: 'done'; run: number; scene: Uint8Array }
  | { type: 'failed'; run: number; error: WireError };
