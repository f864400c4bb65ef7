/** Pictures of a scene, drawn in software: colour, depth and which object is where. */
export {
  fitCamera,
  lookAlong,
  lookAt,
  orbitCamera,
  ORBIT_DEFAULTS,
  scaleCamera,
  type LookAtOptions,
  type OrbitOptions,
} from './camera.js';
export type { Picture } from './picture.js';
export { NOTHING, rasterise, rasteriseDepth, rasteriseTriangles, type Pinhole, type Raster } from './rasterise.js';
export { renderScene, type RenderOptions } from './render.js';
export { GROUND, renderSensors, SENSOR_KINDS, type SensorKind, type SensorPictures } from './sensors.js';
export { decodeTexture, type Texture } from './texture.js';
export { toSrgb } from './tone.js';
