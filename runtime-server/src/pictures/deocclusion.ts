/** A sheet of every object before and after what hides it was filled in. */
import type { Picture, PictureWithAlpha } from '../stages/stage.js';
import { pictureFromPremultiplied, premultipliedPlanes, resample, wholeRect } from '../stages/picture-ops.js';
import { type Color, createPicture, drawPicture, fillChecker, fillRectangle } from './canvas.js';
import { drawText, fitText, TEXT_ASCENT, TEXT_HEIGHT } from './font.js';
import { objectColor } from './palette.js';

export interface DeocclusionItem {
  label: string;
  /** Its colour is `objectColor(index)`, as in the overlay. */
  index: number;
  /** The visible pixels on nothing, square. */
  before: PictureWithAlpha;
  /** The whole object on nothing, in the same window. */
  after: PictureWithAlpha;
}

/** Side of each crop, pixels. */
const SIDE = 208;
const GAP = 12;
const SCALE = 2;
const COLUMNS = 3;
const INK: Color = [40, 44, 52];
const FAINT: Color = [120, 126, 136];

/** Pairs in rows of up to three, under their labels. */
export function drawDeocclusion(items: readonly DeocclusionItem[]): Picture {
  const columns = Math.max(1, Math.min(COLUMNS, items.length));
  const rows = Math.max(1, Math.ceil(items.length / columns));
  const header = TEXT_HEIGHT * SCALE + GAP;
  const pair = 2 * SIDE + 2;
  const cell = { width: pair + 2 * GAP, height: header + SIDE + TEXT_HEIGHT + 2 * GAP };
  const sheet = createPicture(columns * cell.width, rows * cell.height, [248, 248, 250]);
  if (items.length === 0) drawText(sheet, 'no objects', GAP, GAP, SCALE, INK);
  for (const [position, item] of items.entries()) {
    const x = (position % columns) * cell.width + GAP;
    const y = Math.floor(position / columns) * cell.height + GAP;
    const mark = TEXT_ASCENT * SCALE;
    fillRectangle(sheet, { x, y, width: mark, height: mark }, objectColor(item.index));
    const room = pair - mark - GAP;
    drawText(sheet, fitText(item.label, SCALE, room), x + mark + GAP / 2, y, SCALE, INK);
    for (const [side, crop] of [item.before, item.after].entries()) {
      const left = x + side * (SIDE + 2);
      fillChecker(sheet, { x: left, y: y + header, width: SIDE, height: SIDE });
      drawPicture(sheet, fit(crop), left, y + header);
      drawText(sheet, side === 0 ? 'before' : 'after', left, y + header + SIDE + 4, 1, FAINT);
    }
  }
  return sheet;
}

function fit(crop: PictureWithAlpha): PictureWithAlpha {
  return pictureFromPremultiplied(resample(premultipliedPlanes(crop), wholeRect(crop), SIDE, SIDE));
}
