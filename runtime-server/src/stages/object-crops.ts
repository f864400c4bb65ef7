/** One object alone, as the pose and recognition models see it. */
import { concatenate, type Tensor, tensor } from '../models/tensor.js';
import { maskBox } from './mask-ops.js';
import { maskPlane, plane, planesOf, resample, windowRect } from './picture-ops.js';
import type { Mask, Picture } from './stage.js';
import { cropWindow } from './windows.js';

const SMALLEST_CROP = 4;

/** [N, 4, side, side]: colour * 2 - 1, -1 outside the mask; mask 0 or 1. */
export function objectCrops(picture: Picture, masks: readonly Mask[], side: number): Tensor {
  const planes = planesOf(picture);
  const size = side * side;
  return concatenate(
    masks.map((mask) => {
      const box = maskBox(mask);
      if (box === undefined) throw new RangeError('the object has no visible pixels');
      const window = cropWindow(box);
      const rect = windowRect({ ...window, side: Math.max(window.side, SMALLEST_CROP) });
      const colours = resample(planes, rect, side, side, 0);
      const seen = plane(resample(maskPlane(mask), rect, side, side, 0), 0);
      const crop = new Float32Array(4 * size).fill(-1);
      for (let i = 0; i < size; i++) {
        const visible = seen[i] > 0.5;
        crop[3 * size + i] = visible ? 1 : 0;
        if (!visible) continue;
        for (let channel = 0; channel < 3; channel++)
          crop[channel * size + i] = 2 * colours.data[channel * size + i] - 1;
      }
      return tensor(crop, [1, 4, side, side]);
    }),
  );
}
