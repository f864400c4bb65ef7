/** A tree of boxes over a mesh's triangles: closest point, rays, inside or outside. */
import { type BvhTree, buildBvhTree } from './bvh-tree.js';
import type { Mesh, Vec3 } from './mesh.js';
import { closestOnTriangle, createTriangleHit, triangleCorners, type TriangleHit } from './triangle.js';

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

/** What `visitNearest` has found so far. */
interface Search {
  tree: BvhTree;
  point: Float64Array;
  /** Squared distance. */
  best: number;
  triangle: number;
  weights: [number, number, number];
  hit: TriangleHit;
}

function visitNearest(search: Search, node: number): void {
  const { order, boxes, links, corners } = search.tree;
  const { point, hit } = search;
  const inLeaf = links[2 * node + 1];
  if (inLeaf > 0) {
    for (let i = links[2 * node]; i < links[2 * node] + inLeaf; i++) {
      closestOnTriangle(point, corners, 9 * order[i], hit);
      if (hit.distanceSquared >= search.best) continue;
      search.best = hit.distanceSquared;
      search.triangle = order[i];
      search.weights = [hit.w0, hit.w1, hit.w2];
    }
    return;
  }
  const left = node + 1;
  const right = links[2 * node];
  const toLeft = boxDistanceSquared(boxes, left, point);
  const toRight = boxDistanceSquared(boxes, right, point);
  const leftFirst = toLeft <= toRight;
  if (Math.min(toLeft, toRight) < search.best) visitNearest(search, leftFirst ? left : right);
  if (Math.max(toLeft, toRight) < search.best) visitNearest(search, leftFirst ? right : left);
}

function boxDistanceSquared(boxes: Float64Array, node: number, point: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < 3; k++) {
    const off = Math.max(0, boxes[6 * node + k] - point[k], point[k] - boxes[6 * node + 3 + k]);
    sum += off * off;
  }
  return sum;
}

/** Builds the tree in about a microsecond a triangle. The mesh may be open; `contains` needs it closed. */
export function createMeshBvh({ positions, indices }: Pick<Mesh, 'positions' | 'indices'>): MeshBvh {
  const corners = triangleCorners(positions, indices);
  const count = corners.length / 9;
  const tree = buildBvhTree(corners);
  const { order, boxes, links } = tree;

  const search: Search = {
    tree,
    point: new Float64Array(3),
    best: 0,
    triangle: -1,
    weights: [0, 0, 0],
    hit: createTriangleHit(),
  };

  function closestPoint(point: Vec3, maxDistance = Infinity): ClosestPoint | null {
    search.point.set(point);
    search.best = maxDistance * maxDistance;
    search.triangle = -1;
    if (count > 0) visitNearest(search, 0);
    const { best, triangle, weights } = search;
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
