import sharp from 'sharp';
import type { Picture, PictureWithAlpha } from '../stages/stage.js';

/** PNG bytes of a picture with 3 or 4 channels. */
export async function encodePng({ width, height, data }: Picture | PictureWithAlpha): Promise<Uint8Array> {
  const channels = data.length === 4 * width * height ? 4 : 3;
  return sharp(data, { raw: { width, height, channels } }).png({ compressionLevel: 9 }).toBuffer();
}
