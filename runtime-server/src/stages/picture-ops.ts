/**
 * Pictures as planes of float32, and resampling between a picture and a window of it.
 *
 * Pixel (i, j) covers [j, j+1) x [i, i+1); its centre is at (j + 0.5, i + 0.5). Windows are given in
 * pixels of the source and may reach over its border.
 */
import type { Mask, Picture, PictureWithAlpha, Window } from './stage.js';

/** Channel planes, [channel][row][column]: the layout tensors have. */
export interface Planes {
  channels: number;
  width: number;
  height: number;
  data: Float32Array;
}

/** A rectangle in pixels, not bound to the pixel grid. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const windowRect = ({ x, y, side }: Window): Rect => ({ x, y, width: side, height: side });

export const wholeRect = ({ width, height }: { width: number; height: number }): Rect => ({
  x: 0,
  y: 0,
  width,
  height,
});

export function createPlanes(channels: number, width: number, height: number): Planes {
  return { channels, width, height, data: new Float32Array(channels * width * height) };
}

/** One plane, as a view. */
export function plane(source: Planes, channel: number): Float32Array {
  const size = source.width * source.height;
  return source.data.subarray(channel * size, (channel + 1) * size);
}

/** r, g, b in [0, 1]. */
export function planesOf({ width, height, data }: Picture): Planes {
  const planes = createPlanes(3, width, height);
  const size = width * height;
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < size; i++) planes.data[channel * size + i] = data[3 * i + channel] / 255;
  }
  return planes;
}

/** r, g, b premultiplied by coverage, and the coverage, all in [0, 1]. */
export function premultipliedPlanes({ width, height, data }: PictureWithAlpha): Planes {
  const planes = createPlanes(4, width, height);
  const size = width * height;
  for (let i = 0; i < size; i++) {
    const alpha = data[4 * i + 3] / 255;
    for (let channel = 0; channel < 3; channel++)
      planes.data[channel * size + i] = (data[4 * i + channel] / 255) * alpha;
    planes.data[3 * size + i] = alpha;
  }
  return planes;
}

/** The masked pixels on nothing: r, g, b premultiplied, and coverage, in [0, 1]. */
export function maskedPlanes({ width, height, data }: Picture, mask: Mask): Planes {
  const planes = createPlanes(4, width, height);
  const size = width * height;
  for (let i = 0; i < size; i++) {
    if (mask.data[i] === 0) continue;
    for (let channel = 0; channel < 3; channel++) planes.data[channel * size + i] = data[3 * i + channel] / 255;
    planes.data[3 * size + i] = 1;
  }
  return planes;
}

export function maskPlane({ width, height, data }: Mask): Planes {
  return { channels: 1, width, height, data: new Float32Array(data) };
}

/** Premultiplied planes back to bytes; colour is kept where coverage rounds to nothing. */
export function pictureFromPremultiplied(planes: Planes): PictureWithAlpha {
  const { width, height, data } = planes;
  const size = width * height;
  const bytes = new Uint8Array(4 * size);
  for (let i = 0; i < size; i++) {
    const alpha = clamp01(data[3 * size + i]);
    if (alpha <= 0) continue;
    for (let channel = 0; channel < 3; channel++) bytes[4 * i + channel] = toByte(data[channel * size + i] / alpha);
    bytes[4 * i + 3] = toByte(alpha);
  }
  return { width, height, data: bytes };
}

/**
 * Resamples `rect` of `source` to `width` x `height`: bilinear where it enlarges, a triangle filter as
 * wide as the step where it shrinks (what Pillow and PyTorch call antialiased bilinear).
 * Beyond the border lies `outside`; with 'edge' only what lies inside counts.
 */
export function resample(
  source: Planes,
  rect: Rect,
  width: number,
  height: number,
  outside: number | 'edge' = 'edge',
): Planes {
  const across = filterAxis(source.width, rect.x, rect.width, width, outside === 'edge');
  const down = filterAxis(source.height, rect.y, rect.height, height, outside === 'edge');
  const filling = outside === 'edge' ? 0 : outside;
  const result = createPlanes(source.channels, width, height);
  // Only the rows that the second pass reads are filtered across.
  const firstRow = down.first;
  const rows = down.last - firstRow;
  const narrowed = new Float32Array(Math.max(0, rows) * width);
  for (let channel = 0; channel < source.channels; channel++) {
    const input = plane(source, channel);
    const output = plane(result, channel);
    for (let row = 0; row < rows; row++) {
      const base = (firstRow + row) * source.width;
      for (let column = 0; column < width; column++) {
        let sum = across.missing[column] * filling;
        const start = across.start[column];
        for (let k = across.offset[column], s = base + start; k < across.offset[column + 1]; k++, s++) {
          sum += across.weight[k] * input[s];
        }
        narrowed[row * width + column] = sum;
      }
    }
    for (let row = 0; row < height; row++) {
      const target = row * width;
      output.fill(down.missing[row] * filling, target, target + width);
      for (let k = down.offset[row], r = down.start[row] - firstRow; k < down.offset[row + 1]; k++, r++) {
        const weight = down.weight[k];
        for (let column = 0; column < width; column++) {
          output[target + column] = output[target + column] + weight * narrowed[r * width + column];
        }
      }
    }
  }
  return result;
}

