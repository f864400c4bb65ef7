/**
 * The object's picture as TripoSG was trained on it (scripts/image_process.py `load_image`, and the `BitImageProcessor`
 * of its encoder): on white, with a tenth of its longer side around it, the shorter side brought to 256 pixels, of which
 * the middle 224 x 224 are seen.
 */
import type { Tensor } from '../../models/index.js';
import { createPlanes, type Planes, plane } from '../../stages/picture-ops.js';
import type { PictureWithAlpha } from '../../stages/stage.js';
import { coveredBox } from '../covered-box.js';
import { resizeBicubic } from './bicubic.js';

const PADDING = 0.1;
const SHORTER_SIDE = 256;
const SEEN_SIDE = 224;

/** [1, 3, 224, 224], RGB 0 to 1. Throws a RangeError when nothing is covered. */
export function prepareObject(object: PictureWithAlpha): Tensor {
  const padded = padOnWhite(object);
  const scale = SHORTER_SIDE / Math.min(padded.width, padded.height);
  const resized = resizeBicubic(
    padded,
    Math.max(SHORTER_SIDE, Math.trunc(padded.width * scale)),
    Math.max(SHORTER_SIDE, Math.trunc(padded.height * scale)),
  );
  const [left, top] = [Math.trunc((resized.width - SEEN_SIDE) / 2), Math.trunc((resized.height - SEEN_SIDE) / 2)];
  const data = new Float32Array(3 * SEEN_SIDE * SEEN_SIDE);
  for (let channel = 0; channel < 3; channel++) {
    const source = plane(resized, channel);
    for (let y = 0; y < SEEN_SIDE; y++) {
      const row = (top + y) * resized.width + left;
      for (let x = 0; x < SEEN_SIDE; x++) data[(channel * SEEN_SIDE + y) * SEEN_SIDE + x] = source[row + x] / 255;
    }
  }
  return { data, shape: [1, 3, SEEN_SIDE, SEEN_SIDE] };
}

/** What is covered, and white around it; bytes, cut off as upstream does. */
function padOnWhite(object: PictureWithAlpha): Planes {
  const { x0, y0, x1, y1 } = coveredBox(object);
  const [w, h] = [x1 - x0, y1 - y0];
  let [across, down] = [0, 0];
  if (w > h) {
    across = Math.trunc(w * PADDING);
    down = Math.trunc(across + (w - h) / 2);
  } else {
    down = Math.trunc(h * PADDING);
    across = Math.trunc(down + (h - w) / 2);
  }
  const padded = createPlanes(3, w + 2 * across, h + 2 * down);
  padded.data.fill(255);
  for (let channel = 0; channel < 3; channel++) {
    const target = plane(padded, channel);
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const i = 4 * ((y0 + y) * object.width + x0 + x);
        const alpha = Math.fround(object.data[i + 3] / 255);
        const color = Math.fround(object.data[i + channel] / 255);
        const onWhite = Math.fround(Math.fround(color * alpha) + Math.fround(1 - alpha));
        target[(y + down) * padded.width + x + across] = Math.trunc(Math.fround(onWhite * 255));
      }
    }
  }
  return padded;
}
