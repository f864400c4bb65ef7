import { readFileSync } from 'node:fs';
import { checkClosed, meshBounds } from '@scenemaker/sdk';
import { describe, expect, test } from 'vitest';
import { openStage } from '../../../runtime-server/src/backends/index.js';
import { prepareObject } from '../../../runtime-server/src/backends/triposg/picture.js';
import { denoise } from '../../../runtime-server/src/backends/triposg/sampler.js';
import { type LocatedFile, openSession, tensor } from '../../../runtime-server/src/models/index.js';
import {
  floats,
  largeModel,
  objectInput,
  objectPicture,
  packOf,
  type PreparedPicture,
  SHAPE_BY_TRIPOSG,
} from '../../support/large-models.js';

interface Golden {
  pictures: PreparedPicture[];
  samples: { steps: number; guidance: number; timesteps: number[]; every997th: string }[];
}

const golden = JSON.parse(readFileSync(largeModel('triposg.golden.json'), 'utf8')) as Golden;
describe('TripoSG, as the upstream Python has it', () => {
  test.each(golden.pictures)('sees the picture: $width x $height', (expected) => {
    const { data, shape } = prepareObject(objectPicture(expected));
    expect(shape).toEqual([1, 3, 224, 224]);
    const values = floats(expected.values);
    let worst = 0;
    values.forEach((value, i) => (worst = Math.max(worst, Math.abs(data[expected.every * i] - value))));
    // A byte that is rounded the other way.
    expect(worst).toBeLessThan(1.01 / 255);
    const differing = values.filter((value, i) => Math.abs(data[expected.every * i] - value) > 1e-4);
    expect(differing.length).toBeLessThan(0.01 * values.length);
  });

  test.each(golden.samples)('samples: $steps steps, guidance $guidance', async ({ steps, guidance, ...expected }) => {
    const location = largeModel('triposg-denoiser.onnx');
    const file: LocatedFile = { path: 'triposg-denoiser.onnx', location, bytes: 0, sha256: '' };
    const inputs = ['latents', 'timestep', 'image_embeds'] as const;
    const model = await openSession(file, inputs, ['velocity'], { threads: 1 });
    const timesteps: number[] = [];
    const noted = {
      ...model,
      run: async (feeds: Parameters<typeof model.run>[0]) => {
        timesteps.push(Number(feeds.timestep.data[0]));
        return model.run(feeds);
      },
    };
    const start = Float32Array.from({ length: 2048 * 64 }, (_, i) => Math.sin(i * 0.37));
    const embeds = Float32Array.from({ length: 257 * 1024 }, (_, i) => Math.fround(Math.cos(i * 0.011)) + 0.2);
    const { data } = await denoise(noted, tensor(start, [1, 2048, 64]), tensor(embeds, [1, 257, 1024]), {
      steps,
      guidance,
    });
    await model.dispose();
    expect(timesteps).toHaveLength(steps);
    timesteps.forEach((timestep, i) => expect(timestep).toBeCloseTo(expected.timesteps[i], 3));
    const values = floats(expected.every997th);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(0.5);
    values.forEach((value, i) => expect(Math.abs(data[997 * i] - value)).toBeLessThan(1e-4 * largest));
  });
});

describe('the shape stage on TripoSG', () => {
  test('gives a closed mesh in canonical space, with the colours of the picture, the same for the same seed', async () => {
    const stage = await openStage('shape', await packOf({ shape: SHAPE_BY_TRIPOSG }), { threads: 1 });
    const progress: number[] = [];
    const input = objectInput(20, 32);
    const { mesh, score } = await stage.run(input, { seed: 5, onProgress: (fraction) => progress.push(fraction) });
    expect(checkClosed(mesh).closed).toBe(true);
    const { min, max } = meshBounds(mesh);
    // Half axes of 0.5, 0.8 and 0.5: what is above 0 is inside.
    const sides = max.map((high, k) => high - min[k]);
    expect(sides[0]).toBeCloseTo(0.625, 1);
    expect(sides[1]).toBeCloseTo(1, 5);
    expect(sides[2]).toBeCloseTo(0.625, 1);
    expect(score).toBeGreaterThan(0.8);
    expect(mesh.colors).toHaveLength((4 * mesh.positions.length) / 3);
    expect(progress.at(-1)).toBeCloseTo(1, 6);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    const again = await stage.run(input, { seed: 5 });
    expect(again.mesh.positions).toEqual(mesh.positions);
    await stage.dispose();
  });
});
