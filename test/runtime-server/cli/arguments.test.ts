import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  parseArguments,
  parseGigabytes,
  parseInteger,
  parseIntrinsics,
} from '../../../runtime-server/src/cli/arguments.js';
import { readCapture } from '../../../runtime-server/src/cli/capture.js';
import { describeInputs } from '../../../runtime-server/src/cli/inputs.js';
import { formatObjects } from '../../../runtime-server/src/cli/summary.js';
import { formatTable, numbers, words } from '../../../runtime-server/src/cli/table.js';
import { exampleScene } from '../../support/example-scene.js';

describe('arguments', () => {
  test('are options and positionals', () => {
    const { values, positionals } = parseArguments(['a.jpg', '--seed', '3'], { seed: { type: 'string' } });
    expect([values.seed, positionals]).toEqual(['3', ['a.jpg']]);
  });

  test.each([[['--sede', '3']], [['--seed']]])('%j are refused in one sentence', (args) => {
    const refused = () => parseArguments(args, { seed: { type: 'string' } });
    expect(refused).toThrow(
      expect.objectContaining({ code: 'bad-request', message: expect.not.stringContaining('\n') }),
    );
  });

  test('numbers are checked', () => {
    expect(parseInteger('12', '--seed', 0, 100)).toBe(12);
    for (const text of ['', '1.5', 'x', '-1', '101', 'Infinity']) {
      expect(() => parseInteger(text, '--seed', 0, 100)).toThrow(/--seed takes/);
    }
    expect(parseGigabytes('1.5', '--vram')).toBe(1.5 * 2 ** 30);
    for (const text of ['0', '-1', 'x']) expect(() => parseGigabytes(text, '--vram')).toThrow(/--vram takes/);
    expect(parseIntrinsics('600,601,320.5,240')).toEqual({ fx: 600, fy: 601, cx: 320.5, cy: 240 });
    expect(() => parseIntrinsics('600,601')).toThrow(/--intrinsics/);
  });
});

describe('the document beside a picture', () => {
  let place: string;
  beforeEach(async () => (place = await mkdtemp(join(tmpdir(), 'scenemaker-'))));
  afterEach(() => rm(place, { recursive: true }));
  const write = (document: unknown) =>
    writeFile(join(place, 'mug.json'), typeof document === 'string' ? document : JSON.stringify(document));
  const picture = () => join(place, 'mug.jpg');

  test('gives depth, intrinsics and pose', async () => {
    await writeFile(join(place, 'mug.depth.png'), Uint8Array.of(1, 2, 3));
    const intrinsics = { fx: 1, fy: 1, cx: 1, cy: 1 };
    const cameraToWorld = { rotation: [0, 0, 0, 1], translation: [0, 1, 0] };
    await write({ picture: 'mug.jpg', intrinsics, cameraToWorld, depth: 'mug.depth.png', more: 1 });
    const capture = await readCapture(picture());
    const depth = { encoding: 'png16', bytes: Uint8Array.of(1, 2, 3), metersPerUnit: 0.001 };
    expect(capture).toEqual({ intrinsics, cameraToWorld, depth });
    expect(describeInputs(capture)).toBe('depth map, intrinsics, camera pose');
  });

  test('is not there, speaks of another picture, or is something else', async () => {
    expect(await readCapture(picture())).toEqual({});
    for (const document of ['{', '[]', 'null', { picture: 'cup.jpg', depth: 'x.png' }, { name: 'npm' }]) {
      await write(document);
      expect(await readCapture(picture())).toEqual({});
    }
  });

  test('is refused where it is about the picture but wrong', async () => {
    await write({ picture: 'mug.jpg', intrinsics: { fx: 'wide' } });
    await expect(readCapture(picture())).rejects.toMatchObject({ code: 'bad-request' });
    await write({ picture: 'mug.jpg', depth: 'gone.png' });
    await expect(readCapture(picture())).rejects.toMatchObject({ code: 'input-missing' });
  });
});

describe('the summary', () => {
  test('lines up numbers on the right and words on the left', () => {
    const rows = [
      { name: 'a', millimetres: '1.0' },
      { name: 'long name', millimetres: '12.0' },
    ];
    const table = formatTable(rows, [
      words('name', ({ name }) => name),
      numbers('mm', ({ millimetres }) => millimetres),
      words('empty', () => ''),
    ]);
    expect(table).toBe('name         mm\n---------  ----\na           1.0\nlong name  12.0');
  });

  test('says what rests on what', () => {
    expect(formatObjects(exampleScene(), 3)).toMatch(/3 tin can +1 box/);
  });

  test('says when nothing was found', () => {
    expect(formatObjects({ ...exampleScene(), objects: [] }, 0)).toContain('Nothing was found');
    expect(formatObjects({ ...exampleScene(), objects: [] }, 2)).toContain(
      '2 objects were found, but none could be made',
    );
  });
});
