/**
 * The object's picture as TripoSR was trained on it (`resize_foreground` and `ImagePreprocessor` of tsr/utils.py, and
 * run.py): in the middle of a square of which it takes 85 %, on grey, at 512 x 512 pixels.
 */
import type { Tensor } from '../../models/index.js';
import { createPlanes, type Planes, plane, resample, wholeRect } from '../../stages/picture-ops.js';
import type { PictureWithAlpha } from '../../stages/stage.js';
import { coveredBox } from '../covered-box.js';

const FOREGROUND = 0.85;
const GREY = 0.5;
const SIDE = 512;

/** [1, 3, 512, 512], RGB 0 to 1. Throws a RangeError when nothing is covered. */
export function prepareObject(object: PictureWithAlpha): Tensor {
  const square = centreOnGrey(object);
  return { data: resample(square, wholeRect(square), SIDE, SIDE).data, shape: [1, 3, SIDE, SIDE] };
}

function centreOnGrey(object: PictureWithAlpha): Planes {
  const { x0, y0, x1, y1 } = coveredBox(object);
  // Upstream leaves out the last row and column.
  const [w, h] = [Math.max(1, x1 - x0 - 1), Math.max(1, y1 - y0 - 1)];
  const side = Math.max(w, h);
  const whole = Math.trunc(side / FOREGROUND);
  const room = Math.floor((whole - side) / 2);
  const [left, top] = [room + Math.floor((side - w) / 2), room + Math.floor((side - h) / 2)];
  const square = createPlanes(3, whole, whole);
  square.data.fill(Math.trunc(255 * GREY) / 255);
  for (let channel = 0; channel < 3; channel++) {
    const target = plane(square, channel);
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const i = 4 * ((y0 + y) * object.width + x0 + x);
        const alpha = object.data[i + 3] / 255;
        const value = (object.data[i + channel] / 255) * alpha + (1 - alpha) * GREY;
        target[(top + y) * whole + left + x] = Math.trunc(Math.fround(value) * 255) / 255;
      }
    }
  }
  return square;
}
