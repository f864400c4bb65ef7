/**
 * A folder of pictures without known depth or shapes: photographs, renderings, concept art.
 *
 *     NAME.jpg (.jpeg .png .webp .avif)   a picture
 *     NAME.seg.png                        optional, of the same size: one colour an object, black is none of them
 *
 * What is nearer may be judged by eye, in one file for the folder: {NAME: [[near, far], ...]}, objects by their
 * colour, "ff0000".
 */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import sharp from 'sharp';
import * as v from 'valibot';
import { SceneMakerError } from '@scenemaker/sdk';
import { decodePicture, readPictureFile } from '../input/picture.js';
import { emptyMask } from '../stages/mask-ops.js';
import type { Mask, Picture } from '../stages/stage.js';

export interface RealPicture {
  /** The file's, without its ending. */
  name: string;
  picture: Picture;
  /** Some of the objects in it, by a person or a better tool; absent without a mask file. */
  truths?: TrueMask[];
  /** Pairs of `truths`, the nearer one first. */
  order: [near: TrueMask, far: TrueMask][];
}

export interface TrueMask {
  /** Its colour in the mask file, `rrggbb`. */
  color: string;
  mask: Mask;
}

export interface RealPictureFile {
  name: string;
  path: string;
  masks?: string;
  order: readonly (readonly [string, string])[];
}

const ENDINGS = ['.jpg', '.jpeg', '.png', '.webp', '.avif'];
const MASKS = '.seg.png';
/** A colour on fewer pixels is the edge between two others, not an object. */
const FEWEST_PIXELS = 16;

const color = v.pipe(v.string(), v.regex(/^[0-9a-f]{6}$/, 'must be a colour as rrggbb, lower case'));
const orderSchema = v.record(v.string(), v.array(v.tuple([color, color])));

/**
 * The pictures in a folder, by name; `depthOrder` is the file with what is nearer.
 * Errors: input-missing, input-empty, bad-request.
 */
export async function listRealPictures(folder: string, depthOrder?: string): Promise<RealPictureFile[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new SceneMakerError('input-missing', `${folder} is no folder, or may not be read`, { given: folder, cause });
  });
  const pictures = names
    .filter((name) => ENDINGS.includes(extname(name).toLowerCase()) && !name.endsWith(MASKS))
    .sort();
  if (pictures.length === 0) {
    throw new SceneMakerError('input-empty', `${folder} holds no picture`, { given: folder, allowed: ENDINGS });
  }
  const orders = depthOrder === undefined ? {} : await readOrders(depthOrder);
  return pictures.map((file) => {
    const name = file.slice(0, -extname(file).length);
    const masks = `${name}${MASKS}`;
    return {
      name,
      path: join(folder, file),
      ...(names.includes(masks) && { masks: join(folder, masks) }),
      order: orders[name] ?? [],
    };
  });
}

/** Errors: those of pictures, and bad-request where the masks do not fit. */
export async function readRealPicture({ name, path, masks, order }: RealPictureFile): Promise<RealPicture> {
  const { picture } = await decodePicture(await readPictureFile(path));
  if (masks === undefined) return { name, picture, order: [] };
  const truths = await readMasks(masks, picture);
  const find = (wanted: string): TrueMask => {
    const truth = truths.find((known) => known.color === wanted);
    if (truth !== undefined) return truth;
    throw new SceneMakerError('bad-request', `${masks} has no object of colour ${wanted}`, {
      given: wanted,
      allowed: truths.map((known) => known.color),
    });
  };
  return { name, picture, truths, order: order.map(([near, far]) => [find(near), find(far)]) };
}

async function readOrders(path: string): Promise<v.InferOutput<typeof orderSchema>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SceneMakerError('input-missing', `${path} does not exist or may not be read`, { given: path, cause });
  });
  try {
    return v.parse(orderSchema, JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SceneMakerError('bad-request', `${path}: ${reason}`, { given: path, cause });
  }
}

async function readMasks(path: string, { width, height }: Picture): Promise<TrueMask[]> {
  const { data, info } = await sharp(path)
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw new SceneMakerError('image-unreadable', `${path} is not a readable picture`, { given: path, cause });
    });
  if (info.width !== width || info.height !== height) {
    throw new SceneMakerError('bad-request', `${path} does not have the size of its picture`, {
      given: `${info.width} x ${info.height}`,
      allowed: `${width} x ${height}`,
    });
  }
  const masks = new Map<number, Mask>();
  for (let i = 0, k = 0; i < width * height; i++, k += 3) {
    const key = (data[k] << 16) | (data[k + 1] << 8) | data[k + 2];
    if (key === 0) continue;
    let mask = masks.get(key);
    if (mask === undefined) masks.set(key, (mask = emptyMask(width, height)));
    mask.data[i] = 1;
  }
  return [...masks]
    .map(([key, mask]) => ({ color: key.toString(16).padStart(6, '0'), mask }))
    .filter(({ mask }) => mask.data.reduce((sum, value) => sum + value, 0) >= FEWEST_PIXELS)
    .sort((a, b) => (a.color < b.color ? 1 : -1));
}
