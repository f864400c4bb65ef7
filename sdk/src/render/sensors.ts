/**
 * What a camera in the scene measures: colour, depth, and which object each pixel shows.
 *
 *   world: right-handed, y up       camera: x right, y down, z forward
 */
import { quat } from '../geometry/index.js';
import type { Camera, SceneDescription } from '../scene/index.js';
import { NOTHING, rasterise, type Raster } from './rasterise.js';
import { renderScene } from './render.js';

/** In `segmentation`, where the ground is seen. */
export const GROUND = -2;

export type SensorKind = 'color' | 'depth' | 'segmentation';

/** Row by row, of one size; those that were asked for. */
export interface SensorPictures {
  width: number;
  height: number;
  /** sRGB, stride 3. */
  color?: Uint8Array;
  /** z along the optical axis, metres; NaN where nothing is seen. */
  depth?: Float32Array;
  /** Index of the object in the scene, `GROUND` or `NOTHING`. */
  segmentation?: Int32Array;
}

export const SENSOR_KINDS: readonly SensorKind[] = ['color', 'depth', 'segmentation'];

/** Depth and segmentation look through the middle of each pixel; the ground is the square that objects collide with. */
export function renderSensors(
  scene: SceneDescription,
  camera: Camera,
  kinds: readonly SensorKind[] = SENSOR_KINDS,
): SensorPictures {
  const { width, height } = camera;
  const pictures: SensorPictures = { width, height };
  if (kinds.includes('color')) pictures.color = renderScene(scene, camera).data;
  if (!kinds.includes('depth') && !kinds.includes('segmentation')) return pictures;
  const raster = rasterise(scene, camera);
  addGround(raster, scene, camera);
  if (kinds.includes('depth')) pictures.depth = raster.depth;
  if (kinds.includes('segmentation')) pictures.segmentation = raster.ids;
  return pictures;
}

/** Puts the ground's square behind, and where it is nearer before, what the raster shows. It is seen from above alone. */
function addGround({ ids, depth }: Raster, { ground }: SceneDescription, camera: Camera): void {
  const { width, height, fx, fy, cx, cy } = camera;
  const m = quat.toMat3(quat.normalize(camera.cameraToWorld.rotation));
  const [eyeX, eyeY, eyeZ] = camera.cameraToWorld.translation;
  const above = eyeY - ground.height;
  if (above <= 0) return;
  for (let y = 0, i = 0; y < height; y++) {
    const dy = (y + 0.5 - cy) / fy;
    for (let x = 0; x < width; x++, i++) {
      const dx = (x + 0.5 - cx) / fx;
      const down = m[3] * dx + m[4] * dy + m[5];
      if (down >= 0) continue;
      const z = -above / down;
      if (ids[i] !== NOTHING && depth[i] <= z) continue;
      const offX = Math.abs(eyeX + z * (m[0] * dx + m[1] * dy + m[2]) - ground.center[0]);
      const offZ = Math.abs(eyeZ + z * (m[6] * dx + m[7] * dy + m[8]) - ground.center[1]);
      if (offX > ground.halfExtent || offZ > ground.halfExtent) continue;
      ids[i] = GROUND;
      depth[i] = z;
    }
  }
}
