/** The inference process's side: makes one pipeline and runs what the server sends. */
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
import type { FromInference, ToInference } from './messages.js';
import { toPreview } from './preview.js';
import { toPipelineRequest } from './request.js';

/** Serves the parent process until it goes away. */
export async function serveInference(createPipeline: () => Promise<Pipeline>): Promise<void> {
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches the whole group; the parent decides when this process ends.
  process.on('SIGINT', () => {});
  let pipeline: Pipeline;
  try {
    pipeline = await createPipeline();
  } catch (thrown) {
    await send({ type: 'unusable', error: toWireError(thrown) });
    process.exit(1);
  }
  process.on('message', (message: ToInference) => void runJob(pipeline, message));
  await send({ type: 'ready', info: pipeline.info });
}

async function runJob(pipeline: Pipeline, { run, request }: ToInference): Promise<void> {
  // Previews are encoded beside the pipeline; a chain keeps every event in the order it happened.
  let sent: Promise<void> = Promise.resolve();
  const emit = (event: JobEvent | Promise<JobEvent>): void => {
    sent = sent.then(async () => send({ type: 'event', run, event: encodeEvent(await event) }));
    sent.catch(() => {});
  };
  try {
    const asked = decode(request) as GenerateRequest;
    const { outputs = OUTPUTS } = asked;
    const scene = await pipeline.run(await toPipelineRequest(asked), {
      onProgress: ({ stage, fraction }) => emit({ type: 'progress', stage, fraction: clamp(fraction) }),
      ...(outputs.includes('previews') && {
        onPreview: (preview) => emit(toPreview(preview).then((made) => ({ type: 'preview', preview: made }))),
      }),
      ...(outputs.includes('objects') && { onObject: (object) => emit({ type: 'object', object }) }),
      onWarning: (warning) => emit({ type: 'warning', ...warning }),
    });
    await sent;
    await send({ type: 'done', run, scene: encode(scene) });
  } catch (thrown) {
    const error = SceneMakerError.from(thrown);
    if (error.code === 'internal') console.error(error.cause ?? error);
    await sent.catch(() => {});
    await send({ type: 'failed', run, error: toWireError(error) });
  }
}

function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}

function send(message: FromInference): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!process.send) throw new SceneMakerError('internal', 'the inference process was not started by a server');
    process.send(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}
