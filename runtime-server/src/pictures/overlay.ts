/** The input with what was found in it: translucent masks, outlines and labels. */
import type { RunLengthMask } from '@scenemaker/sdk';
import { decodeMask, resizeMask } from '../stages/mask-ops.js';
import type { Picture } from '../stages/stage.js';
import {
  blendPixel,
  BLACK,
  type Color,
  copyPicture,
  fillRectangle,
  lightness,
  type Rectangle,
  WHITE,
} from './canvas.js';
import { drawText, fitText, TEXT_ASCENT, textWidth } from './font.js';
import { objectColor } from './palette.js';

export interface OverlayItem {
  /** At the picture's size, or larger or smaller in the same shape. */
  mask: RunLengthMask;
  label: string;
}

const FILL = 0.42;

/** `items[k]` is drawn in `objectColor(k)`. */
export function drawOverlay(input: Picture, items: readonly OverlayItem[]): Picture {
  const picture = copyPicture(input);
  const scale = textScale(input);
  const chips: Rectangle[] = [];
  const anchors = items.map(({ mask }, index) => paintMask(picture, mask, objectColor(index), scale));
  for (const [index, anchor] of anchors.entries()) {
    if (anchor) chips.push(drawChip(picture, items[index].label, anchor, objectColor(index), scale, chips));
  }
  return picture;
}

/** The size of a font's dot at which labels are readable in a picture of this size. */
export const textScale = ({ width, height }: { width: number; height: number }): number =>
  Math.max(1, Math.round(Math.max(width, height) / 330));

interface Point {
  x: number;
  y: number;
}

/** Paints one mask; returns a point well inside it, or null where it is empty. */
function paintMask(picture: Picture, mask: RunLengthMask, color: Color, thickness: number): Point | null {
  const { width, height } = picture;
  const set = resizeMask(decodeMask(mask), width, height).data;
  const outline: Color = lightness(color) > 0.35 ? color : WHITE;
  let [count, sumX, sumY] = [0, 0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (!set[i]) continue;
      count++;
      sumX += x;
      sumY += y;
      const edge = isNearEdge(set, width, height, x, y, thickness);
      blendPixel(picture, x, y, edge ? outline : color, edge ? 0.95 : FILL);
    }
  }
  return count === 0 ? null : nearestSet(set, width, height, sumX / count, sumY / count);
}

function isNearEdge(set: Uint8Array, width: number, height: number, x: number, y: number, reach: number): boolean {
  for (let step = 1; step <= reach; step++) {
    if (x >= step && !set[y * width + x - step]) return true;
    if (x + step < width && !set[y * width + x + step]) return true;
    if (y >= step && !set[(y - step) * width + x]) return true;
    if (y + step < height && !set[(y + step) * width + x]) return true;
  }
  return false;
}

/** The pixel of the mask that is nearest to (x, y): the middle of a ring lies outside it. */
function nearestSet(set: Uint8Array, width: number, height: number, x: number, y: number): Point {
  let best: Point = { x: Math.round(x), y: Math.round(y) };
  let distance = Infinity;
  for (let j = 0, i = 0; j < height; j++) {
    for (let k = 0; k < width; k++, i++) {
      const d = (k - x) ** 2 + (j - y) ** 2;
      if (set[i] && d < distance) {
        distance = d;
        best = { x: k, y: j };
      }
    }
  }
  return best;
}

/** A label on a plate of the object's colour about `anchor`, moved off the plates that are there already. */
function drawChip(
  picture: Picture,
  label: string,
  anchor: Point,
  color: Color,
  scale: number,
  others: readonly Rectangle[],
): Rectangle {
  const padding = 2 * scale;
  const text = fitText(label, scale, picture.width - 2 * padding);
  const width = textWidth(text, scale) + 2 * padding;
  const height = TEXT_ASCENT * scale + 2 * padding;
  const inside = (value: number, size: number, limit: number): number =>
    Math.max(0, Math.min(limit - size, Math.round(value)));
  const place = (shift: number): Rectangle => ({
    x: inside(anchor.x - width / 2, width, picture.width),
    y: inside(anchor.y - height / 2 + shift, height, picture.height),
    width,
    height,
  });
  const tries = Array.from({ length: 24 }, (_, k) => (k % 2 ? -1 : 1) * Math.ceil(k / 2) * (height + scale));
  const free = tries.map(place).find((chip) => others.every((other) => !overlap(chip, other)));
  const chip = free ?? place(0);
  fillRectangle(picture, { x: chip.x - 1, y: chip.y - 1, width: width + 2, height: height + 2 }, BLACK, 0.55);
  fillRectangle(picture, chip, color, 0.95);
  drawText(picture, text, chip.x + padding, chip.y + padding, scale, lightness(color) > 0.5 ? BLACK : WHITE);
  return chip;
}

const overlap = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
