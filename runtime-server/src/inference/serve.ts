/** The inference process's side: makes one pipeline and runs what the server sends. */
import {
  decode,
  encode,
  type GenerateRequest,
  type JobEvent,
  OUTPUTS,
  type Preview,
  SceneMakerError,
  toWireError,
} from '@scenemaker/sdk';
import { encodeEvent } from '../jobs/job-queue.js';
import type { Pipeline } from '../pipeline-types.js';
import type { FromInference, ToInference } from './messages.js';
import { createOutbox } from './outbox.js';
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
  // A parent that went away meanwhile needs no answer.
  await send({ type: 'ready', info: pipeline.info }).catch(() => process.exit());
}

async function runJob(pipeline: Pipeline, { run, request }: ToInference): Promise<void> {
  const outbox = createOutbox((event: JobEvent) => send({ type: 'event', run, event: encodeEvent(event) }));
  try {
    const asked = decode(request) as GenerateRequest;
    const { outputs = OUTPUTS } = asked;
    const scene = await pipeline.run(await toPipelineRequest(asked), {
      onProgress: ({ stage, fraction }) => outbox.add({ type: 'progress', stage, fraction: clamp(fraction) }),
      ...(outputs.includes('previews') && {
        onPreview(given) {
          const preview = toPreview(given);
          const event = (made: Preview): JobEvent => ({ type: 'preview', preview: made });
          outbox.add(preview instanceof Promise ? preview.then(event) : event(preview));
        },
      }),
      ...(outputs.includes('objects') && { onObject: (object) => outbox.add({ type: 'object', object }) }),
      onWarning: (warning) => outbox.add({ type: 'warning', ...warning }),
    });
    await outbox.drained();
    await send({ type: 'done', run, scene: encode(scene) });
  } catch (thrown) {
    const error = SceneMakerError.from(thrown);
    if (error.code === 'internal') console.error(error.cause ?? error);
    await outbox.drained().catch(() => {});
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