/** All planes at (u, v) in [0, 1], bilinear, into `target`. What lies beyond the border is as the border. */
export function samplePlanes(
  { channels, width, height, data }: Planes,
  u: number,
  v: number,
  target: Float32Array,
): void {
  const size = width * height;
  const x = Math.min(width - 1, Math.max(0, u * width - 0.5));
  const y = Math.min(height - 1, Math.max(0, v * height - 0.5));
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const right = x0 + 1 < width ? 1 : 0;
  const down = y0 + 1 < height ? width : 0;
  const [tx, ty] = [x - x0, y - y0];
  for (let channel = 0; channel < channels; channel++) {
    const i = channel * size + y0 * width + x0;
    const upper = data[i] + tx * (data[i + right] - data[i]);
    const lower = data[i + down] + tx * (data[i + down + right] - data[i + down]);
    target[channel] = upper + ty * (lower - upper);
  }
}

/** A mask seen in `rect`: 1 where more than half of the pixel is covered. */
export function resampleMask(mask: Mask, rect: Rect, width: number, height: number, outside = 0): Mask {
  const planes = resample(maskPlane(mask), rect, width, height, outside);
  return thresholdPlane(planes, 0.5);
}

/** 1 where the first plane exceeds `threshold`. */
export function thresholdPlane({ width, height, data }: Planes, threshold: number): Mask {
  const mask = new Uint8Array(width * height);
  for (let i = 0; i < mask.length; i++) mask[i] = data[i] > threshold ? 1 : 0;
  return { width, height, data: mask };
}

interface AxisFilter {
  /** First source sample of each output sample; its weights are `weight[offset[i] .. offset[i + 1])`. */
  start: Int32Array;
  offset: Int32Array;
  weight: Float32Array;
  /** The share of each output sample's weight that falls beyond the border. */
  missing: Float32Array;
  /** The source samples that are read at all: first, and one past the last. */
  first: number;
  last: number;
}

/** With `within`, weights that fall beyond the border are dropped, else they are summed up in `missing`. */
function filterAxis(size: number, origin: number, extent: number, count: number, within: boolean): AxisFilter {
  const step = extent / count;
  const radius = Math.max(1, step);
  const start = new Int32Array(count);
  const offset = new Int32Array(count + 1);
  const missing = new Float32Array(count);
  const weights: number[] = [];
  let first = size;
  let last = 0;
  for (let i = 0; i < count; i++) {
    const centre = origin + (i + 0.5) * step - 0.5;
    const from = Math.floor(centre - radius) + 1;
    const to = Math.ceil(centre + radius);
    let begin = Math.max(from, 0);
    let end = Math.max(Math.min(to, size), begin);
    if (within && end === begin) {
      // Wholly beyond the border: the nearest sample stands in.
      begin = Math.min(Math.max(from, 0), size - 1);
      end = begin + 1;
    }
    const row = new Float64Array(end - begin);
    let total = 0;
    let inside = 0;
    for (let k = from; k < to; k++) {
      const weight = Math.max(0, 1 - Math.abs(k - centre) / radius);
      total += weight;
      if (k >= begin && k < end) inside += row[k - begin] = weight;
    }
    if (within) {
      if (inside === 0) inside = row[0] = 1;
      total = inside;
    }
    start[i] = begin;
    missing[i] = 1 - inside / total;
    for (const weight of row) weights.push(weight / total);
    offset[i + 1] = weights.length;
    if (end > begin) {
      first = Math.min(first, begin);
      last = Math.max(last, end);
    }
  }
  return { start, offset, weight: Float32Array.from(weights), missing, first: Math.min(first, last), last };
}

export const clamp01 = (value: number): number => Math.min(1, Math.max(0, value));

/** From 0 at 0 to 1 at 1, level at both and beyond. */
export function smoothStep(t: number): number {
  const clamped = clamp01(t);
  return clamped * clamped * (3 - 2 * clamped);
}

/** [0, 1] to 0 to 255. */
export const toByte = (value: number): number => Math.round(255 * clamp01(value));
