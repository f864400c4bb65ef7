/** Rows of captioned pictures, and a sheet of rows. */
import { type Color, createPicture, drawPicture } from '../pictures/canvas.js';
import { drawText, fitText, TEXT_HEIGHT } from '../pictures/font.js';
import { shrinkPicture } from '../pictures/index.js';
import type { Picture } from '../stages/stage.js';

/** Longest side of a picture on the sheet, pixels. */
export const SIDE = 288;
const GAP = 8;
const TEXT_SCALE = 1;
const LINE = TEXT_HEIGHT * TEXT_SCALE + 4;
const INK: Color = [40, 44, 52];
const FAINT: Color = [120, 126, 136];
const PAPER: Color = [248, 248, 250];

/** One row; all of as many cells are of one width. */
export async function drawCells(
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
