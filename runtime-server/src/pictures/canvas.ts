/** Drawing on pictures in place: rectangles, blending, copying. Whatever lies outside is left out. */
import type { Picture, PictureWithAlpha } from '../stages/stage.js';

/** sRGB, 0 to 255. */
export type Color = readonly [number, number, number];

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const WHITE: Color = [255, 255, 255];
export const BLACK: Color = [0, 0, 0];

export function createPicture(width: number, height: number, [r, g, b]: Color = WHITE): Picture {
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < data.length; i += 3) {
    data[i] = r;
    data[i + 1] = g;
    data[i + 2] = b;
  }
  return { width, height, data };
}

export const copyPicture = ({ width, height, data }: Picture): Picture => ({ width, height, data: data.slice() });

/** Mixes `color` into a pixel; `alpha` is 0 to 1. */
export function blendPixel({ width, height, data }: Picture, x: number, y: number, color: Color, alpha: number): void {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  const i = 3 * (y * width + x);
  for (let k = 0; k < 3; k++) data[i + k] += Math.round(alpha * (color[k] - data[i + k]));
}

export function fillRectangle(picture: Picture, { x, y, width, height }: Rectangle, color: Color, alpha = 1): void {
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width; i++) blendPixel(picture, x + i, y + j, color, alpha);
  }
}

/** Puts `source` on the picture with its top left corner at (x, y). */
export function drawPicture(picture: Picture, source: Picture | PictureWithAlpha, x: number, y: number): void {
  const channels = source.data.length / (source.width * source.height);
  for (let j = 0, s = 0; j < source.height; j++) {
    for (let i = 0; i < source.width; i++, s += channels) {
      const color: Color = [source.data[s], source.data[s + 1], source.data[s + 2]];
      blendPixel(picture, x + i, y + j, color, channels === 4 ? source.data[s + 3] / 255 : 1);
    }
  }
}

/** Two greys in squares: what stands for nothing. */
export function fillChecker(picture: Picture, { x, y, width, height }: Rectangle, side = 8): void {
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width; i++) {
      const grey = checkerGrey(i, j, side);
      blendPixel(picture, x + i, y + j, [grey, grey, grey], 1);
    }
  }
}

export const checkerGrey = (i: number, j: number, side: number): number =>
  (Math.floor(i / side) + Math.floor(j / side)) % 2 === 0 ? 232 : 204;

/** Perceived lightness of a colour, 0 to 1. */
export const lightness = ([r, g, b]: Color): number => (0.299 * r + 0.587 * g + 0.114 * b) / 255;
