import type { RunLengthMask } from '@scenemaker/sdk';

/** One byte a pixel, 0 or 1, at the given size. */
export function expandMask(mask: RunLengthMask, width: number, height: number): Uint8Array {
  const set = new Uint8Array(mask.width * mask.height);
  let position = 0;
  for (const [index, run] of mask.runs.entries()) {
    if (index % 2 === 1) set.fill(1, position, position + run);
    position += run;
  }
  if (mask.width === width && mask.height === height) return set;
  const scaled = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * mask.height) / height) * mask.width;
    for (let x = 0; x < width; x++, i++) scaled[i] = set[row + Math.floor(((x + 0.5) * mask.width) / width)];
  }
  return scaled;
}
