import { convexHull, quat, vec3, type Vec3 } from '../../geometry/index.js';
import type { Collider } from '../../scene/index.js';
import { bodyDistance, bottomOf, createBody, poseOf, topOf, type Body } from '../collide/body.js';
import { bodyPoints, outlineBetween } from '../collide/points.js';
import { areaOf, convexPolygon, intersection, marginIn, type Point2, type Polygon } from '../collide/polygon.js';
import type { SettleBody } from '../settle.js';
import { contactHeight, topOutline } from './contact.js';
import { centimetres, safeMargin, worldCenterOfMass, type Remedy } from './remedy.js';

/** Shares of the body's height that may become its foot, least first. */
const FOOT_SHARES = [0.01, 0.03, 0.06, 0.1, 0.16, 0.25, 0.4];
/** Share of a carrier's height that its seat goes down. */
const SEAT_SHARE = 0.25;
/** Corners of the polygon that a foot stands on at most: with those of its upper side no more than a hull may have. */
const MAX_CORNERS = 24;
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
  const height = contactHeight(body, below?.body ?? null);
  if (height === null) return null;
  const outline = footOutline(entry, height, below?.body ?? null);
  if (!outline) return null;
  const mass = worldCenterOfMass(entry);
  let { polygon } = outline;
  let foot = footOf(body, polygon, height, height + outline.rise);
  // Beside others it is narrowed; should it still reach into them, they give way.
  for (let round = 0; foot && round < 2 && meetsOthers(footAlone(foot), entries, [index, support.on]); round++) {
    polygon = narrowed(polygon, [mass[0], mass[2]]);
    foot = footOf(body, polygon, height, height + outline.rise);
  }
  if (!foot) return null;
  entry.body = withCollider(body, foot);
  if (below) addSeat(below, polygon, height);
  const side = Math.sqrt(areaOf(polygon));
  return `contact patch flattened to ${centimetres(side)} across`;

  function footAlone(collider: Collider): Body {
    return createBody('', [collider], poseOf(body));
  }

  function addSeat(carrier: typeof entry, polygon: Polygon, at: number): void {
    const depth = Math.min(at - bottomOf(carrier.body), SEAT_SHARE * (topOf(carrier.body) - bottomOf(carrier.body)));
    const seat = prism(carrier.body, polygon, at - Math.max(depth, 1e-3 * carrier.body.size), at);
    // A flat carrier needs none.
    if (seat && !coveredBy(carrier.body, polygon, at)) carrier.body = withCollider(carrier.body, seat);
  }
};

/** The least outline that holds the centre of mass safely, and how far up the body it was taken from. */
function footOutline(entry: SettleBody, height: number, below: Body | null): { polygon: Polygon; rise: number } | null {
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
    const low = outlineBetween(body, points, height - rise, height + rise);
    const polygon = thinned(seat ? intersection(low, seat) : low);
    const margin = marginIn(polygon, middle);
    if (margin >= wanted) return { polygon, rise };
    if (!best || margin > best.margin) best = { polygon, rise, margin };
  }
  if (seat) return best && best.margin > 0 ? best : null;
  // It leans out beyond its own foot: the foot reaches under its centre of mass.
  const rise = 0.1 * tall;
  const around = Array.from({ length: 12 }, (_, i): Point2 => {
    const angle = (2 * Math.PI * i) / 12;
    return [middle[0] + 1.1 * wanted * Math.cos(angle), middle[1] + 1.1 * wanted * Math.sin(angle)];
  });
  const polygon = convexPolygon([...outlineBetween(body, points, height, height + rise), ...around]);
  return { polygon: thinned(polygon), rise };
}

/** At most MAX_CORNERS of a polygon's corners, evenly picked. */
function thinned(polygon: Polygon): Polygon {
  if (polygon.length <= MAX_CORNERS) return polygon;
  return convexPolygon(
    Array.from({ length: MAX_CORNERS }, (_, i) => polygon[Math.floor((i * polygon.length) / MAX_CORNERS)]),
  );
}

/** The hull of the polygon at `height` and of what the body has between that and `top`, in its canonical frame. */
function footOf(body: Body, polygon: Polygon, height: number, top: number): Collider | null {
  const upper = intersection(outlineBetween(body, bodyPoints(body), height, top), polygon);
  return hullOf(body, [
    ...polygon.map(([x, z]): Vec3 => [x, height, z]),
    ...thinned(upper).map(([x, z]): Vec3 => [x, top, z]),
  ]);
}

function prism(body: Body, polygon: Polygon, low: number, high: number): Collider | null {
  return hullOf(
    body,
    polygon.flatMap(([x, z]): Vec3[] => [
      [x, low, z],
      [x, high, z],
    ]),
  );
}

function hullOf(body: Body, points: readonly Vec3[]): Collider | null {
  const inverse = quat.conjugate(body.rotation);
  const canonical = points.flatMap((point) => [
    ...vec3.scale(quat.rotate(inverse, vec3.sub(point, body.translation)), 1 / body.size),
  ]);
  const hull = convexHull(canonical, { maxVertices: 2 * MAX_CORNERS });
  return hull && { kind: 'hull', ...hull };
}

const withCollider = (body: Body, collider: Collider): Body =>
  createBody(body.id, [...body.colliders, collider], poseOf(body));

/** The polygon, drawn in by a quarter towards a point. */
const narrowed = (polygon: Polygon, [x, y]: Point2): Polygon =>
  polygon.map(([px, py]): Point2 => [x + 0.75 * (px - x), y + 0.75 * (py - y)]);

/** Whether a foot would reach into what stands beside the body, or under it. */
const meetsOthers = (foot: Body, entries: readonly SettleBody[], apart: readonly number[]): boolean =>
  entries.some(({ body }, i) => !apart.includes(i) && bodyDistance(foot, body, -MAX_FOOT_OVERLAP) !== null);

/** Whether every corner of the polygon lies on the body. */
function coveredBy(body: Body, polygon: Polygon, height: number): boolean {
  return polygon.every(([x, z]) => {
    const point = createBody('', [{ kind: 'sphere', center: [0, 0, 0], radius: 1e-6 }], {
      rotation: quat.IDENTITY,
      translation: [x, height, z],
      size: 1,
    });
    return bodyDistance(point, body, 2e-3 * body.size) !== null;
  });
}
