/**
 * What the picture shows in the air gets a stand.
 *
 * Of a floor lamp often the shade alone is found, of a shelf what lies on it. Such a thing has no place to stand at
 * that the picture would bear out; dropped to the ground it would leave its silhouette altogether. So it stays where
 * it is, on a pole with a foot that belongs to its colliders and that the report speaks of.
 */
import { vec3, type Vec3 } from '../../geometry/index.js';
import { addCollider, bottomOf, topOf, type Body } from '../collide/body.js';
import { hullAt } from '../collide/hull-at.js';
import { safeMargin } from '../repair/remedy.js';

/** A pose is borne out by the picture from this silhouette IoU on ... */
const SHOWN = 0.6;
/** ... and a place where it would fall to less than this share of it is none. */
const LEFT_SHARE = 1 / 3;

/** Of a body's silhouette IoU as it is, and where it would stand best. */
export const isShownInAir = (shown: number, standing: number): boolean =>
  shown >= SHOWN && standing < LEFT_SHARE * shown;

/** Thickness of the pole, share of the body's size, and of the foot, share of the pole's length. */
const POLE_SHARE = 0.03;
const FOOT_SHARE = 0.03;
const CORNERS = 12;

/** From the middle of the body down to the ground. */
export function addStand(body: Body, groundHeight: number): void {
  const { translation, extent, size } = body;
  const rise = bottomOf(body) - groundHeight;
  const middle = (bottomOf(body) + topOf(body)) / 2;
  const radius = Math.max(POLE_SHARE * size, 2 * safeMargin(middle - groundHeight));
  const axis: Vec3 = [translation[0] + (extent[0] + extent[3]) / 2, 0, translation[2] + (extent[2] + extent[5]) / 2];
  const prism = (width: number, from: number, to: number): Vec3[] =>
    Array.from({ length: 2 * CORNERS }, (_, i) => {
      const angle = (2 * Math.PI * i) / CORNERS;
      return vec3.add(axis, [width * Math.cos(angle), i < CORNERS ? from : to, width * Math.sin(angle)]);
    });
  const parts = [
    hullAt(body, prism(radius, groundHeight, groundHeight + FOOT_SHARE * rise)),
    hullAt(body, prism(POLE_SHARE * size, groundHeight, middle)),
  ];
  for (const part of parts) if (part) addCollider(body, part);
}
