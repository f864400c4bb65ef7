/** Binary masks: boxes, morphology, parts. Every function returns a new mask. */
import type { RunLengthMask } from '@scenemaker/sdk';
import type { Mask } from './stage.js';

/** Pixels x0 to x1 and y0 to y1; the upper ends are exclusive. */
export interface PixelBox {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export function emptyMask(width: number, height: number): Mask {
  return { width, height, data: new Uint8Array(width * height) };
}

/** A copy in memory that all threads read, so that handing it on copies nothing. */
export function sharedMask({ width, height, data }: Mask): Mask {
  const shared = new Uint8Array(new SharedArrayBuffer(data.length));
  shared.set(data);
  return { width, height, data: shared };
}

export function maskArea({ data }: Mask): number {
  let area = 0;
  for (let i = 0; i < data.length; i++) area += data[i];
  return area;
}

/** The bounding box of the set pixels; undefined when there are none. */
export function maskBox({ width, data }: Mask): PixelBox | undefined {
  let x0 = width;
  let x1 = 0;
  const first = data.indexOf(1);
  if (first < 0) return undefined;
  let y1 = 0;
  // Of each row its first and its last pixel: what is between them is not looked at one by one.
  for (let i = first; i >= 0; i = data.indexOf(1, y1 * width)) {
    const row = Math.floor(i / width) * width;
    x0 = Math.min(x0, i - row);
    x1 = Math.max(x1, data.lastIndexOf(1, row + width - 1) - row + 1);
    y1 = row / width + 1;
    if (y1 * width >= data.length) break;
  }
  return { x0, y0: Math.floor(first / width), x1, y1 };
}

/** Of each pixel the number of the last mask that has it, -1 for none. */
export function ownersOf(masks: readonly Mask[], width: number, height: number): Int32Array {
  const owners = new Int32Array(width * height).fill(-1);
  for (const [number, mask] of masks.entries()) {
    const { x0, y0, x1, y1 } = maskBox(mask) ?? NOWHERE;
    for (let y = y0; y < y1; y++)
      for (let i = y * width + x0; i < y * width + x1; i++) if (mask.data[i] !== 0) owners[i] = number;
  }
  return owners;
}

const NOWHERE: PixelBox = { x0: 0, y0: 0, x1: 0, y1: 0 };

export function unionOf(masks: readonly Mask[], width: number, height: number): Mask {
  const union = emptyMask(width, height);
  for (const mask of masks) {
    const { x0, y0, x1, y1 } = maskBox(mask) ?? NOWHERE;
    for (let y = y0; y < y1; y++) for (let i = y * width + x0; i < y * width + x1; i++) union.data[i] |= mask.data[i];
  }
  return union;
}

/** For each mask the union of the others. */
export function othersOf(masks: readonly Mask[], width: number, height: number): Mask[] {
  const count = new Uint16Array(width * height);
  for (const { data } of masks) for (let i = 0; i < count.length; i++) count[i] += data[i];
  return masks.map(({ data }) => {
    const others = emptyMask(width, height);
    for (let i = 0; i < count.length; i++) others.data[i] = count[i] > data[i] ? 1 : 0;
    return others;
  });
}

/** Overlap over union, 0 to 1; 0 when both are empty. */
export function maskIou(a: Mask, b: Mask): number {
  let overlap = 0;
  let union = 0;
  for (let i = 0; i < a.data.length; i++) {
    overlap += a.data[i] & b.data[i];
    union += a.data[i] | b.data[i];
  }
  return union === 0 ? 0 : overlap / union;
}

/** Grows the mask by `radius` pixels, as a square of side 2 radius + 1 does. */
export function dilate(mask: Mask, radius: number): Mask {
  return slideBoth(mask, radius, 1);
}

/** Shrinks the mask by `radius` pixels. Beyond the border counts as set, so that the border stays. */
export function erode(mask: Mask, radius: number): Mask {
  return slideBoth(mask, radius, 0);
}

/** Sets a pixel to `value` when any pixel of its square neighbourhood has it: rows, then columns, as far as the mask reaches. */
function slideBoth(mask: Mask, radius: number, value: 0 | 1): Mask {
  const { width, height } = mask;
  const both = emptyMask(width, height);
  const box = maskBox(mask);
  if (box === undefined) return both;
  const rows = new Uint8Array(width * height);
  // Farther away nothing is set, before or after.
  const [left, right] = [Math.max(0, box.x0 - radius), Math.min(width, box.x1 + radius)];
  const [top, bottom] = [Math.max(0, box.y0 - radius), Math.min(height, box.y1 + radius)];
  for (let y = box.y0; y < box.y1; y++) slide(mask.data, rows, y * width + left, right - left, 1, radius, value);
  for (let x = left; x < right; x++) slide(rows, both.data, top * width + x, bottom - top, width, radius, value);
  return both;
}

/** One line of `length` pixels, `stride` apart, that starts at `base`. */
function slide(
  input: Uint8Array,
  output: Uint8Array,
  base: number,
  length: number,
  stride: number,
  radius: number,
  value: 0 | 1,
): void {
  let count = 0;
  for (let i = 0; i < Math.min(radius, length); i++) count += input[base + i * stride] === value ? 1 : 0;
  for (let i = 0; i < length; i++) {
    const entering = i + radius;
    const leaving = i - radius - 1;
    if (entering < length && input[base + entering * stride] === value) count++;
    if (leaving >= 0 && input[base + leaving * stride] === value) count--;
    output[base + i * stride] = count > 0 ? value : value ^ 1;
  }
}

export interface Components {
  /** 0 where the mask is empty, else 1 to `areas.length`. */
  labels: Int32Array;
  /** Pixels of part i + 1. */
  areas: number[];
}

/** Parts of the mask that touch along edges. */
export function components({ width, height, data }: Mask): Components {
  const labels = new Int32Array(width * height);
  const areas: number[] = [];
  const stack: number[] = [];
  const visit = (i: number, label: number): void => {
    if (data[i] === 0 || labels[i] !== 0) return;
    labels[i] = label;
    stack.push(i);
  };
  for (let seed = 0; seed < data.length; seed++) {
    if (data[seed] === 0 || labels[seed] !== 0) continue;
    const label = areas.length + 1;
    let area = 0;
    visit(seed, label);
    while (stack.length > 0) {
      const i = stack.pop() ?? 0;
      const x = i % width;
      area++;
      if (x > 0) visit(i - 1, label);
      if (x < width - 1) visit(i + 1, label);
      if (i >= width) visit(i - width, label);
      if (i < width * (height - 1)) visit(i + width, label);
    }
    areas.push(area);
  }
  return { labels, areas };
}

/** Drops the parts smaller than `share` of the largest one. */
export function dropSmallParts(mask: Mask, share: number): Mask {
  const { labels, areas } = components(mask);
  const limit = share * areas.reduce((largest, area) => Math.max(largest, area), 0);
  const kept = emptyMask(mask.width, mask.height);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (label > 0 && areas[label - 1] >= limit) kept.data[i] = 1;
  }
  return kept;
}

