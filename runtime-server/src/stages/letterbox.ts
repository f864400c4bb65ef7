/**
 * Fits a picture of any size into a network's input and takes its answers back.
 *
 *   +-----------+----+
 *   |  picture  |    |   the longest side is `size`; grey fills up to the right and to the bottom
 *   +-----------+    |
 *   |         grey   |
 *   +----------------+
 */
import { type Tensor, zeros } from '../models/tensor.js';
import { type Planes, planesOf, resample, wholeRect } from './picture-ops.js';
import type { Picture } from './stage.js';

export const GREY = 0.5;

export interface Letterbox {
  /** Network pixels for one picture pixel. */
  scale: number;
  /** The part of the network's input that the picture covers, pixels. */
  innerWidth: number;
  innerHeight: number;
  /** The network's input, pixels. */
  width: number;
  height: number;
}

/** Sides are rounded up to a multiple of `multiple`; `square` makes both equal to the longer one. */
export function fitLetterbox(
  picture: { width: number; height: number },
  size: number,
  { multiple = 32, square = false }: { multiple?: number; square?: boolean } = {},
): Letterbox {
  const scale = size / Math.max(picture.width, picture.height);
  const innerWidth = Math.max(1, Math.round(picture.width * scale));
  const innerHeight = Math.max(1, Math.round(picture.height * scale));
  const roundUp = (value: number): number => Math.ceil(value / multiple) * multiple;
  const longest = roundUp(Math.max(innerWidth, innerHeight));
  return {
    scale,
    innerWidth,
    innerHeight,
    width: square ? longest : roundUp(innerWidth),
    height: square ? longest : roundUp(innerHeight),
  };
}

/** [1, 3, H, W], sRGB / 255. */
export function letterboxPicture(picture: Picture, box: Letterbox): Tensor {
  return letterboxPlanes(planesOf(picture), box, GREY);
}

/** [1, C, H, W]: the planes resized into the inner part, `filling` around it. */
export function letterboxPlanes(planes: Planes, box: Letterbox, filling: number): Tensor {
  const inner = resample(planes, wholeRect(planes), box.innerWidth, box.innerHeight);
  const result = zeros([1, planes.channels, box.height, box.width]);
  result.data.fill(filling);
  for (let channel = 0; channel < planes.channels; channel++) {
    for (let row = 0; row < box.innerHeight; row++) {
      const from = (channel * box.innerHeight + row) * box.innerWidth;
      result.data.set(inner.data.subarray(from, from + box.innerWidth), (channel * box.height + row) * box.width);
    }
  }
  return result;
}

/** The picture in a network's input, without the filling. */
export function innerPlanes({ data, shape }: Tensor, { innerWidth, innerHeight, width, height }: Letterbox): Planes {
  const source: Planes = { channels: shape[1], width, height, data };
  return resample(source, { x: 0, y: 0, width: innerWidth, height: innerHeight }, innerWidth, innerHeight);
}

/** A plane that the network gave at 1 / `stride` of its input, brought back to the picture's size. */
export function unletterbox(
  answer: Float32Array,
  box: Letterbox,
  stride: number,
  picture: { width: number; height: number },
): Float32Array {
  const source: Planes = { channels: 1, width: box.width / stride, height: box.height / stride, data: answer };
  const inner = { x: 0, y: 0, width: box.innerWidth / stride, height: box.innerHeight / stride };
  return resample(source, inner, picture.width, picture.height).data;
}

/** Turns the first `inner` of each row's `width` numbers around. Changes `data`. */
export function mirrorRows(data: Float32Array, width: number, inner = width): void {
  for (let from = 0; from < data.length; from += width) data.subarray(from, from + inner).reverse();
}
