/** What of a picture is covered at all. */
import { maskBox, type PixelBox } from '../stages/mask-ops.js';
import type { PictureWithAlpha } from '../stages/stage.js';

/** The box of the pixels that are not wholly empty. Throws a RangeError when all are. */
export function coveredBox({ width, height, data }: PictureWithAlpha): PixelBox {
  const covered = Uint8Array.from({ length: width * height }, (_, i) => (data[4 * i + 3] > 0 ? 1 : 0));
  const box = maskBox({ width, height, data: covered });
  if (box === undefined) throw new RangeError('the de-occluded picture shows nothing');
  return box;
}
