/** Bicubic resizing as Pillow does it, which image processors of transformers use: antialiased, in bytes. */
import { createPlanes, type Planes } from '../../stages/picture-ops.js';

/** Keys' kernel with a = -0.5. */
function cubic(x: number): number {
  const t = Math.abs(x);
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
  return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
}

/** `source` holds 0 to 255; so does the result, in whole numbers. Rows are resized first, and rounded. */
export function resizeBicubic(source: Planes, width: number, height: number): Planes {
  return transpose(resizeRows(transpose(resizeRows(source, width)), height));
}

function resizeRows(source: Planes, width: number): Planes {
  if (source.width === width) return source;
  const scale = source.width / width;
  const stretch = Math.max(1, scale);
  const result = createPlanes(source.channels, width, source.height);
  for (let x = 0; x < width; x++) {
    const center = (x + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - 2 * stretch + 0.5));
    const last = Math.min(source.width, Math.trunc(center + 2 * stretch + 0.5));
    const weights = Array.from({ length: last - first }, (_, k) => cubic((first + k - center + 0.5) / stretch));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let row = 0; row < source.channels * source.height; row++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * source.data[row * source.width + first + k];
      result.data[row * width + x] = Math.min(255, Math.max(0, Math.floor(sum / total + 0.5)));
    }
  }
  return result;
}

/** Rows become columns, in every channel. */
function transpose({ channels, width, height, data }: Planes): Planes {
  const result = createPlanes(channels, height, width);
  for (let channel = 0; channel < channels; channel++) {
    const base = channel * width * height;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) result.data[base + x * height + y] = data[base + y * width + x];
    }
  }
  return result;
}
