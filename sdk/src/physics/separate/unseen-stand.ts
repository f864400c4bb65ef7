/**
 * What the picture shows in the air gets a stand.
 *
 * Of a floor lamp often the shade alone is found, of a shelf what lies on it. Such a thing has no place to stand at
 * that the picture would bear out; dropped to the ground it would leave its silhouette altogether. So it stays where
 * it is, on a pole with a foot, or where others are in the way on three legs, that belong to its colliders and that
 * the report speaks of.
 */
import { vec3, type Vec3 } from '../../geometry/index.js';
import type { Collider } from '../../scene/index.js';
import { addCollider, bodyDistance, bottomOf, createBody, poseOf, topOf, type Body } from '../collide/body.js';
import { hullAt } from '../collide/hull-at.js';
import { safeMargin } from '../repair/remedy.js';

/** A pose is borne out by the picture from this silhouette IoU on ... */
const SHOWN = 0.6;
/** ... and a place where it would fall to less than this share of it is none. */
const LEFT_SHARE = 1 / 3;

/** Of a body's silhouette IoU as it is, and where it would stand best. */
export const isShownInAir = (shown: number, standing: number): boolean =>
  shown >= SHOWN && standing < LEFT_SHARE * shown;

/** Thickness of the pole and the legs, share of the body's size, and of the foot, share of the pole's length. */
const POLE_SHARE = 0.03;
const FOOT_SHARE = 0.03;
const CORNERS = 12;
/** Turns of the legs that are tried, of a third of a circle, and how far they reach beside the least that holds. */
const TURNS = 5;
const REACHES = [1, 1.5, 0.75, 2.25, 3.5];

/** From the middle of the body down to the ground: the first that is clear of `others`, or that reaches least into them. */
export function addStand(body: Body, groundHeight: number, others: readonly Body[]): void {
  const stands = [
    poleParts(body, groundHeight),
    ...REACHES.flatMap((reach) =>
      Array.from({ length: TURNS }, (_, i) => legParts(body, groundHeight, reach, (2 * Math.PI * i) / (3 * TURNS))),
    ),
  ];
  let [best, least] = [stands[0], Infinity];
  for (const parts of stands) {
    const stand = createBody('', parts, poseOf(body));
    const depth = others.reduce((sum, other) => sum - (bodyDistance(stand, other, 0)?.distance ?? 0), 0);
    if (depth < least) [best, least] = [parts, depth];
    if (least === 0) break;
  }
  for (const part of best) addCollider(body, part);
}

function poleParts(body: Body, groundHeight: number): Collider[] {
  const [axis, middle] = middleOf(body);
  const width = POLE_SHARE * body.size;
  const foot = Math.max(width, 2 * safeMargin(middle - groundHeight));
  const rise = FOOT_SHARE * (bottomOf(body) - groundHeight);
  return [
    hullAt(body, [...ring(axis, foot, groundHeight), ...ring(axis, foot, groundHeight + rise)]),
    hullAt(body, [...ring(axis, width, groundHeight), ...ring(axis, width, middle)]),
  ].filter((part) => part !== null);
}

/** Three legs, apart at the ground so that a circle between them is as wide as the foot of a pole. */
function legParts(body: Body, groundHeight: number, reach: number, turn: number): Collider[] {
  const [axis, middle] = middleOf(body);
  const width = POLE_SHARE * body.size;
  const apart = 4 * reach * safeMargin(middle - groundHeight) + width;
  return [0, 1, 2].flatMap((i) => {
    const angle = turn + (2 * Math.PI * i) / 3;
    const way: Vec3 = [Math.cos(angle), 0, Math.sin(angle)];
    const leg = hullAt(body, [
      ...ring(vec3.addScaled(axis, way, apart), width, groundHeight),
      ...ring(vec3.addScaled(axis, way, width), width, middle),
    ]);
    return leg ?? [];
  });
}

/** The upright axis of a body, at height 0, and the height of its middle. */
function middleOf(body: Body): [axis: Vec3, height: number] {
  const { translation, extent } = body;
  return [
    [translation[0] + (extent[0] + extent[3]) / 2, 0, translation[2] + (extent[2] + extent[5]) / 2],
    (bottomOf(body) + topOf(body)) / 2,
  ];
}

const ring = (axis: Vec3, radius: number, height: number): Vec3[] =>
  Array.from({ length: CORNERS }, (_, i) => {
    const angle = (2 * Math.PI * i) / CORNERS;
    return vec3.add(axis, [radius * Math.cos(angle), height, radius * Math.sin(angle)]);
  });
