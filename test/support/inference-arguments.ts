/** An inference process that does nothing but tell, as the name of its pack, the arguments that Node was started with. */
import { serveInference } from '../../runtime-server/src/inference/serve.js';
import type { Pipeline } from '../../runtime-server/src/pipeline-types.js';

const pipeline: Pipeline = {
  info: { pack: process.execArgv.join(' '), digest: '', refusedDevices: [], executionProvider: 'none', hints: [] },
  run: () => Promise.reject(new Error('runs no jobs')),
  dispose: () => Promise.resolve(),
};

await serveInference(() => Promise.resolve(pipeline));
