/** What the picture shows of one object, and how far it can be believed. */
import type { Pinhole } from '@scenemaker/sdk/render';
import { erode, maskArea, maskBox } from '../stages/mask-ops.js';
import { clamp01, planesOf, type Rect, resample, resampleMask } from '../stages/picture-ops.js';
import type { Mask, Picture } from '../stages/stage.js';
import { growRings, UNREACHED } from './rings.js';

/** Colours are carried on beyond the object's outline by this share of its box, so that no shape ends in bare edges. */
const REACH = 0.05;
const LEAST_REACH = 3;

/** A window of the picture. */
export interface Seen {
  /** Of the window: the camera's, in its pixels. */
  camera: Pinhole;
  /** 0 to 255, stride 3; carried on beyond the outline. */
  colors: Float32Array;
  /** 1 on the object, 0 where nothing is known, between them near its outline. */
  trust: Float32Array;
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
  const colors = colorsIn(picture, rect, width, height);
  const [fromX, fromY] = [mask.width / picture.width, mask.height / picture.height];
  const maskRect = {
    x: rect.x * fromX,
    y: rect.y * fromY,
    width: rect.width * fromX,
    height: rect.height * fromY,
  };
  const shown = resampleMask(mask, maskRect, width, height);
  // Pixels on the outline mix the object with what is behind it; the outline is as exact as the mask's pixels.
  const inner = erode(shown, Math.max(1, Math.round(across / fromX)));
  const reach = Math.max(LEAST_REACH, Math.round(REACH * Math.max(width, height)));
  const rings = growRings((maskArea(inner) > 0 ? inner : shown).data, { width, height }, reach, colors);
  const trust = Float32Array.from(rings, (ring) => (ring === UNREACHED ? 0 : fade(ring / (reach + 1))));
  return {
    camera: {
      width,
      height,
      fx: camera.fx * across,
      fy: camera.fy * down,
      cx: (camera.cx - rect.x) * across,
      cy: (camera.cy - rect.y) * down,
    },
    colors,
    trust,
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

/** Stride 3, 0 to 255. */
function colorsIn(picture: Picture, rect: Rect, width: number, height: number): Float32Array {
  const part = new Uint8Array(3 * rect.width * rect.height);
  for (let y = 0; y < rect.height; y++) {
    const from = 3 * ((rect.y + y) * picture.width + rect.x);
    part.set(picture.data.subarray(from, from + 3 * rect.width), 3 * y * rect.width);
  }
  const planes = planesOf({ width: rect.width, height: rect.height, data: part });
  const { data } = resample(planes, { x: 0, y: 0, width: rect.width, height: rect.height }, width, height);
  const size = width * height;
  return Float32Array.from({ length: 3 * size }, (_, i) => 255 * data[(i % 3) * size + Math.floor(i / 3)]);
}

/** 1 at 0, 0 at 1, level at both. */
function fade(t: number): number {
  const rest = 1 - clamp01(t);
  return rest * rest * (3 - 2 * rest);
}
