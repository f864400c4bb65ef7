/**
 * Pictures as people give them, checked and decoded. Every way in which one can be unfit has its
 * own error code, and size is judged from the header, before any pixel is decoded.
 */
import { readFile, stat } from 'node:fs/promises';
import sharp from 'sharp';
import { SceneMakerError } from '@scenemaker/sdk';
import type { Intrinsics, Picture } from '../stages/stage.js';
import { focalLengthPixels } from './exif.js';
import { endsEarly, isAnimated, sniffFormat } from './formats.js';

export const PICTURE_FORMATS = ['JPEG', 'PNG', 'WebP', 'AVIF'] as const;

export interface PictureLimits {
  maxBytes?: number;
  /** Width times height. */
  maxPixels?: number;
}

export const PICTURE_LIMITS_DEFAULTS: Required<PictureLimits> = {
  maxBytes: 64 * 1024 * 1024,
  maxPixels: 50_000_000,
};

/** Neither side of a picture may be shorter, pixels. */
export const MIN_PICTURE_SIDE = 16;

export interface DecodedPicture {
  /** Upright, on white where the file was transparent. */
  picture: Picture;
  /** From EXIF, for the upright picture; absent when the file does not say. */
  intrinsics?: Intrinsics;
}

/** Reads a picture file. Errors: input-missing, input-empty, image-too-large. */
export async function readPictureFile(path: string, limits: PictureLimits = {}): Promise<Uint8Array> {
  const { maxBytes } = { ...PICTURE_LIMITS_DEFAULTS, ...limits };
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw tooManyBytes(size, maxBytes);
    const bytes = await readFile(path);
    if (bytes.length === 0) throw new SceneMakerError('input-empty', `${path} is empty`, { given: path });
    return bytes;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    const reason = READ_FAILURES[code];
    if (!reason) throw thrown;
    throw new SceneMakerError('input-missing', `${path} ${reason}`, { given: path, cause: thrown });
  }
}

const READ_FAILURES: Partial<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  ENAMETOOLONG: 'does not exist',
  ELOOP: 'does not exist',
  EISDIR: 'is a folder, not a picture',
  EACCES: 'may not be read',
  EPERM: 'may not be read',
};

/** Refuses what the header alone gives away; decodes no pixels. Errors: as `decodePicture`. */
export async function checkPicture(bytes: Uint8Array, limits: PictureLimits = {}): Promise<void> {
  const { maxBytes, maxPixels } = { ...PICTURE_LIMITS_DEFAULTS, ...limits };
  if (bytes.length === 0) throw new SceneMakerError('input-empty', 'the picture has no bytes');
  if (bytes.length > maxBytes) throw tooManyBytes(bytes.length, maxBytes);
  const format = sniffFormat(bytes);
  if (format === undefined || format === 'GIF') {
    if (format === 'GIF' && isAnimated(bytes, format)) throw animated(format);
    throw unreadable(format);
  }
  if (isAnimated(bytes, format)) throw animated(format);
  const { width, height, pages } = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((thrown: unknown) => {
      throw endsEarly(bytes, format) ? truncated(format, thrown) : unreadable(undefined, thrown);
    });
  if ((pages ?? 1) > 1) throw animated(format);
  if (width * height > maxPixels) {
    throw new SceneMakerError(
      'image-too-large',
      `the picture has ${width} x ${height} pixels, more than the limit of ${maxPixels}`,
      {
        given: `${width} x ${height}`,
        allowed: maxPixels,
      },
    );
  }
  if (Math.min(width, height) < MIN_PICTURE_SIDE) {
    throw new SceneMakerError(
      'bad-request',
      `the picture has ${width} x ${height} pixels; each side needs ${MIN_PICTURE_SIDE}`,
      {
        given: `${width} x ${height}`,
        allowed: MIN_PICTURE_SIDE,
      },
    );
  }
}

/**
 * Checks and decodes a picture; EXIF orientation is applied.
 * Errors: input-empty, image-too-large, image-unreadable, image-animated, image-truncated, bad-request.
 */
export async function decodePicture(bytes: Uint8Array, limits: PictureLimits = {}): Promise<DecodedPicture> {
  await checkPicture(bytes, limits);
  const { maxPixels } = { ...PICTURE_LIMITS_DEFAULTS, ...limits };
  const source = sharp(bytes, { failOn: 'truncated', limitInputPixels: maxPixels });
  const { exif } = await source.metadata();
  const { data, info } = await source
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((thrown: unknown) => {
      const format = sniffFormat(bytes);
      throw format && endsEarly(bytes, format) ? truncated(format, thrown) : unreadable(undefined, thrown);
    });
  const { width, height } = info;
  const focal = focalLengthPixels(exif, width, height);
  return {
    picture: { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) },
    ...(focal !== undefined && { intrinsics: { fx: focal, fy: focal, cx: width / 2, cy: height / 2 } }),
  };
}

function tooManyBytes(given: number, allowed: number): SceneMakerError {
  return new SceneMakerError('image-too-large', `the picture has ${given} bytes, more than the limit of ${allowed}`, {
    given,
    allowed,
  });
}

function unreadable(format: string | undefined, cause?: unknown): SceneMakerError {
  const what = format === undefined ? 'the bytes are not a readable picture' : `the picture is a ${format} file`;
  return new SceneMakerError('image-unreadable', `${what}; allowed are ${PICTURE_FORMATS.join(', ')}`, {
    ...(format !== undefined && { given: format }),
    allowed: PICTURE_FORMATS,
    cause,
  });
}

function animated(format: string): SceneMakerError {
  return new SceneMakerError('image-animated', `the ${format} file is animated; give a picture with one frame`, {
    given: format,
  });
}

function truncated(format: string, cause: unknown): SceneMakerError {
  return new SceneMakerError('image-truncated', `the ${format} file ends before the picture is complete`, {
    given: format,
    cause,
  });
}
