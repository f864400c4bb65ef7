import { readFileSync } from 'node:fs';
import { checkClosed, meshBounds } from '@scenemaker/sdk';
import { describe, expect, test } from 'vitest';
import { meshField, queryInChunks } from '../../../runtime-server/src/backends/field-query.js';
import { openStage } from '../../../runtime-server/src/backends/index.js';
import { prepareObject } from '../../../runtime-server/src/backends/triposr/picture.js';
import {
  floats,
  largeModel,
  objectInput,
  objectPicture,
  packOf,
  type PreparedPicture,
} from '../../support/large-models.js';

const golden = JSON.parse(readFileSync(largeModel('triposr.golden.json'), 'utf8')) as { pictures: PreparedPicture[] };
const TRIPOSR = {
  shape: {
    backend: 'triposr',
    files: { encoder: 'triposr-encoder.onnx', field: 'triposr-field.onnx' },
    settings: { resolution: 48, chunk: 5000 },
  },
};

describe('TripoSR, as the upstream Python has it', () => {
  test.each(golden.pictures)('sees the picture: $width x $height', (expected) => {
    const { data, shape } = prepareObject(objectPicture(expected));
    expect(shape).toEqual([1, 3, 512, 512]);
    let worst = 0;
    floats(expected.values).forEach(
      (value, i) => (worst = Math.max(worst, Math.abs(data[expected.every * i] - value))),
    );
    // A byte that is cut off the other way.
    expect(worst).toBeLessThan(1.01 / 255);
  });
});

describe('the shape stage on TripoSR', () => {
  test('gives a closed, coloured mesh that stands upright and faces the viewer', async () => {
    const stage = await openStage('shape', await packOf(TRIPOSR), { threads: 1 });
    const { mesh, score } = await stage.run(objectInput(20, 36), { seed: 1 });
    await stage.dispose();
    expect(checkClosed(mesh).closed).toBe(true);
    const { min, max } = meshBounds(mesh);
    // Half axes of 0.5 (x, back), 0.4 (y, right) and 0.71 (z, up) there are z, x and y here.
    const sides = max.map((high, k) => high - min[k]);
    expect(sides[1]).toBeCloseTo(1, 5);
    expect(sides[0]).toBeCloseTo(0.4 / 0.714, 1);
    expect(sides[2]).toBeCloseTo(0.5 / 0.714, 1);
    expect(score).toBeGreaterThan(0.8);
    // On the side that the picture does not show: redder to the right, greener above.
    const [vertices, colors] = [mesh.positions, mesh.colors ?? new Uint8Array()];
    const mean = (channel: number, where: (x: number, y: number) => boolean): number => {
      const values: number[] = [];
      for (let i = 0; i < vertices.length / 3; i++) {
        if (vertices[3 * i + 2] < -0.1 && where(vertices[3 * i], vertices[3 * i + 1]))
          values.push(colors[4 * i + channel]);
      }
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    expect(mean(0, (x) => x > 0.1)).toBeGreaterThan(mean(0, (x) => x < -0.1) + 50);
    expect(mean(1, (_, y) => y > 0.1)).toBeGreaterThan(mean(1, (_, y) => y < -0.1) + 50);
  });

  test('without anything denser than the threshold there is no object', async () => {
    const settings = { ...TRIPOSR.shape.settings, threshold: 1e9, resolution: 16 };
    const stage = await openStage('shape', await packOf({ shape: { ...TRIPOSR.shape, settings } }), { threads: 1 });
    await expect(stage.run(objectInput(20, 36), { seed: 1 })).rejects.toThrow(/nothing inside/);
    await stage.dispose();
  });
});

describe('a field that is asked for in chunks', () => {
  test('is meshed where it changes its sign, never with more points at once than allowed', async () => {
    const sizes: number[] = [];
    const ball = async (points: Float32Array): Promise<Float32Array> => {
      sizes.push(points.length / 3);
      return Float32Array.from({ length: points.length / 3 }, (_, i) => {
        return 0.5 - Math.hypot(points[3 * i] - 0.2, points[3 * i + 1], points[3 * i + 2]);
      });
    };
    const mesh = await meshField(ball, { halfExtent: 1, resolution: 30, chunk: 1000 });
    expect(Math.max(...sizes)).toBe(1000);
    expect(sizes.reduce((a, b) => a + b)).toBe(30 ** 3);
    for (let i = 0; i < mesh.positions.length; i += 3) {
      const [x, y, z] = mesh.positions.subarray(i, i + 3);
      expect(Math.hypot(x - 0.2, y, z)).toBeCloseTo(0.5, 2);
    }
  });

  test('gives each point its own answer', async () => {
    const points = Float32Array.from({ length: 21 }, (_, i) => i);
    const answers = await queryInChunks(async (some) => some.map((value) => 2 * value), points, 3, 3);
    expect(answers).toEqual(points.map((value) => 2 * value));
  });
});
