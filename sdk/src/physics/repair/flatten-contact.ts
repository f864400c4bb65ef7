import { quat, type Vec3 } from '../../geometry/index.js';
import type { Collider } from '../../scene/index.js';
import { addCollider, bodyDistance, bottomOf, createBody, poseOf, topOf, type Body } from '../collide/body.js';
import { hullAt } from '../collide/hull-at.js';
import { bodyPoints, outlineBetween } from '../collide/points.js';
import {
  areaOf,
  convexPolygon,
  intersection,
  marginIn,
  middleOf,
  type Point2,
  type Polygon,
} from '../collide/polygon.js';
import type { SettleBody } from '../settle.js';
import { contactOf, topOutline, type Contact } from './contact.js';
import { centimetres, safeMargin, worldCenterOfMass, type Remedy } from './remedy.js';

/** Shares of the body's height that may become its foot, least first. */
const FOOT_SHARES = [0.01, 0.03, 0.06, 0.1, 0.16, 0.25, 0.4];
/** Share of a carrier's height that its seat goes down. */
const SEAT_SHARE = 0.25;
/** Corners of the polygon that a foot stands on at most: of more contacts engines choose some, now these, now those, and Rapier lets bodies creep on them by centimetres. */
const MAX_CORNERS = 4;
/** How often it is drawn in by a quarter. */
const MAX_NARROWED = 4;
/** A foot may reach into others by no more than this, metres. */
const MAX_FOOT_OVERLAP = 5e-4;

/**
 * A body that the picture shows standing, but whose shape would not stand so, gets a flat foot: its lowest part
 * is drawn down to the plane of the contact, as far up as its centre of mass needs. Where it stands on another
 * body, that one gets a flat seat of the same outline. Only colliders change; the mesh and the pose stay.
 */
export const flattenContact: Remedy = ({ index, entries, support }) => {
  if (support.on === null) return null;
  const entry = entries[index];
  const { body } = entry;
  const below = support.on < 0 ? null : entries[support.on];
  const contact = contactOf(body, below?.body ?? null);
  if (!contact) return null;
  const outline = footOutline(entry, contact, below?.body ?? null);
  if (!outline) return null;
  const mass = worldCenterOfMass(entry);
  let { polygon } = outline;
  let foot = footOf(body, polygon, contact, outline.rise);
  const reaches = (collider: Collider, other: Body): boolean =>
    bodyDistance(createBody('', [collider], poseOf(body)), other, -MAX_FOOT_OVERLAP) !== null;
  // Beside others it is narrowed; should it still reach into them, they give way. What carries it cannot.
  const beside = entries.filter((_, i) => i !== index && i !== support.on);
  for (let round = 0; foot && round < MAX_NARROWED; round++) {
    const isIn = below && reaches(foot, below.body);
    const isBeside = round < MAX_NARROWED / 2 && beside.some((other) => reaches(foot as Collider, other.body));
    if (!isIn && !isBeside) break;
    polygon = narrowed(polygon, [mass[0], mass[2]]);
    foot = footOf(body, polygon, contact, outline.rise);
  }
  if (!foot || (below && reaches(foot, below.body))) return null;
  addCollider(body, foot);
  if (below) addSeat(below, polygon, contact);
  const side = Math.sqrt(areaOf(polygon));
  return `contact patch flattened to ${centimetres(side)} across`;
};

/** What carries a foot gets a seat of the same outline, unless it is flat there. */
function addSeat(carrier: SettleBody, polygon: Polygon, contact: Contact): void {
  const { body } = carrier;
  const depth = Math.min(contact.height - bottomOf(body), SEAT_SHARE * (topOf(body) - bottomOf(body)));
  const seat = prism(body, polygon, contact, -Math.max(depth, 1e-3 * body.size));
  if (seat && !coveredBy(body, polygon, contact)) addCollider(body, seat);
}

