/**
 * Convex bodies as their farthest points: all that the overlap tests ask of a shape.
 *
 * A shape is the core that `support` describes, thickened by `radius`: a ball is a point, a capsule a
 * segment. Distances between cores are exact, so that those between balls and capsules are too.
 */
import { quat, vec3, type Quat, type Vec3 } from '../../geometry/index.js';
import type { Collider } from '../../scene/index.js';

export interface Convex {
  /** Writes the core's farthest point along (x, y, z), which need not be of unit length, to `out`. */
  support(x: number, y: number, z: number, out: Float64Array): void;
  radius: number;
  /** The box around the thickened shape: min x y z, max x y z. */
  bounds: Float64Array;
}

/** The collider turned and scaled, but not moved. */
export function createConvex(collider: Collider, rotation: Quat, size: number): Convex {
  switch (collider.kind) {
    case 'hull': {
      const points = new Float64Array(collider.positions.length);
      for (let i = 0; i < points.length / 3; i++) {
        points.set(vec3.scale(quat.rotate(rotation, vec3.at(collider.positions, i)), size), 3 * i);
      }
      return fromPoints(points, 0);
    }
    case 'box': {
      const points = new Float64Array(24);
      const axes = quat.multiply(rotation, collider.rotation);
      const center = quat.rotate(rotation, collider.center);
      for (let corner = 0; corner < 8; corner++) {
        const half = collider.halfExtents;
        const local: Vec3 = [
          corner & 1 ? half[0] : -half[0],
          corner & 2 ? half[1] : -half[1],
          corner & 4 ? half[2] : -half[2],
        ];
        points.set(vec3.scale(vec3.add(center, quat.rotate(axes, local)), size), 3 * corner);
      }
      return fromPoints(points, 0);
    }
    case 'sphere':
      return fromPoints(
        Float64Array.from(vec3.scale(quat.rotate(rotation, collider.center), size)),
        collider.radius * size,
      );
    case 'capsule': {
      const center = quat.rotate(rotation, collider.center);
      const axis = quat.rotate(quat.multiply(rotation, collider.rotation), [0, collider.halfHeight, 0]);
      const ends = [vec3.sub(center, axis), vec3.add(center, axis)].flatMap((end) => vec3.scale(end, size));
      return fromPoints(Float64Array.from(ends), collider.radius * size);
    }
    case 'cylinder':
      return cylinder(
        vec3.scale(quat.rotate(rotation, collider.center), size),
        quat.rotate(quat.multiply(rotation, collider.rotation), [0, 1, 0]),
        collider.radius * size,
        collider.halfHeight * size,
      );
  }
}

function fromPoints(points: Float64Array, radius: number): Convex {
  return withBounds(radius, (x, y, z, out) => {
    let best = 0;
    let bestDot = -Infinity;
    for (let i = 0; i < points.length; i += 3) {
      const dot = points[i] * x + points[i + 1] * y + points[i + 2] * z;
      if (dot > bestDot) {
        bestDot = dot;
        best = i;
      }
    }
    out[0] = points[best];
    out[1] = points[best + 1];
    out[2] = points[best + 2];
  });
}

function cylinder(center: Vec3, axis: Vec3, radius: number, halfHeight: number): Convex {
  return withBounds(0, (x, y, z, out) => {
    const along = x * axis[0] + y * axis[1] + z * axis[2];
    const [rx, ry, rz] = [x - along * axis[0], y - along * axis[1], z - along * axis[2]];
    const across = Math.sqrt(rx * rx + ry * ry + rz * rz);
    // Straight along the axis the whole cap is farthest; its middle stands for it.
    const outward = across > 1e-9 * Math.abs(along) ? radius / across : 0;
    const end = along >= 0 ? halfHeight : -halfHeight;
    out[0] = center[0] + end * axis[0] + outward * rx;
    out[1] = center[1] + end * axis[1] + outward * ry;
    out[2] = center[2] + end * axis[2] + outward * rz;
  });
}

function withBounds(radius: number, support: Convex['support']): Convex {
  const bounds = new Float64Array(6);
  const out = new Float64Array(3);
  for (let axis = 0; axis < 3; axis++) {
    support(axis === 0 ? -1 : 0, axis === 1 ? -1 : 0, axis === 2 ? -1 : 0, out);
    bounds[axis] = out[axis] - radius;
    support(axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0, out);
    bounds[3 + axis] = out[axis] + radius;
  }
  return { support, radius, bounds };
}
