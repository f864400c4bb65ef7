/** Simple closed meshes about the origin. */
import type { Mesh } from './mesh.js';

/** A box with the given half sides. */
export function boxMesh(hx: number, hy: number, hz: number): Mesh {
  const positions = new Float32Array(24);
  for (let c = 0; c < 8; c++) positions.set([c & 1 ? hx : -hx, c & 2 ? hy : -hy, c & 4 ? hz : -hz], 3 * c);
  const quads = [0, 4, 6, 2, 1, 3, 7, 5, 0, 1, 5, 4, 2, 6, 7, 3, 0, 2, 3, 1, 4, 5, 7, 6];
  const indices: number[] = [];
  for (let q = 0; q < 24; q += 4) {
    indices.push(quads[q], quads[q + 1], quads[q + 2], quads[q], quads[q + 2], quads[q + 3]);
  }
  return { positions, indices: Uint32Array.from(indices) };
}

/**
 * A solid of revolution about y. `profile` lists radius and height in turn, along the outline from its
 * first point on the axis to its last; interior points must be off the axis. Going from the lowest to the
 * highest point along the right-hand outline gives triangles that face outward.
 */
export function latheMesh(profile: readonly (readonly [radius: number, height: number])[], segments = 48): Mesh {
  const positions: number[] = [];
  const rings = profile.map(([radius, height]) => {
    const start = positions.length / 3;
    if (radius === 0) {
      positions.push(0, height, 0);
      return { start, count: 1 };
    }
    for (let s = 0; s < segments; s++) {
      const angle = (2 * Math.PI * s) / segments;
      positions.push(radius * Math.cos(angle), height, radius * Math.sin(angle));
    }
    return { start, count: segments };
  });
  const indices: number[] = [];
  for (let r = 0; r + 1 < rings.length; r++) {
    const [low, high] = [rings[r], rings[r + 1]];
    for (let s = 0; s < segments; s++) {
      const t = (s + 1) % segments;
      const at = (ring: { start: number; count: number }, k: number): number => ring.start + (ring.count === 1 ? 0 : k);
      if (low.count > 1) indices.push(at(low, s), at(high, t), at(low, t));
      if (high.count > 1) indices.push(at(low, s), at(high, s), at(high, t));
    }
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

/** A sphere of `2 * segments` by `segments` facets. */
export function sphereMesh(radius: number, segments = 24): Mesh {
  const profile = Array.from({ length: segments + 1 }, (_, i) => {
    const angle = (Math.PI * i) / segments;
    const onAxis = i === 0 || i === segments;
    return [onAxis ? 0 : radius * Math.sin(angle), -radius * Math.cos(angle)] as const;
  });
  return latheMesh(profile, 2 * segments);
}

/** A cylinder along y. */
export function cylinderMesh(radius: number, halfHeight: number, segments = 48): Mesh {
  return latheMesh([[0, -halfHeight], [radius, -halfHeight], [radius, halfHeight], [0, halfHeight]], segments); // prettier-ignore
}

/** A capsule along y; `halfHeight` leaves the caps out. */
export function capsuleMesh(radius: number, halfHeight: number, segments = 24): Mesh {
  const half = Math.max(2, Math.floor(segments / 2));
  const profile: [number, number][] = [];
  for (let i = 0; i <= half; i++) {
    const angle = (Math.PI / 2) * (i / half);
    profile.push([i === 0 ? 0 : radius * Math.sin(angle), -halfHeight - radius * Math.cos(angle)]);
  }
  for (let i = half; i >= 0; i--) {
    const angle = (Math.PI / 2) * (i / half);
    profile.push([i === 0 ? 0 : radius * Math.sin(angle), halfHeight + radius * Math.cos(angle)]);
  }
  return latheMesh(profile, 2 * segments);
}

/** A ring about y: a tube of radius `tube` around a circle of radius `ring`. */
export function torusMesh(ring: number, tube: number, segments = 48, sides = 24): Mesh {
  const positions: number[] = [];
  const indices: number[] = [];
  for (let s = 0; s < segments; s++) {
    const around = (2 * Math.PI * s) / segments;
    for (let t = 0; t < sides; t++) {
      const angle = (2 * Math.PI * t) / sides;
      const radius = ring + tube * Math.cos(angle);
      positions.push(radius * Math.cos(around), tube * Math.sin(angle), radius * Math.sin(around));
      const [s2, t2] = [(s + 1) % segments, (t + 1) % sides];
      const [a, b, c, d] = [s * sides + t, s2 * sides + t, s2 * sides + t2, s * sides + t2];
      indices.push(a, c, b, a, d, c);
    }
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}
