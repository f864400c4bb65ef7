/** A tree of boxes over a mesh's triangles: closest point, rays, inside or outside. */
import type { Mesh, Vec3 } from './mesh.js';
import { closestOnTriangle, createTriangleHit, triangleCorners } from './triangle.js';

export interface ClosestPoint {
  distance: number;
  point: Vec3;
  triangle: number;
  /** Weights of the triangle's corners at `point`; they add up to 1. */
  barycentric: Vec3;
}

export interface RayHit {
  /** Along the ray, in units of its direction's length. */
  distance: number;
  triangle: number;
  /** The ray enters through the front, the side from which the corners run counter-clockwise. */
  front: boolean;
}

export interface MeshBvh {
  /** The nearest point of the surface, or null for an empty mesh or one farther than `maxDistance`. */
  closestPoint(point: Vec3, maxDistance?: number): ClosestPoint | null;
  /** The first triangle a ray meets. */
  raycast(origin: Vec3, direction: Vec3, maxDistance?: number): RayHit | null;
  /** All triangles a ray meets, in no order. */
  raycastAll(origin: Vec3, direction: Vec3): RayHit[];
  /** Whether a closed mesh holds the point. Overlapping parts count as one solid. */
  contains(point: Vec3): boolean;
}

const LEAF_SIZE = 4;

/** Builds the tree in about a microsecond a triangle. The mesh may be open; `contains` needs it closed. */
export function createMeshBvh({ positions, indices }: Pick<Mesh, 'positions' | 'indices'>): MeshBvh {
  const corners = triangleCorners(positions, indices);
  const count = corners.length / 9;
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const centers = new Float64Array(3 * count);
  for (let t = 0; t < count; t++) {
    for (let k = 0; k < 3; k++)
      centers[3 * t + k] = (corners[9 * t + k] + corners[9 * t + 3 + k] + corners[9 * t + 6 + k]) / 3;
  }
  // Per node: min x y z, max x y z; then first triangle and count, or the right child and 0 (the left one follows).
  const boxes: number[] = [];
  const links: number[] = [];
  if (count > 0) build(0, count);

  function build(first: number, last: number): void {
    const node = links.length / 2;
    const box = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity];
    const spread = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity];
    for (let i = first; i < last; i++) {
      const t = order[i];
      for (let k = 0; k < 9; k++) {
        const value = corners[9 * t + k];
        if (value < box[k % 3]) box[k % 3] = value;
        if (value > box[3 + (k % 3)]) box[3 + (k % 3)] = value;
      }
      for (let k = 0; k < 3; k++) {
        if (centers[3 * t + k] < spread[k]) spread[k] = centers[3 * t + k];
        if (centers[3 * t + k] > spread[3 + k]) spread[3 + k] = centers[3 * t + k];
      }
    }
    boxes.push(...box);
    links.push(first, last - first);
    if (last - first <= LEAF_SIZE) return;
    let axis = 0;
    for (let k = 1; k < 3; k++) if (spread[3 + k] - spread[k] > spread[3 + axis] - spread[axis]) axis = k;
    const half = (spread[axis] + spread[3 + axis]) / 2;
    let middle = first;
    for (let i = first; i < last; i++) {
      if (centers[3 * order[i] + axis] >= half) continue;
      const kept = order[i];
      order[i] = order[middle];
      order[middle++] = kept;
    }
    // Centres that all coincide cannot be told apart by place.
    if (middle === first || middle === last) middle = (first + last) >> 1;
    build(first, middle);
    links[2 * node] = links.length / 2;
    links[2 * node + 1] = 0;
    build(middle, last);
  }

  const boxDistanceSquared = (node: number, point: Vec3): number => {
    let sum = 0;
    for (let k = 0; k < 3; k++) {
      const off = Math.max(0, boxes[6 * node + k] - point[k], point[k] - boxes[6 * node + 3 + k]);
      sum += off * off;
    }
    return sum;
  };

  function closestPoint(point: Vec3, maxDistance = Infinity): ClosestPoint | null {
    const hit = createTriangleHit();
    const weights = [1, 0, 0];
    let best = maxDistance * maxDistance;
    let triangle = -1;
    const visit = (node: number): void => {
      if (links[2 * node + 1] > 0) {
        for (let i = links[2 * node]; i < links[2 * node] + links[2 * node + 1]; i++) {
          closestOnTriangle(point[0], point[1], point[2], corners, 9 * order[i], hit);
          if (hit.distanceSquared >= best) continue;
          best = hit.distanceSquared;
          triangle = order[i];
          weights[0] = hit.w0;
          weights[1] = hit.w1;
          weights[2] = hit.w2;
        }
        return;
      }
      const [left, right] = [node + 1, links[2 * node]];
      const [toLeft, toRight] = [boxDistanceSquared(left, point), boxDistanceSquared(right, point)];
      const [near, far] = toLeft <= toRight ? [left, right] : [right, left];
      if (Math.min(toLeft, toRight) < best) visit(near);
      if (Math.max(toLeft, toRight) < best) visit(far);
    };
    if (count > 0) visit(0);
    if (triangle < 0) return null;
    const at = (k: number): number =>
      weights[0] * corners[9 * triangle + k] +
      weights[1] * corners[9 * triangle + 3 + k] +
      weights[2] * corners[9 * triangle + 6 + k];
    return {
      distance: Math.sqrt(best),
      point: [at(0), at(1), at(2)],
      triangle,
      barycentric: [weights[0], weights[1], weights[2]],
    };
  }

  /** Calls back with each triangle met before the distance that the callback returned last. */
  function walkRay(origin: Vec3, direction: Vec3, maxDistance: number, onHit: (hit: RayHit) => number): void {
    const inverse = direction.map((d) => 1 / d);
    let limit = maxDistance;
    const stack = count > 0 ? [0] : [];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      let enter = 0;
      let leave = limit;
      for (let k = 0; k < 3; k++) {
        const a = (boxes[6 * node + k] - origin[k]) * inverse[k];
        const b = (boxes[6 * node + 3 + k] - origin[k]) * inverse[k];
        // A ray along a box's face gives NaN, which must not shut the box out.
        if (!Number.isNaN(a) && !Number.isNaN(b)) {
          enter = Math.max(enter, Math.min(a, b));
          leave = Math.min(leave, Math.max(a, b));
        }
      }
      if (enter > leave) continue;
      if (links[2 * node + 1] === 0) {
        stack.push(node + 1, links[2 * node]);
        continue;
      }
      for (let i = links[2 * node]; i < links[2 * node] + links[2 * node + 1]; i++) {
        const hit = intersect(corners, order[i], origin, direction);
        if (hit && hit.distance < limit) limit = onHit(hit);
      }
    }
  }

  return {
    closestPoint,
    raycast(origin, direction, maxDistance = Infinity) {
      let first: RayHit | null = null;
      walkRay(origin, direction, maxDistance, (hit) => {
        first = hit;
        return hit.distance;
      });
      return first;
    },
    raycastAll(origin, direction) {
      const hits: RayHit[] = [];
      walkRay(origin, direction, Infinity, (hit) => {
        hits.push(hit);
        return Infinity;
      });
      return hits;
    },
    contains(point) {
      // An odd direction, since rays along the axes run through edges of man-made meshes.
      let winding = 0;
      walkRay(point, [0.4287, 0.7391, 0.5198], Infinity, (hit) => {
        winding += hit.front ? -1 : 1;
        return Infinity;
      });
      return winding !== 0;
    },
  };
}

