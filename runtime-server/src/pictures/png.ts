import sharp, { type Sharp } from 'sharp';
import type { Picture, PictureWithAlpha } from '../stages/stage.js';

/** PNG bytes of a picture with 3 or 4 channels. `compressionLevel`: 0, large and fast, to 9, small and slow. */
export async function encodePng(
  { width, height, data }: Picture | PictureWithAlpha,
  compressionLevel = 9,
): Promise<Uint8Array> {
  const channels = data.length === 4 * width * height ? 4 : 3;
  return sharp(data, { raw: { width, height, channels } }).png({ compressionLevel }).toBuffer();
}

/** The pixels of a PNG, with alpha. */
export async function decodePng(bytes: Uint8Array): Promise<PictureWithAlpha> {
  const { data, info } = await sharp(bytes)
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** The picture with its longest side at most `side` pixels. */
export async function shrinkPicture(picture: Picture, side: number): Promise<Picture> {
  const { width, height, data } = picture;
  if (Math.max(width, height) <= side) return picture;
  return toPicture(sharp(data, { raw: { width, height, channels: 3 } }).resize(side, side, { fit: 'inside' }));
}

/** The picture at another height in pixels, its shape kept. */
export async function fitHeight({ width, height, data }: Picture, to: number): Promise<Picture> {
  return toPicture(sharp(data, { raw: { width, height, channels: 3 } }).resize({ height: to }));
}

/** JPEG bytes of a picture. */
export async function encodeJpeg({ width, height, data }: Picture): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85, mozjpeg: true })
    .toBuffer();
}

async function toPicture(image: Sharp): Promise<Picture> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}
