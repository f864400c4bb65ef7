/** A hull around points in the world, as a collider of a body. */
import { convexHull, quat, vec3, type Vec3 } from '../../geometry/index.js';
import type { Collider } from '../../scene/index.js';
import type { Body } from './body.js';

const MAX_VERTICES = 48;

/** In the body's canonical frame; null where the points have no volume. */
export function hullAt({ rotation, translation, size }: Body, points: readonly Vec3[]): Collider | null {
  const inverse = quat.conjugate(rotation);
  const canonical = points.flatMap((point) => [
    ...vec3.scale(quat.rotate(inverse, vec3.sub(point, translation)), 1 / size),
  ]);
  const hull = convexHull(canonical, { maxVertices: MAX_VERTICES });
  return hull && { kind: 'hull', ...hull };
}
