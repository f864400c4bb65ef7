/** A depth map in colours, with a scale. */
import type { Picture } from '../stages/stage.js';
import { BLACK, checkerGrey, createPicture, WHITE } from './canvas.js';
import { drawText, TEXT_ASCENT, textWidth } from './font.js';
import { textScale } from './overlay.js';
import { DEPTH_COLORS } from './palette.js';

/** These shares of the pixels, the nearest and the farthest, are shown in the end colours. */
const CUT = 0.01;

export interface DepthPicture {
  width: number;
  height: number;
  /** Metres along the optical axis; NaN where there is none. */
  data: Float32Array;
}

/**
 * Near is light, far is dark; steps are even in 1 / depth, as the eye and the models see it.
 * Where there is no depth, a grey checker. The scale below the map is in metres.
 */
export function drawDepth({ width, height, data }: DepthPicture): Picture {
  const [far, near] = range(data);
  const scale = textScale({ width, height });
  const footer = (TEXT_ASCENT + 8) * scale;
  const picture = createPicture(width, height + footer);
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (value > 0 && value < Infinity) setColor(picture, i, (1 / value - far) / (near - far));
    else picture.data.fill(checkerGrey(i % width, Math.floor(i / width), 4 * scale), 3 * i, 3 * i + 3);
  }
  drawScale(picture, height, far, near, scale);
  return picture;
}

function setColor(picture: Picture, pixel: number, position: number): void {
  const color = 3 * Math.round(255 * Math.min(1, Math.max(0, position)));
  picture.data.set(DEPTH_COLORS.subarray(color, color + 3), 3 * pixel);
}

/** Far and near ends as 1 / metres. */
function range(data: Float32Array): [number, number] {
  const inverse = data.filter((value) => value > 0 && value < Infinity).map((value) => 1 / value);
  if (inverse.length === 0) return [0, 1];
  inverse.sort();
  const far = inverse[Math.floor(CUT * (inverse.length - 1))];
  const near = inverse[Math.ceil((1 - CUT) * (inverse.length - 1))];
  return near > far ? [far, near] : [far * 0.999, near * 1.001];
}

/** A bar from near to far with the depths at its ends and its middle. */
function drawScale(picture: Picture, top: number, far: number, near: number, scale: number): void {
  const { width } = picture;
  const bar = 4 * scale;
  for (let y = top; y < top + bar; y++) {
    for (let x = 0; x < width; x++) setColor(picture, y * width + x, 1 - x / (width - 1));
  }
  const meters = (inverse: number): string => `${(1 / inverse).toPrecision(3)} m`;
  const texts = [meters(near), meters((near + far) / 2), meters(far)];
  for (const [index, text] of texts.entries()) {
    const room = width - textWidth(text, scale) - 4 * scale;
    drawText(picture, text, 2 * scale + (room * index) / 2, top + bar + 2 * scale, scale, BLACK);
  }
  for (let x = 0; x < width; x++) picture.data.set(WHITE, 3 * ((top + bar) * width + x));
}
