/** What the server process, its inference process and the pipeline's thread in there say to each other. */
import type { WireError } from '@scenemaker/sdk';
import type { EncodedJobEvent } from '../jobs/job-queue.js';
import type { PipelineInfo, PipelinePreview } from '../pipeline-types.js';

/** `request` is a `GenerateRequest`, `scene` a `SceneDescription`, as msgpack. */
export type ToInference = { type: 'run'; run: number; request: Uint8Array };

export type FromInference =
  | { type: 'ready'; info: PipelineInfo }
  /** The pipeline cannot be made; the process ends. */
  | { type: 'unusable'; error: WireError }
  | { type: 'event'; run: number; event: EncodedJobEvent }
  | { type: 'done'; run: number; scene: Uint8Array }
  | { type: 'failed'; run: number; error: WireError };

/** Previews leave the thread as they are, since it has no time to encode pictures. */
export type FromPipeline = FromInference | { type: 'preview'; run: number; preview: PipelinePreview };
