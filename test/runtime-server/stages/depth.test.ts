import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadPack } from '../../../runtime-server/src/models/index.js';
import { DepthStage } from '../../../runtime-server/src/stages/depth.js';
import { mirrorRows } from '../../../runtime-server/src/stages/letterbox.js';
import type { Picture } from '../../../runtime-server/src/stages/stage.js';

const PACK = fileURLToPath(new URL('../../../runtime-server/packs/embedded/', import.meta.url));

/** A wall, a floor that grows brighter toward the camera, and a box left of the middle. */
function room(width: number, height: number): Picture {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const box = x > width * 0.2 && x < width * 0.45 && y > height * 0.35 && y < height * 0.75;
      const floor = y > height * 0.5 ? 90 + (120 * y) / height : 170;
      data.set(box ? [160, 60, 40] : [floor, floor - 10, floor - 30], 3 * (y * width + x));
    }
  }
  return { width, height, data };
}

function mirrorImage({ width, height, data }: Picture): Picture {
  const mirrored = new Uint8Array(data.length);
  for (let i = 0; i < width * height; i++) {
    const from = i - (i % width) + width - 1 - (i % width);
    mirrored.set(data.subarray(3 * from, 3 * from + 3), 3 * i);
  }
  return { width, height, data: mirrored };
}

/** Of two depths, where both are known, either over the other; infinite where they do not know the same pixels. */
function largestRatio(a: Float32Array, b: Float32Array): number {
  let largest = 1;
  for (let i = 0; i < a.length; i++) {
    if (Number.isNaN(a[i]) !== Number.isNaN(b[i])) return Infinity;
    if (a[i] > 0) largest = Math.max(largest, a[i] / b[i], b[i] / a[i]);
  }
  return largest;
}

describe('depth of a mirror image', () => {
  let stage: DepthStage;

  beforeAll(async () => {
    stage = await DepthStage.open(await loadPack(PACK));
  });
  afterAll(() => stage.dispose());

  // The network's input is filled up below a wide picture and to the right of a tall one.
  test.each([
    ['wide', 160, 96],
    ['tall', 96, 160],
  ])('is the mirror image of the depth, through the mirrored camera (%s)', async (_, width, height) => {
    const picture = room(width, height);
    const seen = await stage.run({ picture });
    const other = await stage.run({ picture: mirrorImage(picture) });
    expect(largestRatio(seen.depth, other.depth)).toBeGreaterThan(1.05);
    mirrorRows(other.depth, width);
    expect(largestRatio(seen.depth, other.depth)).toBeLessThan(1.001);
    expect(other.intrinsics.fx / seen.intrinsics.fx).toBeCloseTo(1, 4);
    expect(other.up[0]).toBeCloseTo(-seen.up[0], 4);
    expect(other.up[1]).toBeCloseTo(seen.up[1], 4);
    expect(other.up[2]).toBeCloseTo(seen.up[2], 4);
  });

  test('goes through the principal point of a known camera', async () => {
    const picture = room(160, 96);
    const seen = await stage.run({ picture, intrinsics: { fx: 150, fy: 150, cx: 60, cy: 50 } });
    const other = await stage.run({ picture: mirrorImage(picture), intrinsics: { fx: 150, fy: 150, cx: 100, cy: 50 } });
    expect(other.up[0]).toBeCloseTo(-seen.up[0], 4);
    expect(other.up[1]).toBeCloseTo(seen.up[1], 4);
  });
});
