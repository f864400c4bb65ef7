/**
 * De-occlusion without a model: colour and coverage flow from what is known into what is hidden until each
 * hidden pixel is the mean of its four neighbours (a membrane; Laplace's equation).
 */
import type { Planes } from '../stages/picture-ops.js';

const SWEEPS = 400;
/** Over-relaxation: near the best for regions of some hundred pixels. */
const RELAXATION = 1.9;

/** `known` is premultiplied; pixels where `hidden` is set are filled in. At the border nothing flows. */
export function classicalFill(known: Planes, hidden: Uint8Array): Planes {
  const { channels, width, height } = known;
  const size = width * height;
  const data = known.data.slice();
  const pixels: number[] = [];
  for (let i = 0; i < size; i++) if (hidden[i] !== 0) pixels.push(i);
  for (let channel = 0; channel < channels; channel++) {
    const values = data.subarray(channel * size, (channel + 1) * size);
    const start = meanOfKnown(values, hidden);
    for (const i of pixels) values[i] = start;
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      if (relax(values, pixels, width, height, sweep % 2 === 1) < 1e-4) break;
    }
    for (const i of pixels) values[i] = Math.min(1, Math.max(0, values[i]));
  }
  return { channels, width, height, data };
}

/** One pass over the hidden pixels, there or back; the largest change. */
function relax(values: Float32Array, pixels: readonly number[], width: number, height: number, back: boolean): number {
  let largest = 0;
  for (let n = 0; n < pixels.length; n++) {
    const i = pixels[back ? pixels.length - 1 - n : n];
    const x = i % width;
    let [sum, count] = [0, 0];
    if (x > 0) [sum, count] = [sum + values[i - 1], count + 1];
    if (x < width - 1) [sum, count] = [sum + values[i + 1], count + 1];
    if (i >= width) [sum, count] = [sum + values[i - width], count + 1];
    if (i < width * (height - 1)) [sum, count] = [sum + values[i + width], count + 1];
    const change = RELAXATION * (sum / count - values[i]);
    values[i] += change;
    largest = Math.max(largest, Math.abs(change));
  }
  return largest;
}

function meanOfKnown(values: Float32Array, hidden: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (hidden[i] !== 0) continue;
    sum += values[i];
    count++;
  }
  return count === 0 ? 0 : sum / count;
}
