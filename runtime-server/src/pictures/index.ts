/** Pictures that people look at: scenes, and what was found on the way to them. */
export {
  fitCamera,
  NOTHING,
  orbitCamera,
  ORBIT_DEFAULTS,
  rasterise,
  renderScene,
  scaleCamera,
  type OrbitOptions,
  type Raster,
  type RenderOptions,
} from '@scenemaker/sdk/render';
export { drawDeocclusion, type DeocclusionItem } from './deocclusion.js';
export { drawDepth, type DepthPicture } from './depth-map.js';
export { drawOverlay, type OverlayItem } from './overlay.js';
export { drawOverview } from './overview.js';
export { decodePng, encodeJpeg, encodePng, shrinkPicture } from './png.js';
export { meanSilhouetteIou, silhouetteIous } from './silhouette.js';