/** The least outline that holds the centre of mass safely, and how far up the body it was taken from. */
function footOutline(
  entry: SettleBody,
  { height, slope, origin }: Contact,
  below: Body | null,
): { polygon: Polygon; rise: number } | null {
  const { body } = entry;
  const points = bodyPoints(body);
  const mass = worldCenterOfMass(entry);
  const middle: Point2 = [mass[0], mass[2]];
  const wanted = safeMargin(mass[1] - height);
  const seat = below && topOutline(below, height);
  const tall = topOf(body) - height;
  let best: { polygon: Polygon; rise: number; margin: number } | null = null;
  for (const share of FOOT_SHARES) {
    const rise = share * tall;
    const low = outlineBetween(body, points, origin - rise, origin + rise, slope);
    const polygon = thinned(seat ? intersection(low, seat) : low, middle);
    const margin = marginIn(polygon, middle);
    if (margin >= wanted) return { polygon, rise };
    if (!best || margin > best.margin) best = { polygon, rise, margin };
  }
  if (seat) return best && best.margin > 0 ? best : null;
  // It leans out beyond its own foot: the foot reaches under its centre of mass.
  const rise = 0.1 * tall;
  const reach = wanted / Math.cos(Math.PI / MAX_CORNERS);
  const around = Array.from({ length: MAX_CORNERS }, (_, i): Point2 => {
    const angle = (2 * Math.PI * i) / MAX_CORNERS;
    return [middle[0] + reach * Math.cos(angle), middle[1] + reach * Math.sin(angle)];
  });
  const polygon = convexPolygon([...outlineBetween(body, points, height, height + rise), ...around]);
  return { polygon: thinned(polygon, middle), rise };
}

/** A convex polygon with at most MAX_CORNERS corners: those go first whose loss brings its edge least nearer to a point inside, and takes least of its area. */
function thinned(polygon: Polygon, inside: Point2): Polygon {
  let corners = polygon;
  while (corners.length > MAX_CORNERS) {
    corners = corners
      .map((_, i) => corners.toSpliced(i, 1))
      .map((rest) => ({ rest, margin: marginIn(rest, inside), area: areaOf(rest) }))
      .reduce((best, found) => ((found.margin - best.margin || found.area - best.area) > 0 ? found : best)).rest;
  }
  return corners;
}

/**
 * The hull of the polygon in the contact and of what the body has up to `rise` above it, in its canonical frame; a
 * plate where the body has nothing over the polygon.
 */
function footOf(body: Body, polygon: Polygon, contact: Contact, rise: number): Collider | null {
  const { origin, slope } = contact;
  const upper = intersection(outlineBetween(body, bodyPoints(body), origin, origin + rise, slope), polygon);
  if (upper.length === 0) return prism(body, polygon, contact, rise);
  return hullAt(body, [...raised(polygon, contact, 0), ...raised(thinned(upper, middleOf(upper)), contact, rise)]);
}

/** What lies between the polygon in the contact and so far above it. */
const prism = (body: Body, polygon: Polygon, contact: Contact, rise: number): Collider | null =>
  hullAt(body, [...raised(polygon, contact, 0), ...raised(polygon, contact, rise)]);

/** The corners of a polygon in the plane of a contact, moved up. */
const raised = (polygon: Polygon, { origin, slope }: Contact, rise: number): Vec3[] =>
  polygon.map(([x, z]): Vec3 => [x, origin + slope[0] * x + slope[1] * z + rise, z]);

/** The polygon, drawn in by a quarter towards a point. */
const narrowed = (polygon: Polygon, [x, y]: Point2): Polygon =>
  polygon.map(([px, py]): Point2 => [x + 0.75 * (px - x), y + 0.75 * (py - y)]);

/** Whether every corner of the polygon lies on the body. */
function coveredBy(body: Body, polygon: Polygon, contact: Contact): boolean {
  return raised(polygon, contact, 0).every((translation) => {
    const point = createBody('', [{ kind: 'sphere', center: [0, 0, 0], radius: 1e-6 }], {
      rotation: quat.IDENTITY,
      translation,
      size: 1,
    });
    return bodyDistance(point, body, 2e-3 * body.size) !== null;
  });
}
