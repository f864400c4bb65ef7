/** Depth maps as clients send them, decoded to metres. */
import sharp from 'sharp';
import { type DepthInput, SceneMakerError } from '@scenemaker/sdk';
import type { DepthMap } from '../pipeline-types.js';
import { PICTURE_LIMITS_DEFAULTS } from './picture.js';

const DEFAULT_METERS_PER_UNIT = 0.001;

/** Decodes a depth map; pixels without depth become NaN. Errors: depth-invalid. */
export async function decodeDepth(input: DepthInput): Promise<DepthMap> {
  const map = input.encoding === 'png16' ? await decodePng16(input) : input;
  const data = Float32Array.from(map.meters, (meters) => (meters > 0 && Number.isFinite(meters) ? meters : NaN));
  if (data.every(Number.isNaN))
    throw new SceneMakerError('depth-invalid', 'the depth map holds no depth greater than 0');
  return { width: map.width, height: map.height, data };
}

async function decodePng16(input: Extract<DepthInput, { encoding: 'png16' }>) {
  const source = sharp(input.bytes, { failOn: 'truncated', limitInputPixels: PICTURE_LIMITS_DEFAULTS.maxPixels });
  const unreadable = (cause: unknown) => {
    throw new SceneMakerError('depth-invalid', 'the depth map is not a readable 16-bit greyscale PNG', { cause });
  };
  const { format, depth, channels } = await source.metadata().catch(unreadable);
  if (format !== 'png' || depth !== 'ushort' || channels !== 1) {
    throw new SceneMakerError('depth-invalid', `the depth map is a ${format} with ${channels} channels of ${depth}`, {
      given: { format, channels, depth },
      allowed: { format: 'png', channels: 1, depth: 'ushort' },
    });
  }
  const { data, info } = await source
    .toColourspace('grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true })
    .catch(unreadable);
  const units = new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
  const metersPerUnit = input.metersPerUnit ?? DEFAULT_METERS_PER_UNIT;
  return { width: info.width, height: info.height, meters: Float32Array.from(units, (unit) => unit * metersPerUnit) };
}
