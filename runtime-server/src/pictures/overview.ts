import type { Picture } from '../stages/stage.js';
import { createPicture, drawPicture } from './canvas.js';
import { fitHeight } from './png.js';

const GAP = 8;

/** Pictures of one thing in a row, brought to one height in pixels, with a white gap between them. */
export async function drawOverview(panels: readonly Picture[], height: number): Promise<Picture> {
  const row = await Promise.all(panels.map((panel) => fitHeight(panel, height)));
  const width = row.reduce((sum, panel) => sum + panel.width + GAP, -GAP);
  const overview = createPicture(Math.max(1, width), height);
  let x = 0;
  for (const panel of row) {
    drawPicture(overview, panel, x, 0);
    x += panel.width + GAP;
  }
  return overview;
}
