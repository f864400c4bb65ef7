/** From a scene description to a Babylon scene. */
export {
  buildScene,
  BUILD_SCENE_DEFAULTS,
  type BuildSceneOptions,
  type BuiltObject,
  type BuiltScene,
} from './build-scene.js';
export { createPictureCamera, projectionMatrix, type PictureCamera } from './camera.js';
export { createFrame, type Frame } from './frames.js';
export { runHeadless, type HeadlessRun } from './headless.js';
