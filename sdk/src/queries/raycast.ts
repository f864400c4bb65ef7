/** What a ray meets first: the meshes that are seen, and the ground. */
import { quat, vec3, type Vec3 } from '../geometry/index.js';
import type { Ground, SceneObject } from '../scene/index.js';
import { GROUND_NAME, type SceneIndex } from './scene-index.js';

export interface SceneRayHit {
  /** An object's id, or `ground`. */
  id: string;
  /** Metres. */
  distance: number;
  point: Vec3;
  /** Unit normal of the surface, towards the ray's side. */
  normal: Vec3;
}

/** `direction` is of any length but 0. The ground is its square, seen from above. */
export function raycast(index: SceneIndex, origin: Vec3, direction: Vec3, maxDistance = Infinity): SceneRayHit | null {
  const way = vec3.normalize(direction);
  let best = rayToGround(index.scene.ground, origin, way, maxDistance);
  for (const [i, object] of index.scene.objects.entries()) {
    const ray = toCanonical(object, origin, way);
    const hit = index.surface(i).raycast(ray.origin, ray.direction, best?.distance ?? maxDistance);
    if (!hit) continue;
    const normal = quat.rotate(object.pose.rotation, triangleNormal(object, hit.triangle));
    best = {
      id: object.id,
      distance: hit.distance,
      point: vec3.addScaled(origin, way, hit.distance),
      normal: hit.front ? normal : vec3.scale(normal, -1),
    };
  }
  return best;
}

/** A ray in an object's canonical space. Distances along it stay metres. */
export function toCanonical({ pose }: SceneObject, origin: Vec3, direction: Vec3): { origin: Vec3; direction: Vec3 } {
  const back = quat.conjugate(pose.rotation);
  return {
    origin: vec3.scale(quat.rotate(back, vec3.sub(origin, pose.translation)), 1 / pose.size),
    direction: vec3.scale(quat.rotate(back, direction), 1 / pose.size),
  };
}

/** In canonical space. */
export function triangleNormal({ mesh: { positions, indices } }: SceneObject, triangle: number): Vec3 {
  const [a, b, c] = [0, 1, 2].map((k) => vec3.at(positions, indices[3 * triangle + k]));
  return vec3.normalize(vec3.cross(vec3.sub(b, a), vec3.sub(c, a)));
}

function rayToGround(ground: Ground, origin: Vec3, way: Vec3, maxDistance: number): SceneRayHit | null {
  const above = origin[1] - ground.height;
  if (above < 0 || way[1] >= 0) return null;
  const distance = -above / way[1];
  const point = vec3.addScaled(origin, way, distance);
  const off = Math.max(Math.abs(point[0] - ground.center[0]), Math.abs(point[2] - ground.center[1]));
  if (distance > maxDistance || off > ground.halfExtent) return null;
  return { id: GROUND_NAME, distance, point, normal: vec3.UP };
}
