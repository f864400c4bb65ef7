/** How much of one object another hides from above, or holds. */
import { convexHull, createMeshBvh, quat, sampleSurface, vec3, type Vec3 } from '../geometry/index.js';
import type { SceneIndex } from './scene-index.js';
import { toCanonical } from './raycast.js';

/** Points on an object that stand for it. */
const SAMPLES = 64;
/** Of so many level directions, more than half must be shut off. */
const DIRECTIONS = 12;

/** Share of object `a`'s surface above which object `b` lies, 0 to 1. */
export function shareCovered(index: SceneIndex, a: number, b: number): number {
  return shareOf(surfacePoints(index, a), (point) => sees(index, b, point, vec3.UP));
}

/**
 * Share of object `a` within the hull of object `b`; 0 where that is less than half, where `b` does not lie below
 * the middle of `a`, or does not stand round it.
 */
export function shareInside(index: SceneIndex, a: number, b: number): number {
  const points = surfacePoints(index, a);
  const middle = points.reduce((sum, point) => vec3.addScaled(sum, point, 1 / points.length), vec3.ZERO);
  if (!sees(index, b, middle, [0, -1, 0])) return 0;
  const shut = Array.from({ length: DIRECTIONS }, (_, k) => (2 * Math.PI * k) / DIRECTIONS).filter((angle) =>
    sees(index, b, middle, [Math.cos(angle), 0, Math.sin(angle)]),
  );
  if (2 * shut.length <= DIRECTIONS) return 0;
  const object = index.scene.objects[b];
  const hull = convexHull(object.mesh.positions, { maxVertices: 128 });
  if (!hull) return 0;
  const solid = createMeshBvh(hull);
  const share = shareOf(points, (point) => solid.contains(toCanonical(object, point, vec3.UP).origin));
  return share >= 0.5 ? share : 0;
}

/** In the world; the same points every time. */
function surfacePoints({ scene }: SceneIndex, i: number): Vec3[] {
  const { mesh, pose } = scene.objects[i];
  const { points } = sampleSurface(mesh, SAMPLES);
  return Array.from({ length: points.length / 3 }, (_, k) =>
    vec3.add(quat.rotate(pose.rotation, vec3.scale(vec3.at(points, k), pose.size)), pose.translation),
  );
}

function sees(index: SceneIndex, target: number, from: Vec3, direction: Vec3): boolean {
  const ray = toCanonical(index.scene.objects[target], from, direction);
  return index.surface(target).raycast(ray.origin, ray.direction) !== null;
}

const shareOf = (points: readonly Vec3[], holds: (point: Vec3) => boolean): number =>
  points.length === 0 ? 0 : points.filter(holds).length / points.length;
