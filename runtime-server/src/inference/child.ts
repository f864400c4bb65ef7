/** Entry of the inference process. Its one argument is the pipeline's options as JSON. */
import { availableParallelism } from 'node:os';
import type { PipelineOptions } from '../pipeline-types.js';
import { serveInference } from './serve.js';

await serveInference(async () => {
  // ONNX Runtime is loaded where it is used alone, not by the thread that relays.
  const { createPipeline } = await import('../pipeline.js');
  const options = JSON.parse(process.argv[2] ?? '{}') as PipelineOptions;
  // Models rest while they work.
  const helpers = options.threads ?? availableParallelism();
  return createPipeline({ ...(helpers > 1 && { helpers }), ...options });
});
