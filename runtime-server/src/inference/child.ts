/** Entry of the inference process. Its one argument is the pipeline's options as JSON. */
import { createPipeline } from '../pipeline.js';
import type { PipelineOptions } from '../pipeline-types.js';
import { serveInference } from './serve.js';

await serveInference(() => createPipeline(JSON.parse(process.argv[2] ?? '{}') as PipelineOptions));
