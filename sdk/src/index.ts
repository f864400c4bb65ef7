/**
 * SceneMaker for the browser and Node, without an engine: the client, the scene description and
 * pure geometry. `@scenemaker/sdk/physics` and `@scenemaker/sdk/babylon` add what needs one.
 */
export * from './client/index.js';
export * from './geometry/index.js';
export * from './protocol/index.js';
export * from './scene/index.js';
