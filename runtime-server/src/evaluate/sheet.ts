/** Picture sheets: one row a scene or a picture, from the input to the result and what is really there. */
import { drawDepth, drawOverlay, fitCamera, type OverlayItem, renderScene, shrinkPicture } from '../pictures/index.js';
import { type Color, createPicture, drawPicture } from '../pictures/canvas.js';
import { drawText, fitText, TEXT_HEIGHT } from '../pictures/font.js';
import { encodeMask } from '../stages/mask-ops.js';
import type { Picture, Segment } from '../stages/stage.js';
import type { PictureResult } from './pictures.js';
import type { PipelineResult } from './tables/pipeline.js';
import { trueDescription } from './true-description.js';
import type { TrueScene } from './truth.js';

export interface SheetRow {
  scene: TrueScene;
  /** What the segment and the depth stage found, and what the pipeline made of the picture alone; where they ran. */
  segments?: Segment[];
  depth?: Float32Array;
  result?: PipelineResult;
}

/** Longest side of a picture on the sheet, pixels. */
const SIDE = 288;
const GAP = 8;
const TEXT_SCALE = 1;
const LINE = TEXT_HEIGHT * TEXT_SCALE + 4;
const INK: Color = [40, 44, 52];
const FAINT: Color = [120, 126, 136];
const PAPER: Color = [248, 248, 250];

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
    { head: 'truth', picture: renderScene(truth, fitCamera(truth.cameras[0], SIDE)) },
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

async function drawCells(
  title: string,
  cells: readonly { head: string; picture: Picture | undefined }[],
): Promise<Picture> {
  const small = await Promise.all(cells.map(async ({ picture }) => picture && shrinkPicture(picture, SIDE)));
  const height = 2 * LINE + Math.max(...small.map((cell) => cell?.height ?? 0)) + GAP;
  const row = createPicture(cells.length * (SIDE + GAP) + GAP, height, PAPER);
  drawText(row, fitText(title, TEXT_SCALE, row.width - 2 * GAP), GAP, 2, TEXT_SCALE, INK);
  for (const [column, { head }] of cells.entries()) {
    const left = GAP + column * (SIDE + GAP);
    const cell = small[column];
    drawText(row, cell ? head : `${head}: none`, left, LINE, TEXT_SCALE, FAINT);
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
    drawPicture(sheet, row, 0, top);
    top += row.height;
  }
  return sheet;
}

const overlayItem = ({ mask, label }: OverlayItem, index: number): OverlayItem => ({
  mask,
  label: `${index + 1} ${label}`,
});
