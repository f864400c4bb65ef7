/** The picture sheet: one row a scene, from the input to the result and what is really there. */
import { drawDepth, drawOverlay, fitCamera, type OverlayItem, renderScene, shrinkPicture } from '../pictures/index.js';
import { type Color, createPicture, drawPicture } from '../pictures/canvas.js';
import { drawText, fitText, TEXT_HEIGHT } from '../pictures/font.js';
import { encodeMask } from '../stages/mask-ops.js';
import type { Picture, Segment } from '../stages/stage.js';
import type { PictureResult } from './tables/pipeline.js';
import { trueDescription } from './true-description.js';
import type { TrueScene } from './truth.js';

export interface SheetRow {
  scene: TrueScene;
  /** What the segment and the depth stage found, and what the pipeline made of the picture alone; where they ran. */
  segments?: Segment[];
  depth?: Float32Array;
  result?: PictureResult;
}

/** Longest side of a picture on the sheet, pixels. */
const SIDE = 288;
const GAP = 8;
const HEADS = ['input', 'masks', 'depth', 'result, input camera', 'truth'];
const TEXT_SCALE = 1;
const LINE = TEXT_HEIGHT * TEXT_SCALE + 4;
const INK: Color = [40, 44, 52];
const FAINT: Color = [120, 126, 136];
const PAPER: Color = [248, 248, 250];

/** One row, with its captions; all rows are of one width. */
export async function drawSheetRow({ scene, segments, depth, result }: SheetRow): Promise<Picture> {
  const { picture } = scene;
  const found = result?.scene.objects ?? segments?.map(({ mask, label }) => ({ mask: encodeMask(mask), label }));
  const depthMap = result?.depth ?? (depth && { width: picture.width, height: picture.height, data: depth });
  const truth = trueDescription(scene);
  const cells = [
    picture,
    found && drawOverlay(picture, found.map(overlayItem)),
    depthMap && drawDepth(depthMap),
    result && renderScene(result.scene, fitCamera(result.scene.cameras[0], SIDE)),
    renderScene(truth, fitCamera(truth.cameras[0], SIDE)),
  ];
  const small = await Promise.all(cells.map(async (cell) => cell && shrinkPicture(cell, SIDE)));
  const height = 2 * LINE + Math.max(...small.map((cell) => cell?.height ?? 0)) + GAP;
  const row = createPicture(HEADS.length * (SIDE + GAP) + GAP, height, PAPER);
  drawText(row, fitText(scene.name, TEXT_SCALE, row.width - 2 * GAP), GAP, 2, TEXT_SCALE, INK);
  for (const [column, cell] of small.entries()) {
    const left = GAP + column * (SIDE + GAP);
    drawText(row, cell ? HEADS[column] : `${HEADS[column]}: not run`, left, LINE, TEXT_SCALE, FAINT);
    if (cell) drawPicture(row, cell, left, 2 * LINE);
  }
  return row;
}

/** Rows under each other. */
export function joinRows(rows: readonly Picture[]): Picture {
  const width = Math.max(1, ...rows.map((row) => row.width));
  const height = Math.max(
    1,
    rows.reduce((sum, row) => sum + row.height, 0),
  );
  const sheet = createPicture(width, height, PAPER);
  let top = 0;
  for (const row of rows) {
    sheet.data.set(row.data, 3 * width * top);
    top += row.height;
  }
  return sheet;
}

const overlayItem = ({ mask, label }: OverlayItem, index: number): OverlayItem => ({
  mask,
  label: `${index + 1} ${label}`,
});
