import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeDepth } from '../../../runtime-server/src/input/depth.js';
import { checkPicture, decodePicture, readPictureFile } from '../../../runtime-server/src/input/picture.js';

const FORMATS = ['jpeg', 'png', 'webp', 'avif'] as const;
const WIDTH = 96;
const HEIGHT = 64;

/** A gradient with noise, so that no format compresses it to nothing. */
function picture(): Sharp {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * 7919 + (i >> 3)) & 255);
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scenemaker-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('good pictures', () => {
  test.each(FORMATS)('%s is decoded to its size', async (format) => {
    const { picture: decoded, intrinsics } = await decodePicture(await picture()[format]().toBuffer());
    expect(decoded).toMatchObject({ width: WIDTH, height: HEIGHT });
    expect(decoded.data.length).toBe(WIDTH * HEIGHT * 3);
    expect(intrinsics).toBeUndefined();
  });

  test('png keeps every value', async () => {
    const { picture: decoded } = await decodePicture(await picture().png().toBuffer());
    expect(Buffer.from(decoded.data).equals(await picture().raw().toBuffer())).toBe(true);
  });

  test('grey, 16-bit and transparent pictures come out as 8-bit colour on white', async () => {
    const grey = await decodePicture(await picture().greyscale().png().toBuffer());
    expect(grey.picture.data.length).toBe(WIDTH * HEIGHT * 3);
    const deep = await decodePicture(await picture().toColourspace('rgb16').png().toBuffer());
    expect(deep.picture.data.length).toBe(WIDTH * HEIGHT * 3);
    const clear = sharp({ create: { width: 20, height: 20, channels: 4, background: '#ff000000' } });
    const { picture: flattened } = await decodePicture(await clear.png().toBuffer());
    expect([...flattened.data.subarray(0, 3)]).toEqual([255, 255, 255]);
  });

  // Exif 2.32, table 6: where the first row and the first column of what is stored are to be seen.
  test.each([
    [1, 'top', 'left'],
    [2, 'top', 'right'],
    [3, 'bottom', 'right'],
    [4, 'bottom', 'left'],
    [5, 'left', 'top'],
    [6, 'right', 'top'],
    [7, 'right', 'bottom'],
    [8, 'left', 'bottom'],
  ])(
    'EXIF orientation %d: the first row is at the %s, the first column at the %s',
    async (orientation, row, column) => {
      const stored = new Uint8Array(WIDTH * HEIGHT * 3);
      for (let i = 0; i < WIDTH * HEIGHT; i++) {
        if (i < 8 * WIDTH) stored[3 * i] = 255;
        if (i % WIDTH < 8) stored[3 * i + 1] = 255;
      }
      const bytes = await sharp(stored, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
        .webp({ lossless: true })
        .withMetadata({ orientation })
        .toBuffer();
      const { width, height, data } = (await decodePicture(bytes)).picture;
      expect([width, height]).toEqual(orientation < 5 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH]);
      const at = { left: [2, height / 2], right: [width - 3, height / 2], top: [width / 2, 2], bottom: [width / 2, height - 3] }; // prettier-ignore
      const colorAt = (side: string): number[] => {
        const [x, y] = at[side as keyof typeof at];
        return [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
      };
      expect(colorAt(row)).toEqual([255, 0, 0]);
      expect(colorAt(column)).toEqual([0, 255, 0]);
    },
  );

  test('the 35 mm focal length of EXIF becomes pixels on the diagonal', async () => {
    const bytes = await picture()
      .jpeg()
      .withExif({ IFD2: { FocalLengthIn35mmFilm: '28' } })
      .toBuffer();
    const { intrinsics } = await decodePicture(bytes);
    expect(intrinsics?.fx).toBeCloseTo((28 / Math.hypot(36, 24)) * Math.hypot(WIDTH, HEIGHT), 6);
    expect(intrinsics).toMatchObject({ cx: WIDTH / 2, cy: HEIGHT / 2 });
  });
});

describe('bad pictures are refused with their own code', () => {
  test.each([
    ['a path that does not exist', 'no-such.png'],
    ['a folder', '.'],
    ['a path through a file', 'file/inner.png'],
  ])('%s: input-missing', async (_, path) => {
    await writeFile(join(folder, 'file'), 'x');
    await expect(readPictureFile(join(folder, path))).rejects.toMatchObject({ code: 'input-missing' });
  });

  test('an empty file: input-empty', async () => {
    await writeFile(join(folder, 'empty.png'), '');
    await expect(readPictureFile(join(folder, 'empty.png'))).rejects.toMatchObject({ code: 'input-empty' });
    await expect(decodePicture(new Uint8Array())).rejects.toMatchObject({ code: 'input-empty' });
  });

  test('a file over the limit in bytes: image-too-large, without reading it', async () => {
    await writeFile(join(folder, 'long.png'), new Uint8Array(101));
    await expect(readPictureFile(join(folder, 'long.png'), { maxBytes: 100 })).rejects.toMatchObject({
      code: 'image-too-large',
      details: { given: 101, allowed: 100 },
    });
  });

  test.each([
    ['text', Buffer.from('this is not a picture at all')],
    ['a vector drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"/>')],
  ])('%s: image-unreadable', async (_, bytes) => {
    await expect(decodePicture(bytes)).rejects.toMatchObject({ code: 'image-unreadable' });
  });

  test('a complete file with damaged pixels: image-unreadable', async () => {
    const bytes = await picture().png().toBuffer();
    bytes.fill(0, 200, 400);
    await expect(decodePicture(bytes)).rejects.toMatchObject({ code: 'image-unreadable' });
  });

  test('a still GIF: image-unreadable, naming what is allowed', async () => {
    const bytes = await picture().gif().toBuffer();
    await expect(decodePicture(bytes)).rejects.toMatchObject({
      code: 'image-unreadable',
      details: { given: 'GIF', allowed: ['JPEG', 'PNG', 'WebP', 'AVIF'] },
    });
  });

  describe.each(FORMATS)('a truncated %s: image-truncated', (format) => {
    test.each([0.95, 0.5, 0.1])('cut to %f of its length', async (share) => {
      const bytes = await picture()[format]().toBuffer();
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      await expect(decodePicture(cut)).rejects.toMatchObject({ code: 'image-truncated' });
    });
  });

  test('more pixels than the limit: image-too-large from the header alone', async () => {
    const bomb = await picture().resize(3000, 2000).png().toBuffer();
    await expect(checkPicture(bomb, { maxPixels: 5_999_999 })).rejects.toMatchObject({
      code: 'image-too-large',
      details: { given: '3000 x 2000', allowed: 5_999_999 },
    });
  });

  test('fewer pixels than a side needs: bad-request', async () => {
    const dot = await sharp({ create: { width: 1, height: 100, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    await expect(decodePicture(dot)).rejects.toMatchObject({ code: 'bad-request' });
  });

  test.each(['gif', 'webp'] as const)('an animated %s: image-animated', async (format) => {
    const frames = await Promise.all([picture().png().toBuffer(), picture().negate().png().toBuffer()]);
    const bytes = await sharp(frames, { join: { animated: true } })
      [format]()
      .toBuffer();
    await expect(decodePicture(bytes)).rejects.toMatchObject({ code: 'image-animated' });
  });

  test('an animated PNG: image-animated', async () => {
    const still = await picture().png().toBuffer();
    const control = Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.from('acTL'), Buffer.alloc(12)]);
    const bytes = Buffer.concat([still.subarray(0, 33), control, still.subarray(33)]);
    await expect(decodePicture(bytes)).rejects.toMatchObject({ code: 'image-animated' });
  });
});

describe('depth maps', () => {
  const png16 = (values: Uint16Array) =>
    sharp(values, { raw: { width: 4, height: 2, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();

  test('a 16-bit PNG becomes metres, and 0 becomes no depth', async () => {
    const bytes = await png16(Uint16Array.from([0, 1, 1000, 2500, 65535, 7, 8, 9]));
    const { width, height, data } = await decodeDepth({ encoding: 'png16', bytes });
    expect({ width, height }).toEqual({ width: 4, height: 2 });
    expect(data[0]).toBeNaN();
    [0.001, 1, 2.5, 65.535].forEach((meters, i) => expect(data[i + 1]).toBeCloseTo(meters, 5));
  });

  test('another unit is honoured', async () => {
    const bytes = await png16(new Uint16Array(8).fill(5000));
    const { data } = await decodeDepth({ encoding: 'png16', bytes, metersPerUnit: 0.0002 });
    expect(data[7]).toBeCloseTo(1, 6);
  });

  test('floats that are not depths become no depth', async () => {
    const meters = Float32Array.from([1, -1, 0, Infinity]);
    const { data } = await decodeDepth({ encoding: 'float32', width: 4, height: 1, meters });
    expect([...data]).toEqual([1, NaN, NaN, NaN]);
  });

  test.each([
    ['no depth anywhere', () => png16(new Uint16Array(8))],
    ['an 8-bit picture', () => picture().png().toBuffer()],
    ['not a picture', () => Promise.resolve(Buffer.from('nothing'))],
  ])('%s: depth-invalid', async (_, make) => {
    await expect(decodeDepth({ encoding: 'png16', bytes: await make() })).rejects.toMatchObject({
      code: 'depth-invalid',
    });
  });
});
