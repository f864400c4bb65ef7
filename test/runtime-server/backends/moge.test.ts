import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openStage } from '../../../runtime-server/src/backends/index.js';
import { recoverFocalShift } from '../../../runtime-server/src/backends/moge/focal-shift.js';
import { floats, largeModel, packOf, stripes } from '../../support/large-models.js';

interface Golden {
  infer: { width: number; height: number; fovX: number | null; fx: number; fy: number; depth: string }[];
  recover: {
    width: number;
    height: number;
    points: string;
    valid: string;
    known: number | null;
    focal: number;
    shift: number;
  }[];
}

const golden = JSON.parse(readFileSync(largeModel('moge.golden.json'), 'utf8')) as Golden;
const MOGE = { depth: { backend: 'moge', files: { model: 'moge.onnx' } } };
const context = { seed: 1 };

describe("MoGe's focal length and shift are those of the upstream Python", () => {
  test.each(golden.recover)('$width x $height, known focal length: $known', (expected) => {
    const { width, height, known } = expected;
    const valid = Uint8Array.from(floats(expected.valid));
    const { focal, shift } = recoverFocalShift(
      { points: floats(expected.points), valid, width, height },
      known ?? undefined,
    );
    expect(Math.abs(focal - expected.focal)).toBeLessThan(1e-4 * expected.focal);
    expect(Math.abs(shift - expected.shift)).toBeLessThan(1e-4);
  });

  test('without a valid point there is no shift', () => {
    const map = { points: new Float32Array(12), valid: new Uint8Array(4), width: 2, height: 2 };
    expect(recoverFocalShift(map)).toEqual({ focal: 1, shift: 0 });
    expect(recoverFocalShift(map, 2)).toEqual({ focal: 2, shift: 0 });
  });
});

describe('the depth stage on MoGe', () => {
  test.each(golden.infer)('gives what upstream infers: $width x $height, field of view $fovX', async (expected) => {
    const { width, height, fovX } = expected;
    const stage = await openStage('depth', await packOf(MOGE));
    const fx = fovX === null ? undefined : width / 2 / Math.tan((fovX * Math.PI) / 360);
    const intrinsics = fx === undefined ? undefined : { fx, fy: fx, cx: width / 2, cy: height / 2 };
    const answer = await stage.run({ picture: stripes(width, height), ...(intrinsics && { intrinsics }) }, context);
    await stage.dispose();
    expect(answer.intrinsics.fx / expected.fx).toBeCloseTo(1, 4);
    expect(answer.intrinsics.fy / expected.fy).toBeCloseTo(1, 4);
    expect(answer.intrinsics).toMatchObject({ cx: width / 2, cy: height / 2 });
    const depth = floats(expected.depth);
    const scale = answer.metersPerUnit ?? NaN;
    let [seen, worst] = [0, 0];
    for (let i = 0; i < depth.length; i++) {
      expect(Number.isNaN(answer.depth[i])).toBe(!Number.isFinite(depth[i]));
      if (!Number.isFinite(depth[i])) continue;
      seen++;
      worst = Math.max(worst, Math.abs((answer.depth[i] * scale) / depth[i] - 1));
    }
    expect(seen).toBeGreaterThan(300);
    expect(worst).toBeLessThan(1e-4);
  });

  test('takes graphs that name the scale as the published ones do, or as the exporting page does', async () => {
    const scaleBy = async (model: string): Promise<number | undefined> => {
      const stage = await openStage('depth', await packOf({ depth: { backend: 'moge', files: { model } } }));
      const { metersPerUnit } = await stage.run({ picture: stripes(48, 36) }, context);
      await stage.dispose();
      return metersPerUnit;
    };
    const scale = await scaleBy('moge.onnx');
    expect(scale).toBeGreaterThan(0);
    expect(await scaleBy('moge-own-export.onnx')).toBe(scale);
  });

  test('finds the camera that the points were made with, and which way is up', async () => {
    const stage = await openStage('depth', await packOf(MOGE));
    const { intrinsics, up } = await stage.run({ picture: stripes(120, 90) }, context);
    await stage.dispose();
    expect(intrinsics.fx / 75).toBeCloseTo(1.3, 3);
    // The graph's floor: z = 3 - 1.5 v, where v = 1.3 y / z, so that its normal is along (0, -1.95 / z, -1) or so.
    expect(up[0]).toBeCloseTo(0, 1);
    expect(up[1]).toBeLessThan(-0.3);
    expect(Math.hypot(...up)).toBeCloseTo(1, 5);
  });
});
