/** The runtime server as a library: start one, or run the pipeline in this process. */
export type { InferenceProcessOptions } from './inference/process.js';
export { serveInference } from './inference/serve.js';
export { type DecodedPicture, decodePicture, type PictureLimits, readPictureFile } from './input/picture.js';
export { EMBEDDED_PACK } from './packs.js';
export { createPipeline } from './pipeline.js';
export type * from './pipeline-types.js';
export { DEFAULT_PORT, SERVER_DEFAULTS, type ServerOptions } from './server/options.js';
export { type RunningServer, startServer, type StartOptions } from './server/server.js';
export * from './stages/stage.js';
