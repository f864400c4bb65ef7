/** Picture sheets: one row a scene, an object or a picture, from the input to the result and what is really there. */
import type { Camera, Mesh, SceneDescription } from '@scenemaker/sdk';
import { drawDepth, drawOverlay, fitCamera, orbitCamera, type OverlayItem, renderScene } from '../pictures/index.js';
import { encodeMask } from '../stages/mask-ops.js';
import { premultipliedPlanes, resample, wholeRect } from '../stages/picture-ops.js';
import type { Picture, PictureWithAlpha, Segment } from '../stages/stage.js';
import { cameraOn, objectScene } from './object-scene.js';
import type { PictureResult } from './pictures.js';
import { drawCells, SIDE } from './sheet-cells.js';
import type { PipelineResult } from './tables/pipeline.js';
import type { MadeShape } from './tables/shape.js';
import { trueDescription } from './true-description.js';
import type { TrueScene } from './truth.js';

export interface SheetRow {
  scene: TrueScene;
  /** What the segment and the depth stage found, and what the pipeline made of the picture alone; where they ran. */
  segments?: Segment[];
  depth?: Float32Array;
  result?: PipelineResult;
}

/** One row of the data set's sheet; all rows are of one width. */
export async function drawSheetRow({ scene, segments, depth, result }: SheetRow): Promise<Picture> {
  const { picture } = scene;
  const found = result?.scene.objects ?? segments?.map(({ mask, label }) => ({ mask: encodeMask(mask), label }));
  const depthMap = result?.depth ?? (depth && { ...picture, data: depth });
  const truth = trueDescription(scene);
  return drawCells(scene.name, [
    { head: 'input', picture },
    { head: 'masks', picture: found && drawOverlay(picture, found.map(overlayItem)) },
    { head: 'depth', picture: depthMap && drawDepth(depthMap) },
    {
      head: 'result, input camera',
      picture: result && renderScene(result.scene, fitCamera(result.scene.cameras[0], SIDE)),
    },
    { head: 'from the side', picture: result && renderScene(result.scene, sideCamera(result.scene)) },
    { head: 'truth', picture: renderScene(truth, fitCamera(truth.cameras[0], SIDE)) },
    { head: 'from the side', picture: renderScene(truth, sideCamera(truth)) },
  ]);
}

/** One row of the sheet of objects. */
export async function drawObjectRow({ name, fScore, before, whole, mesh, truth }: MadeShape): Promise<Picture> {
  const view = (of: Mesh, azimuth: number): Picture => renderScene(objectScene(of), cameraOn(of, azimuth, SIDE));
  return drawCells(`${name}: F-Score ${fScore.toFixed(2)}`, [
    { head: 'seen', picture: onWhite(before) },
    { head: 'de-occluded', picture: onWhite(whole) },
    { head: 'made, from the front', picture: mesh && view(mesh, 0) },
    { head: 'from behind', picture: mesh && view(mesh, Math.PI) },
    { head: 'truth, from the front', picture: view(truth, 0) },
    { head: 'from behind', picture: view(truth, Math.PI) },
  ]);
}

/** One row of the sheet of real pictures; `verdict` is a line on what was found. */
export async function drawPictureRow(
  { picture: { name, picture, truths }, segments, depth: { depth } }: PictureResult,
  verdict: string,
): Promise<Picture> {
  const found = segments.map(({ mask, label }, index) => overlayItem({ mask: encodeMask(mask), label }, index));
  const wanted = truths?.map(({ mask }, index) => ({ mask: encodeMask(mask), label: String(index + 1) }));
  return drawCells(`${name}: ${verdict}`, [
    { head: 'input', picture },
    { head: 'marked by a person', picture: wanted && drawOverlay(picture, wanted) },
    { head: 'found', picture: drawOverlay(picture, found) },
    { head: 'depth, up to scale', picture: drawDepth({ ...picture, data: depth }) },
  ]);
}

const overlayItem = ({ mask, label }: OverlayItem, index: number): OverlayItem => ({
  mask,
  label: `${index + 1} ${label}`,
});

const sideCamera = (scene: SceneDescription): Camera =>
  orbitCamera(scene, { azimuth: Math.PI / 2, width: SIDE, height: SIDE });

/** Of the size of the other cells, whatever the size of the crop. */
function onWhite(crop: PictureWithAlpha): Picture {
  const { data } = resample(premultipliedPlanes(crop), wholeRect(crop), SIDE, SIDE);
  const size = SIDE * SIDE;
  const flat = Uint8Array.from({ length: 3 * size }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return Math.round(255 * Math.min(1, data[(i % 3) * size + pixel] + 1 - data[3 * size + pixel]));
  });
  return { width: SIDE, height: SIDE, data: flat };
}
