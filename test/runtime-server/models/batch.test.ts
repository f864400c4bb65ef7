import { fileURLToPath } from 'node:url';
import {
  loadPack,
  type ModelSession,
  openSession,
  type Tensor,
  tensor,
} from '../../../runtime-server/src/models/index.js';
import { batchRuns } from '../../../runtime-server/src/models/batch.js';
import { openStages } from '../../../runtime-server/src/backends/index.js';
import { EMBEDDED_PACK } from '../../../runtime-server/src/packs.js';
import { othersOf } from '../../../runtime-server/src/stages/mask-ops.js';
import type { DeoccludeOutput, ShapeOutput, Stages } from '../../../runtime-server/src/stages/stage.js';
import { boxMesh, massProperties } from '@scenemaker/sdk';
import { describe, expect, test } from 'vitest';
import { drawScene, standing } from '../../support/synthetic-scene.js';

const location = fileURLToPath(new URL('../../fixtures/models/arithmetic.onnx', import.meta.url));
const file = { path: 'arithmetic.onnx', location, bytes: 0, sha256: '' };

type Arithmetic = ModelSession<'a' | 'b', 'sum'>;

/** Sums that count the rows of each run, and fail where the sum of a row would be negative. */
async function counted(most: number): Promise<{ session: Arithmetic; runs: number[] }> {
  const plain = await openSession(file, ['a', 'b'], ['sum'], { threads: 1 });
  const runs: number[] = [];
  const session: Arithmetic = {
    ...plain,
    path: plain.path,
    dispose: () => plain.dispose(),
    async run(feeds) {
      runs.push(feeds.a.shape[0] ?? 0);
      const outputs = await plain.run(feeds);
      if (outputs.sum.data.some((value) => value < 0)) throw new RangeError('negative');
      return outputs;
    },
  };
  return { session: batchRuns(session, most), runs };
}

const rows = (...values: number[]): Tensor => tensor(Float32Array.from(values.flatMap((x) => [x, 10 * x])), [values.length, 2]); // prettier-ignore

describe('runs that are asked for together', () => {
  test('are one run, and each gets its own rows', async () => {
    const { session, runs } = await counted(8);
    const sums = await Promise.all([
      session.run({ a: rows(1), b: rows(2) }),
      session.run({ a: rows(3, 4), b: rows(5, 6) }),
      session.run({ a: rows(7), b: rows(8) }),
    ]);
    expect(runs).toEqual([4]);
    expect(sums.map(({ sum }) => [...sum.data])).toEqual([[3, 30], [8, 80, 10, 100], [15, 150]]); // prettier-ignore
    expect(sums[1].sum.shape).toEqual([2, 2]);
  });

  test('are at most so many at once; later ones do not wait for earlier ones', async () => {
    const { session, runs } = await counted(2);
    await Promise.all([1, 2, 3].map((x) => session.run({ a: rows(x), b: rows(x) })));
    await session.run({ a: rows(1), b: rows(1) });
    expect(runs).toEqual([2, 1, 1]);
  });

  test('fail alone', async () => {
    const { session, runs } = await counted(8);
    const results = await Promise.allSettled([1, -2, 3].map((x) => session.run({ a: rows(x), b: rows(x) })));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(runs).toEqual([3, 1, 1, 1]);
  });
});

test('the stages of the embedded pack give the same for objects at once as one after the other', async () => {
  const boxes = [
    { mesh: boxMesh(0.4, 0.5, 0.4), pose: standing(-0.35, -1.7, 0.5, 0.4, 0.2) },
    { mesh: boxMesh(0.5, 0.3, 0.2), pose: standing(0.05, -1.9, 0.3, 0.5, -0.4) },
    { mesh: boxMesh(0.3, 0.3, 0.5), pose: standing(0.4, -1.6, 0.3, 0.4, 0.9) },
  ];
  const scene = drawScene(boxes, { size: 128 });
  const { width, height, masks, intrinsics, up } = scene;
  const hidden = othersOf(masks, width, height);
  const picture = { width, height, data: new Uint8Array(3 * width * height).fill(140) };
  masks.forEach((mask, k) =>
    mask.data.forEach((inside, i) => inside && picture.data.set([40 + 80 * k, 90, 60], 3 * i)),
  );

  const pack = await loadPack(EMBEDDED_PACK);
  const wholes = ({ deocclude }: Stages) =>
    masks.map((visible, seed) => () => deocclude.run({ picture, visible, hidden: hidden[seed], words: 'box' }, { seed, effort: 1 })); // prettier-ignore
  const shapes = ({ shape }: Stages, made: readonly DeoccludeOutput[]) =>
    made.map(
      ({ object, window }, seed) =>
        () =>
          shape.run(
            { object, window, intrinsics, up, points: scene.points[seed], measured: true },
            { seed, effort: 0.5 },
          ),
    );
  const oneByOne = async <T>(works: (() => Promise<T>)[]): Promise<T[]> => {
    const results: T[] = [];
    for (const work of works) results.push(await work());
    return results;
  };
  const atOnce = <T>(works: (() => Promise<T>)[]): Promise<T[]> => Promise.all(works.map((work) => work()));

  const single = await openStages(pack, { threads: 1 });
  const joint = await openStages(pack, { threads: 1, batch: 3 });
  expect([single.shape.batch, joint.shape.batch]).toEqual([1, 3]);
  const whole = await oneByOne(wholes(single));
  const wholeAtOnce = await atOnce(wholes(joint));
  whole.forEach(({ object }, k) => {
    const most = object.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (wholeAtOnce[k]?.object.data[i] ?? NaN))), 0); // prettier-ignore
    expect(most).toBeLessThanOrEqual(2);
  });
  const volume = ({ mesh }: ShapeOutput): number => massProperties(mesh)?.volume ?? NaN;
  const solid = await oneByOne(shapes(single, whole));
  const solidAtOnce = await atOnce(shapes(joint, whole));
  solid.forEach((shape, k) => {
    expect(volume(solidAtOnce[k] ?? shape) / volume(shape)).toBeCloseTo(1, 2);
    expect(solidAtOnce[k]?.score).toBeCloseTo(shape.score, 2);
  });
}, 300_000);
