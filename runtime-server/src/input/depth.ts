/** Depth maps as clients send them, decoded to metres. */
import sharp from 'sharp';
import { type DepthInput, SceneMakerError } from '@scenemaker/sdk';
import type { DepthMap } from '../pipeline-types.js';
import { PICTURE_LIMITS_DEFAULTS } from './picture.js';

const DEFAULT_METERS_PER_UNIT = 0.001;

/** Decodes a depth map; pixels without depth become NaN. Errors: depth-invalid. */
export async function decodeDepth(input: DepthInput): Promise<DepthMap> {
  const { width, height, values, metersPerUnit } =
    input.encoding === 'png16' ? await decodePng16(input) : { ...input, values: input.meters, metersPerUnit: 1 };
  const data = new Float32Array(values.length);
  let valid = 0;
  for (let i = 0; i < data.length; i++) {
    data[i] = values[i] * metersPerUnit;
    if (data[i] > 0 && data[i] < Infinity) valid++;
    else data[i] = NaN;
  }
  if (valid === 0) throw new SceneMakerError('depth-invalid', 'the depth map holds no depth greater than 0');
  return { width, height, data };
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
  const values = new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
  const { metersPerUnit = DEFAULT_METERS_PER_UNIT } = input;
  return { width: info.width, height: info.height, values, metersPerUnit };
}
