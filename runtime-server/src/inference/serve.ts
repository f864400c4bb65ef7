/** What every inference process is: a thread that runs one pipeline, and one that stands between it and the server. */
import { isMainThread, parentPort } from 'node:worker_threads';
import {
  decode,
  encode,
  type GenerateRequest,
  type JobEvent,
  OUTPUTS,
  SceneMakerError,
  toWireError,
} from '@scenemaker/sdk';
import { encodeEvent } from '../jobs/job-queue.js';
import type { Pipeline } from '../pipeline-types.js';
import type { FromPipeline, ToInference } from './messages.js';
import { relayPipeline } from './relay.js';
import { toPipelineRequest } from './request.js';

/**
 * Serves the parent process until it goes away. To be called once by the module that a process is started with, which
 * is run a second time, in a thread: there alone the pipeline is made.
 */
export async function serveInference(createPipeline: () => Promise<Pipeline>): Promise<void> {
  if (isMainThread) relayPipeline();
  else await servePipeline(createPipeline);
}

async function servePipeline(createPipeline: () => Promise<Pipeline>): Promise<void> {
  let pipeline: Pipeline;
  try {
    pipeline = await createPipeline();
  } catch (thrown) {
    post({ type: 'unusable', error: toWireError(thrown) });
    process.exit(1);
  }
  parentPort?.on('message', (message: ToInference) => void runJob(pipeline, message));
  post({ type: 'ready', info: pipeline.info });
}

async function runJob(pipeline: Pipeline, { run, request }: ToInference): Promise<void> {
  const tell = (event: JobEvent): void => post({ type: 'event', run, event: encodeEvent(event) });
  try {
    const asked = decode(request) as GenerateRequest;
    const { outputs = OUTPUTS } = asked;
    const scene = await pipeline.run(await toPipelineRequest(asked), {
      onProgress: ({ stage, fraction }) => tell({ type: 'progress', stage, fraction: clamp(fraction) }),
      ...(outputs.includes('previews') && { onPreview: (preview) => post({ type: 'preview', run, preview }) }),
      ...(outputs.includes('objects') && { onObject: (object) => tell({ type: 'object', object }) }),
      onWarning: (warning) => tell({ type: 'warning', ...warning }),
    });
    post({ type: 'done', run, scene: encode(scene) });
  } catch (thrown) {
    const error = SceneMakerError.from(thrown);
    if (error.code === 'internal') console.error(error.cause ?? error);
    post({ type: 'failed', run, error: toWireError(error) });
  }
}

function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}

function post(message: FromPipeline): void {
  parentPort?.postMessage(message);
}