/** Source: T. Moeller, B. Trumbore, Fast, minimum storage ray/triangle intersection, 1997. */
function intersect(corners: Float64Array, triangle: number, origin: Vec3, direction: Vec3): RayHit | null {
  const o = 9 * triangle;
  const [ux, uy, uz] = [corners[o + 3] - corners[o], corners[o + 4] - corners[o + 1], corners[o + 5] - corners[o + 2]];
  const [vx, vy, vz] = [corners[o + 6] - corners[o], corners[o + 7] - corners[o + 1], corners[o + 8] - corners[o + 2]];
  const [dx, dy, dz] = direction;
  const [px, py, pz] = [dy * vz - dz * vy, dz * vx - dx * vz, dx * vy - dy * vx];
  const det = ux * px + uy * py + uz * pz;
  if (det === 0) return null;
  const [tx, ty, tz] = [origin[0] - corners[o], origin[1] - corners[o + 1], origin[2] - corners[o + 2]];
  const u = (tx * px + ty * py + tz * pz) / det;
  if (u < 0 || u > 1) return null;
  const [qx, qy, qz] = [ty * uz - tz * uy, tz * ux - tx * uz, tx * uy - ty * ux];
  const v = (dx * qx + dy * qy + dz * qz) / det;
  if (v < 0 || u + v > 1) return null;
  const distance = (vx * qx + vy * qy + vz * qz) / det;
  return distance > 0 ? { distance, triangle, front: det > 0 } : null;
}
