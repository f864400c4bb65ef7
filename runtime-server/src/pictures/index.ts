/** Pictures that people look at: scenes, and what was found on the way to them. */
export { fitCamera, orbitCamera, ORBIT_DEFAULTS, scaleCamera, type OrbitOptions } from './camera.js';
export { drawDeocclusion, type DeocclusionItem } from './deocclusion.js';
export { drawDepth, type DepthPicture } from './depth-map.js';
export { drawOverlay, type OverlayItem } from './overlay.js';
export { drawOverview } from './overview.js';
export { decodePng, encodeJpeg, encodePng, shrinkPicture } from './png.js';
export { NOTHING, rasterise, type Raster } from './rasterise.js';
export { renderScene, type RenderOptions } from './render.js';
export { meanSilhouetteIou, silhouetteIous } from './silhouette.js';
