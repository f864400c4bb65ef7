/** One object alone, as the pose and recognition models see it. */
import { concatenate, type Tensor, tensor } from '../models/index.js';
import { maskBox } from './mask-ops.js';
import { maskPlane, plane, planesOf, resample, windowRect } from './picture-ops.js';
import type { Mask, Picture } from './stage.js';
import { cropWindow } from './windows.js';

/** Side of an object's crop, pixels. */
const CROP_SIDE = 64;
const SMALLEST_CROP = 4;

/** [N, 4, 64, 64]: colour * 2 - 1, -1 outside the mask; mask 0 or 1. */
export function objectCrops(picture: Picture, masks: readonly Mask[]): Tensor {
  const planes = planesOf(picture);
  const size = CROP_SIDE * CROP_SIDE;
  return concatenate(
    masks.map((mask) => {
      const box = maskBox(mask);
      if (box === undefined) throw new RangeError('the object has no visible pixels');
      const window = cropWindow(box);
      const rect = windowRect({ ...window, side: Math.max(window.side, SMALLEST_CROP) });
      const colours = resample(planes, rect, CROP_SIDE, CROP_SIDE, 0);
      const seen = plane(resample(maskPlane(mask), rect, CROP_SIDE, CROP_SIDE, 0), 0);
      const crop = new Float32Array(4 * size).fill(-1);
      for (let i = 0; i < size; i++) {
        const visible = seen[i] > 0.5;
        crop[3 * size + i] = visible ? 1 : 0;
        if (!visible) continue;
        for (let channel = 0; channel < 3; channel++)
          crop[channel * size + i] = 2 * colours.data[channel * size + i] - 1;
      }
      return tensor(crop, [1, 4, CROP_SIDE, CROP_SIDE]);
    }),
  );
}
