/** Random points on a mesh, evenly by area. */
import type { Mesh } from './mesh.js';
import { triangleArea } from './measure.js';
import { createRandom } from './random.js';

export interface SurfaceSamples {
  /** Stride 3. */
  points: Float32Array;
  /** Unit normals of the triangles they lie on, stride 3. */
  normals: Float32Array;
  /** The triangle of each point. */
  triangles: Uint32Array;
}

/** `count` points on the surface; none where it has no area. The same seed gives the same points. */
export function sampleSurface(
  { positions, indices }: Pick<Mesh, 'positions' | 'indices'>,
  count: number,
  seed = 0,
): SurfaceSamples {
  const random = createRandom(seed);
  const triangleCount = Math.floor(indices.length / 3);
  const upTo = new Float64Array(triangleCount);
  let total = 0;
  for (let t = 0; t < triangleCount; t++) {
    const area = triangleArea(positions, indices[3 * t], indices[3 * t + 1], indices[3 * t + 2]);
    if (Number.isFinite(area)) total += area;
    upTo[t] = total;
  }
  const n = total > 0 ? count : 0;
  const samples = { points: new Float32Array(3 * n), normals: new Float32Array(3 * n), triangles: new Uint32Array(n) };
  for (let i = 0; i < n; i++) {
    const t = firstAbove(upTo, random.next() * total);
    // The square root spreads the points evenly over the triangle.
    const root = Math.sqrt(random.next());
    const wb = root * random.next();
    writeSample(positions, indices, t, wb, root - wb, samples, i);
  }
  return samples;
}

function writeSample(
  positions: Float32Array,
  indices: Uint32Array,
  t: number,
  wb: number,
  wc: number,
  samples: SurfaceSamples,
  i: number,
): void {
  const [a, b, c] = [3 * indices[3 * t], 3 * indices[3 * t + 1], 3 * indices[3 * t + 2]];
  const u = [0, 1, 2].map((k) => positions[b + k] - positions[a + k]);
  const v = [0, 1, 2].map((k) => positions[c + k] - positions[a + k]);
  const normal = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const norm = Math.hypot(...normal);
  for (let k = 0; k < 3; k++) {
    samples.points[3 * i + k] = positions[a + k] + wb * u[k] + wc * v[k];
    samples.normals[3 * i + k] = normal[k] / norm;
  }
  samples.triangles[i] = t;
}

/** The first index whose running total is above `value`. */
function firstAbove(upTo: Float64Array, value: number): number {
  let low = 0;
  let high = upTo.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (upTo[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