/** Alternating run lengths, row by row, starting with zeros. */
export function encodeMask({ width, height, data }: Mask): RunLengthMask {
  const runs: number[] = [];
  let begin = 0;
  for (let value = 0; begin < data.length; value ^= 1) {
    const end = data.indexOf(value ^ 1, begin);
    const next = end < 0 ? data.length : end;
    runs.push(next - begin);
    begin = next;
  }
  return { width, height, runs: Uint32Array.from(runs) };
}

export function decodeMask({ width, height, runs }: RunLengthMask): Mask {
  const mask = emptyMask(width, height);
  let position = 0;
  for (let i = 0; i < runs.length; i++) {
    if (i % 2 === 1) mask.data.fill(1, position, position + runs[i]);
    position += runs[i];
  }
  return mask;
}

/** The mask at another size: each pixel takes the value under its centre. */
export function resizeMask(mask: Mask, width: number, height: number): Mask {
  if (mask.width === width && mask.height === height) return mask;
  const resized = emptyMask(width, height);
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * mask.height) / height) * mask.width;
    for (let x = 0; x < width; x++, i++)
      resized.data[i] = mask.data[row + Math.floor(((x + 0.5) * mask.width) / width)];
  }
  return resized;
}

/** The up to four pixels beside pixel `i`. */
export function neighbours(i: number, width: number, height: number): number[] {
  const x = i % width;
  const found: number[] = [];
  if (x > 0) found.push(i - 1);
  if (x < width - 1) found.push(i + 1);
  if (i >= width) found.push(i - width);
  if (i < width * (height - 1)) found.push(i + width);
  return found;
}
