/** What the picture shows of one object, and how far it can be believed. */
import type { Pinhole } from '@scenemaker/sdk/render';
import { erode, maskArea, maskBox } from '../stages/mask-ops.js';
import {
  createPlanes,
  type Planes,
  planesOf,
  type Rect,
  resample,
  resampleMask,
  smoothStep,
  wholeRect,
} from '../stages/picture-ops.js';
import type { Mask, Picture } from '../stages/stage.js';
import { growRings, UNREACHED } from './rings.js';

/** Colours are carried on beyond the object's outline by this share of its box, so that no shape ends in bare edges. */
const REACH = 0.05;
const LEAST_REACH = 3;

/** A window of the picture. */
export interface Seen {
  /** Of the window: the camera's, in its pixels. */
  camera: Pinhole;
  /**
   * Red, green, blue, carried on beyond the outline, and trust: 1 on the object, 0 where nothing is known, between
   * them near its outline.
   */
  planes: Planes;
}

/**
 * @param camera At the size of `picture`.
 * @param mask Visible pixels, of the same view at any size.
 * @param scale Pixels of the window for one of the picture, at most 1.
 * Throws a RangeError for an empty mask.
 */
export function seenInPicture(picture: Picture, camera: Pinhole, mask: Mask, scale: number): Seen {
  const rect = windowAround(mask, picture);
  const width = Math.max(2, Math.round(rect.width * scale));
  const height = Math.max(2, Math.round(rect.height * scale));
  const [across, down] = [width / rect.width, height / rect.height];
  const part = planesOf(cutOut(picture, rect));
  const colors = resample(part, wholeRect(part), width, height);
  const maskRect = scaled(rect, mask.width / picture.width, mask.height / picture.height);
  const shown = resampleMask(mask, maskRect, width, height);
  // Pixels on the outline mix the object with what is behind it; the outline is as exact as the mask's pixels.
  const inner = erode(shown, Math.max(1, Math.round(width / maskRect.width)));
  const reach = Math.max(LEAST_REACH, Math.round(REACH * Math.max(width, height)));
  const rings = growRings((maskArea(inner) > 0 ? inner : shown).data, colors, reach);
  const planes = createPlanes(4, width, height);
  planes.data.set(colors.data);
  planes.data.set(
    Float32Array.from(rings, (ring) => (ring === UNREACHED ? 0 : smoothStep(1 - ring / (reach + 1)))),
    colors.data.length,
  );
  return {
    camera: {
      width,
      height,
      fx: camera.fx * across,
      fy: camera.fy * down,
      cx: (camera.cx - rect.x) * across,
      cy: (camera.cy - rect.y) * down,
    },
    planes,
  };
}

/** The mask's box with room for what is carried on, whole pixels of the picture. */
function windowAround(mask: Mask, { width, height }: Picture): Rect {
  const box = maskBox(mask);
  if (box === undefined) throw new RangeError('the picture shows nothing of it');
  const [toX, toY] = [width / mask.width, height / mask.height];
  const room = LEAST_REACH + 1 + 2 * REACH * Math.max((box.x1 - box.x0) * toX, (box.y1 - box.y0) * toY);
  const x = Math.max(0, Math.floor(box.x0 * toX - room));
  const y = Math.max(0, Math.floor(box.y0 * toY - room));
  return {
    x,
    y,
    width: Math.min(width, Math.ceil(box.x1 * toX + room)) - x,
    height: Math.min(height, Math.ceil(box.y1 * toY + room)) - y,
  };
}

function cutOut({ width, data }: Picture, rect: Rect): Picture {
  const part = new Uint8Array(3 * rect.width * rect.height);
  for (let y = 0; y < rect.height; y++) {
    const from = 3 * ((rect.y + y) * width + rect.x);
    part.set(data.subarray(from, from + 3 * rect.width), 3 * y * rect.width);
  }
  return { width: rect.width, height: rect.height, data: part };
}

const scaled = ({ x, y, width, height }: Rect, across: number, down: number): Rect => ({
  x: x * across,
  y: y * down,
  width: width * across,
  height: height * down,
});
