import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listRealPictures, readRealPicture } from '../../../runtime-server/src/evaluate/real-pictures.js';
import { Scores } from '../../../runtime-server/src/evaluate/scores.js';
import { scorePicture } from '../../../runtime-server/src/evaluate/tables/pictures.js';
import { maskArea } from '../../../runtime-server/src/stages/mask-ops.js';
import { runHere } from '../../support/command.js';

const SIDE = 32;
const RED = [255, 0, 0];
const BLUE = [0, 0, 255];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'real-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, colorOf: (x: number, y: number) => number[], side = SIDE, palette = false) {
  const data = Uint8Array.from({ length: 3 * side * side }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return colorOf(pixel % side, Math.floor(pixel / side))[i % 3];
  });
  await sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png({ palette })
    .toFile(join(folder, name));
}

/** Red on the left quarter, blue on the right one. */
const marked = (x: number): number[] => (x < 8 ? RED : x >= 24 ? BLUE : [0, 0, 0]);

describe('a folder of real pictures', () => {
  test.each([true, false])('each colour is an object, black is none (palette: %s)', async (palette) => {
    await write('b.png', () => [9, 9, 9]);
    await write('a.png', () => [9, 9, 9]);
    await write('a.seg.png', marked, SIDE, palette);
    const files = await listRealPictures(folder);
    expect(files.map(({ name }) => name)).toEqual(['a', 'b']);
    const [a, b] = await Promise.all(files.map(readRealPicture));
    expect(a.truths?.map(({ color, mask }) => [color, maskArea(mask)])).toEqual([
      ['ff0000', 8 * SIDE],
      ['0000ff', 8 * SIDE],
    ]);
    expect(b.truths).toBeUndefined();
  });

  test('counts of one picture, and pairs in their order of depth', async () => {
    await write('a.png', () => [9, 9, 9]);
    await write('a.seg.png', marked);
    const order = join(folder, 'order.json');
    await writeFile(order, JSON.stringify({ a: [['ff0000', '0000ff'], ['0000ff', 'ff0000']] })); // prettier-ignore
    const [file] = await listRealPictures(folder, order);
    const picture = await readRealPicture(file);
    const depth = Float32Array.from({ length: SIDE * SIDE }, (_, i) => 1 + (i % SIDE));
    const [red] = picture.truths ?? [];
    const scores = new Scores();
    const camera = { intrinsics: { fx: 1, fy: 1, cx: 0, cy: 0 }, up: [0, -1, 0] as const };
    const segments = [{ mask: red.mask, label: 'x', score: 1 }];
    expect(scorePicture(picture, 0, segments, { depth, ...camera }, scores)).toEqual({
      name: 'a',
      marked: 2,
      found: 1,
      right: 1,
      merged: 0,
      split: 0,
      missed: 1,
      false: 0,
      meanBestIou: 0.5,
      ordered: 1,
      pairs: 2,
    });
    expect(scores.report().pictures).toMatchObject({
      recall50: { mean: 0.5, n: 2 },
      maskIou: { mean: 1, n: 1 },
      missed: { mean: 0.5, n: 2 },
      falseMasks: { mean: 0, n: 1 },
      depthOrder: { mean: 0.5, n: 2 },
    });
  });

  test('bad input says what is wrong', async () => {
    await expect(listRealPictures(join(folder, 'none'))).rejects.toMatchObject({ code: 'input-missing' });
    await expect(listRealPictures(folder)).rejects.toMatchObject({ code: 'input-empty' });
    await write('a.png', () => [9, 9, 9]);
    await write('a.seg.png', marked, 16);
    const read = async (order?: string) => readRealPicture((await listRealPictures(folder, order))[0]);
    await expect(read()).rejects.toMatchObject({ code: 'bad-request', details: { given: '16 x 16' } });
    await write('a.seg.png', marked);
    const order = join(folder, 'order.json');
    await writeFile(order, JSON.stringify({ a: [['ff0000', '00ff00']] }));
    await expect(read(order)).rejects.toMatchObject({ details: { given: '00ff00', allowed: ['ff0000', '0000ff'] } });
    await writeFile(order, JSON.stringify({ a: [['red', 'blue']] }));
    await expect(read(order)).rejects.toThrow('must be a colour');
    await expect(read(join(folder, 'no.json'))).rejects.toMatchObject({ code: 'input-missing' });
  });

  test('the command takes a data set, pictures, or both; not neither', async () => {
    const { status, stderr } = await runHere('evaluate');
    expect(status).not.toBe(0);
    expect(stderr).toContain('give one data set folder, or --pictures DIR');
  });
});
