/**
 * Which square of the picture each stage looks at. Training cuts its samples by the same rules
 * (`training/data`), so a change here needs new models.
 */
import { dilate, type PixelBox } from './mask-ops.js';
import type { Mask, Window } from './stage.js';

/** Room around the visible pixels: when something in front may hide more of the object, and when not. */
const HIDDEN_ROOM = 1.7;
const CLEAR_ROOM = 1.2;
const SHAPE_ROOM = 1.15;
const CROP_ROOM = 1.2;
/** Share of the ring around the object that must be hidden for the object to count as cut off. */
const HIDDEN_SHARE = 0.02;

/** The de-occlusion stage's window, about the visible pixels' box. */
export function deoccludeWindow(visibleBox: PixelBox, touchesHidden: boolean): Window {
  return squareAbout(visibleBox, touchesHidden ? HIDDEN_ROOM : CLEAR_ROOM);
}

/** The shape stage's window, about the box of the whole object's coverage. */
export function shapeWindow(alphaBox: PixelBox): Window {
  return squareAbout(alphaBox, SHAPE_ROOM);
}

/** The pose stage's crop of one object, about the visible pixels' box. */
export function cropWindow(visibleBox: PixelBox): Window {
  return squareAbout(visibleBox, CROP_ROOM);
}

/**
 * Whether something may hide a part of the object: more than 2 % of the ring just outside the visible
 * pixels is `hidden` or beyond the picture. The ring is as wide as 3 % of the object, at least 2 pixels.
 */
export function touchesHidden(visible: Mask, hidden: Mask, box: PixelBox): boolean {
  const radius = Math.max(2, Math.round(0.03 * Math.max(box.x1 - box.x0, box.y1 - box.y0)));
  // The ring may lie beyond the picture, so it is grown on a canvas with room for it.
  const x0 = box.x0 - radius;
  const y0 = box.y0 - radius;
  const width = box.x1 - box.x0 + 2 * radius;
  const height = box.y1 - box.y0 + 2 * radius;
  const own: Mask = { width, height, data: new Uint8Array(width * height) };
  for (let y = box.y0; y < box.y1; y++) {
    const row = visible.data.subarray(y * visible.width + box.x0, y * visible.width + box.x1);
    own.data.set(row, (y - y0) * width + box.x0 - x0);
  }
  const grown = dilate(own, radius);
  let ring = 0;
  let concealed = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (grown.data[i] === 0 || own.data[i] !== 0) continue;
      ring++;
      const u = x + x0;
      const v = y + y0;
      const outside = u < 0 || v < 0 || u >= visible.width || v >= visible.height;
      if (outside || hidden.data[v * hidden.width + u] !== 0) concealed++;
    }
  }
  return concealed > HIDDEN_SHARE * ring;
}

function squareAbout({ x0, y0, x1, y1 }: PixelBox, room: number): Window {
  const side = Math.max(x1 - x0, y1 - y0) * room;
  return { x: (x0 + x1 - side) / 2, y: (y0 + y1 - side) / 2, side };
}
