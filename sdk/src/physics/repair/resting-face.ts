/** The faces that a body can be laid on. */
import { convexHull, quat, vec3, type Quat, type Vec3 } from '../../geometry/index.js';
import type { Body } from '../collide/body.js';
import { bodyPoints, outlineBetween } from '../collide/points.js';
import { areaOf, convexPolygon, marginIn, type Point2 } from '../collide/polygon.js';

export interface RestingFace {
  /** The turn, in the world, that lays the face on the horizontal, and its angle. */
  turn: Quat;
  lean: number;
  /** Area of the face over that of the body's outline seen from above, about 0 to 1. */
  flatness: number;
}

/** Feet shorter than others by this share of the size still carry. */
const UNEVEN_SHARE = 0.01;
/** The centre of mass is this share of the face's own reach inside its edge. */
const MARGIN_SHARE = 0.05;
/** Faces smaller than this share of the size are points. */
const LEAST_REACH = 0.02;

/**
 * The faces of the body's hull that it would stay on, at most `maxLean` from facing down, the nearest first.
 *
 * @param centerOfMass In the body's canonical frame.
 */
export function restingFaces(body: Body, centerOfMass: Vec3, maxLean: number): RestingFace[] {
  const hull = convexHull(bodyPoints(body));
  if (!hull) return [];
  const center = quat.rotate(body.rotation, vec3.scale(centerOfMass, body.size));
  const outline = areaOf(outlineBetween(body, Float64Array.from(hull.positions), -Infinity, Infinity));
  const faces: RestingFace[] = [];
  for (let i = 0; i < hull.indices.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => vec3.at(hull.positions, hull.indices[i + k]));
    const outward = vec3.cross(vec3.sub(b, a), vec3.sub(c, a));
    if (vec3.length(outward) < 1e-9 * body.size * body.size) continue;
    const normal = vec3.normalize(outward);
    const lean = Math.acos(Math.min(1, Math.max(-1, -normal[1])));
    if (lean > maxLean) continue;
    const area = areaToRestOn(hull.positions, normal, vec3.dot(normal, a), center, body.size);
    if (area > 0) faces.push({ turn: quat.between(normal, [0, -1, 0]), lean, flatness: area / outline });
  }
  return faces.sort((a, b) => a.lean - b.lean);
}

/** The area that the hull's points in a plane span; 0 where the body would tip off them. */
function areaToRestOn(positions: Float32Array, normal: Vec3, offset: number, center: Vec3, size: number): number {
  const u = vec3.perpendicular(normal);
  const v = vec3.cross(normal, u);
  const along = (point: Vec3): Point2 => [vec3.dot(u, point), vec3.dot(v, point)];
  const inPlane: Point2[] = [];
  for (let i = 0; i < positions.length / 3; i++) {
    const point = vec3.at(positions, i);
    if (offset - vec3.dot(normal, point) <= UNEVEN_SHARE * size) inPlane.push(along(point));
  }
  const face = convexPolygon(inPlane);
  const middle = along(center);
  const reach = Math.max(...inPlane.map(([x, y]) => Math.hypot(x - middle[0], y - middle[1])));
  if (reach < LEAST_REACH * size || marginIn(face, middle) < MARGIN_SHARE * reach) return 0;
  return areaOf(face);
}
