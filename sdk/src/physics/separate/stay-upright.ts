/** A body that nearly stands on a flat face is put flat on it. */
import { convexHull, quat, vec3, type Vec3 } from '../../geometry/index.js';
import type { Collider } from '../../scene/index.js';
import { turnBody, type Body } from '../collide/body.js';

/** Poses are estimated to a few degrees; a lean greater than this was meant. */
const MAX_LEAN_RADIANS = (15 * Math.PI) / 180;

/** A face counts as one to stand on when the centre of mass is above it by this share of its own reach. */
const MARGIN_SHARE = 0.05;

/**
 * Turns the body by the least angle that lays a face of its hull on the horizontal, if the centre of mass is
 * then above the face and the angle is small. Returns the angle, 0 when nothing was done.
 *
 * @param centerOfMass In the body's canonical frame.
 */
export function standUpright(body: Body, centerOfMass: Vec3): number {
  const points = hullPoints(body.colliders);
  const hull = convexHull(points);
  if (!hull) return 0;
  let best: { lean: number; normal: Vec3 } | null = null;
  for (let i = 0; i < hull.indices.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => vec3.at(hull.positions, hull.indices[i + k]));
    const outward = vec3.cross(vec3.sub(b, a), vec3.sub(c, a));
    if (vec3.length(outward) < 1e-9) continue;
    const normal = vec3.normalize(outward);
    const lean = Math.acos(Math.min(1, Math.max(-1, -quat.rotate(body.rotation, normal)[1])));
    if (lean > MAX_LEAN_RADIANS || (best && lean >= best.lean)) continue;
    if (standsOn(hull.positions, normal, vec3.dot(normal, a), centerOfMass)) best = { lean, normal };
  }
  if (!best || best.lean < 1e-4) return 0;
  const turn = quat.between(quat.rotate(body.rotation, best.normal), [0, -1, 0]);
  const before = quat.rotate(body.rotation, vec3.scale(centerOfMass, body.size));
  turnBody(body, quat.multiply(turn, body.rotation));
  // About the centre of mass, so that the body does not wander.
  const after = quat.rotate(body.rotation, vec3.scale(centerOfMass, body.size));
  body.translation = vec3.add(body.translation, vec3.sub(before, after));
  return best.lean;
}

/** Whether the centre of mass lies above the hull's points in the plane, by a margin on every side. */
function standsOn(positions: Float32Array, normal: Vec3, offset: number, centerOfMass: Vec3): boolean {
  const u = vec3.perpendicular(normal);
  const v = vec3.cross(normal, u);
  const inPlane: [number, number][] = [];
  for (let i = 0; i < positions.length / 3; i++) {
    const point = vec3.at(positions, i);
    // Feet a little shorter than others still carry.
    if (offset - vec3.dot(normal, point) > 0.01) continue;
    inPlane.push([vec3.dot(u, point) - vec3.dot(u, centerOfMass), vec3.dot(v, point) - vec3.dot(v, centerOfMass)]);
  }
  const reach = Math.max(...inPlane.map(([x, y]) => Math.hypot(x, y)));
  for (let step = 0; step < 32; step++) {
    const angle = (2 * Math.PI * step) / 32;
    const farthest = Math.max(...inPlane.map(([x, y]) => x * Math.cos(angle) + y * Math.sin(angle)));
    if (farthest < MARGIN_SHARE * reach) return false;
  }
  return reach > 0.02;
}

/** Points whose hull is that of the colliders; round ones do not stand on their round side. */
function hullPoints(colliders: readonly Collider[]): number[] {
  const points: number[] = [];
  for (const collider of colliders) {
    if (collider.kind === 'hull') {
      for (const value of collider.positions) points.push(value);
    } else if (collider.kind === 'box') {
      for (let corner = 0; corner < 8; corner++) {
        const [x, y, z] = collider.halfExtents;
        const local: Vec3 = [corner & 1 ? x : -x, corner & 2 ? y : -y, corner & 4 ? z : -z];
        points.push(...vec3.add(collider.center, quat.rotate(collider.rotation, local)));
      }
    } else if (collider.kind === 'cylinder') {
      for (let step = 0; step < 24; step++) {
        const angle = (2 * Math.PI * step) / 24;
        for (const end of [-1, 1]) {
          const local: Vec3 = [
            collider.radius * Math.cos(angle),
            end * collider.halfHeight,
            collider.radius * Math.sin(angle),
          ];
          points.push(...vec3.add(collider.center, quat.rotate(collider.rotation, local)));
        }
      }
    }
  }
  return points;
}
