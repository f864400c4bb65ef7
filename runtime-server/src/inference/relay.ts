/**
 * The inference process's main thread. Model runs block the thread they are called on, so that the pipeline has one of
 * its own: this one stays free to encode previews and to hand on events when they happen.
 */
import { Worker } from 'node:worker_threads';
import { SceneMakerError } from '@scenemaker/sdk';
import { encodeEvent } from '../jobs/job-queue.js';
import type { FromInference, FromPipeline, ToInference } from './messages.js';
import { createOutbox } from './outbox.js';
import { toPreview } from './preview.js';

/** Runs this process's entry once more, in a thread, and stands between it and the server. */
export function relayPipeline(): void {
  process.on('disconnect', endAtOnce);
  // Ctrl-C reaches the whole group; the parent decides when this process ends.
  process.on('SIGINT', () => {});
  const thread = new Worker(process.argv[1] ?? '', { argv: process.argv.slice(2) });
  const deliver = createOutbox(send);
  let delivered = Promise.resolve();
  process.on('message', (message: ToInference) => thread.postMessage(message));
  thread.on('message', (message: FromPipeline) => {
    delivered = deliver(message.type === 'preview' ? encoded(message) : message);
    delivered.catch((error: unknown) => {
      if (process.connected) console.error(error);
      endAtOnce();
    });
  });
  thread.on('error', (error) => console.error(error));
  thread.on('exit', (code) => void delivered.then(() => process.exit(code), endAtOnce));
}

/** A thread that is inside a model run can be ended with its process alone, and only by force. */
function endAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}

async function encoded({ run, preview }: Extract<FromPipeline, { type: 'preview' }>): Promise<FromInference> {
  return { type: 'event', run, event: encodeEvent({ type: 'preview', preview: await toPreview(preview) }) };
}

function send(message: FromInference): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!process.send) throw new SceneMakerError('internal', 'the inference process was not started by a server');
    process.send(message, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}
