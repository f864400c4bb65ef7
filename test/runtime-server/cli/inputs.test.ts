import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseArguments } from '../../../runtime-server/src/cli/arguments.js';
import { describeInputs, INPUT_OPTIONS, parseOptions, readInputs } from '../../../runtime-server/src/cli/inputs.js';

let folder: string;
const at = (name: string): string => join(folder, name);
const read = (...args: string[]) => readInputs(at('desk.jpg'), parseArguments(args, INPUT_OPTIONS).values);

/** As `numpy.save` writes it. */
function npy(shape: string, numbers: Float32Array, descr = '<f4'): Buffer {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + '\n';
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
  return Buffer.concat([start, Buffer.from(header), Buffer.from(numbers.buffer)]);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scenemaker-inputs-'));
  const png = (pixels: number[], channels: 1 | 3) =>
    sharp(Uint8Array.from(pixels), { raw: { width: 3, height: 2, channels } }).png();
  await png([0, 7, 7, 0, 0, 2], 1).toFile(at('labels.png'));
  await png([0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 3).toFile(at('blue.png'));
  await png([0, 0, 0, 0, 0, 0], 1).toFile(at('black.png'));
  await writeFile(at('depth.npy'), npy('(2, 3)', Float32Array.of(1, 2, 3, 4, 5, 6)));
  await writeFile(at('whole.npy'), npy('(2, 3)', new Float32Array(6), '<i8'));
  await writeFile(at('short.npy'), npy('(2, 3)', new Float32Array(5)));
  await writeFile(at('depth.png'), 'any bytes');
  const intrinsics = { fx: 600, fy: 600, cx: 320, cy: 240 };
  const cameraToWorld = { rotation: [0, 0, 0, 1], translation: [1, 2, 3] };
  await writeFile(at('second.json'), JSON.stringify({ intrinsics, cameraToWorld, depth: 'depth.npy', other: 1 }));
  await writeFile(at('posed.json'), JSON.stringify({ intrinsics, depth: 'depth.npy' }));
});
afterAll(() => rm(folder, { recursive: true }));

describe('what is known of the picture', () => {
  test('nothing is given when nothing is said', async () => {
    expect(await read()).toEqual({});
    expect(describeInputs({})).toBe('');
  });

  test('depth, intrinsics, pose, a further frame and the height of the camera', async () => {
    const inputs = await read(
      '--depth',
      at('depth.npy'),
      '--intrinsics',
      '600,601,320.5,240',
      '--camera-pose',
      '1,2,3,0,0,0,1',
      '--frame',
      at('second.json'),
      '--camera-height',
      '1.5',
    );
    const depth = { encoding: 'float32', width: 3, height: 2, meters: Float32Array.of(1, 2, 3, 4, 5, 6) };
    expect(inputs).toEqual({
      depth,
      intrinsics: { fx: 600, fy: 601, cx: 320.5, cy: 240 },
      cameraToWorld: { translation: [1, 2, 3], rotation: [0, 0, 0, 1] },
      cameraHeightMeters: 1.5,
      frames: [
        {
          depth,
          intrinsics: { fx: 600, fy: 600, cx: 320, cy: 240 },
          cameraToWorld: { rotation: [0, 0, 0, 1], translation: [1, 2, 3] },
        },
      ],
    });
    expect(describeInputs(inputs)).toBe('depth map, intrinsics, camera pose, camera height, 1 further frame');
  });

  test('the unit of grey levels holds for PNGs', async () => {
    const { depth } = await read('--depth', at('depth.png'), '--depth-unit', '0.0002');
    expect(depth).toMatchObject({ encoding: 'png16', metersPerUnit: 0.0002 });
  });

  test.each([
    ['whole numbers', 'whole.npy', /of type <i8/],
    ['too few numbers', 'short.npy', /ends before/],
  ])('an array of %s: depth-invalid', async (_, name, message) => {
    await expect(read('--depth', at(name))).rejects.toMatchObject({
      code: 'depth-invalid',
      message: expect.stringMatching(message),
    });
  });

  test.each<[string, () => string[], string]>([
    ['a quaternion that is none', () => ['--camera-pose', '0,0,0,0,0,0,2'], 'bad-request'],
    ['a pose with a number missing', () => ['--camera-pose', '0,0,0,0,0,1'], 'bad-request'],
    ['a camera in the ground', () => ['--camera-height', '0'], 'bad-request'],
    ['a frame without a pose', () => ['--frame', at('posed.json')], 'bad-request'],
    ['a frame, where the picture itself has none', () => ['--frame', at('second.json')], 'bad-request'],
    ['a file that is not there', () => ['--depth', at('gone.png')], 'input-missing'],
  ])('%s: %s', async (_, args, code) => {
    await expect(read(...args())).rejects.toMatchObject({ code });
  });
});

describe('which objects', () => {
  test('each grey level is one, in its order', async () => {
    const { objects } = await read('--masks', at('labels.png'));
    expect(objects).toEqual([
      { mask: { width: 3, height: 2, runs: Uint32Array.of(5, 1) } },
      { mask: { width: 3, height: 2, runs: Uint32Array.of(1, 2, 3) } },
    ]);
  });

  test('specs name them one by one, after those of the masks', async () => {
    const inputs = await read(
      '--masks',
      at('labels.png'),
      '--object',
      'box=1,2,3.5,4;words=red mug;size=0.1;deocclude=a handle = round',
      '--object',
      'points=1,2,3,4',
      '--object',
      `mask=${at('blue.png')}`,
    );
    expect(inputs.objects?.slice(2)).toEqual([
      { box: [1, 2, 3.5, 4], words: 'red mug', sizeMeters: 0.1, deoccludeWords: 'a handle = round' },
      {
        points: [
          [1, 2],
          [3, 4],
        ],
      },
      { mask: { width: 3, height: 2, runs: Uint32Array.of(1, 1, 4) } },
    ]);
    expect(describeInputs(inputs)).toBe('5 objects');
  });

  test.each<[string, () => string[], RegExp]>([
    ['an unknown key', () => ['--object', 'colour=red'], /mask, box, points, words, size, deocclude, not colour=red/],
    ['a key without a value', () => ['--object', 'words'], /takes KEY=VALUE/],
    ['three numbers for a box', () => ['--object', 'box=1,2,3'], /X0,Y0,X1,Y1/],
    ['half a point', () => ['--object', 'points=1,2,3'], /X,Y/],
    ['an object that nothing names', () => ['--object', 'size=0.1'], /names no object/],
    ['masks without an object', () => ['--masks', at('black.png')], /marks no object/],
    ['masks that are no PNG', () => ['--masks', at('depth.png')], /not an 8-bit PNG/],
  ])('%s: bad-request', async (_, args, message) => {
    await expect(read(...args())).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(message),
    });
  });
});

test('options that are given, and textures of a size that there is', () => {
  expect(parseOptions({})).toEqual({});
  expect(parseOptions({ seed: '4', textures: '1024' })).toEqual({ seed: 4, textureSize: 1024 });
  expect(parseOptions({ textures: '0' })).toEqual({ textureSize: 0 });
  expect(parseOptions({ triangles: '800' })).toEqual({ maxTriangles: 800 });
  expect(() => parseOptions({ triangles: '99' })).toThrow('from 100 to 100000');
  expect(() => parseOptions({ textures: '300' })).toThrow(/--textures takes one of 0, 256, .*, not 300/);
});
