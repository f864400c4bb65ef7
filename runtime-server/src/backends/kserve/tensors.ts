/** What the stages send, as tensors. */
import type { Intrinsics, Mask, Picture, PictureWithAlpha } from '../../stages/stage.js';
import type { WireTensor } from './wire.js';

export const floats = (data: ArrayLike<number>, ...shape: number[]): WireTensor => ({
  datatype: 'FP32',
  shape,
  data: Float32Array.from(data),
});

export const integers = (data: ArrayLike<number>, ...shape: number[]): WireTensor => ({
  datatype: 'INT32',
  shape,
  data: Int32Array.from(data),
});

export const texts = (data: readonly string[]): WireTensor => ({ datatype: 'BYTES', shape: [data.length], data });

/** [H, W, 3] */
export const picture = ({ width, height, data }: Picture): WireTensor => ({
  datatype: 'UINT8',
  shape: [height, width, 3],
  data,
});

/** [H, W, 4] */
export const pictureWithAlpha = ({ width, height, data }: PictureWithAlpha): WireTensor => ({
  datatype: 'UINT8',
  shape: [height, width, 4],
  data,
});

/** [H, W] */
export const mask = ({ width, height, data }: Mask): WireTensor => ({
  datatype: 'UINT8',
  shape: [height, width],
  data,
});

/** [N, H, W] */
export function masks(all: readonly Mask[], { width, height }: { width: number; height: number }): WireTensor {
  const data = new Uint8Array(all.length * width * height);
  all.forEach((one, i) => data.set(one.data, i * width * height));
  return { datatype: 'UINT8', shape: [all.length, height, width], data };
}

/** [4]: fx, fy, cx, cy */
export const intrinsics = ({ fx, fy, cx, cy }: Intrinsics): WireTensor => floats([fx, fy, cx, cy], 4);
