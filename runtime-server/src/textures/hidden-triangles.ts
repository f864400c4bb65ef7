/** Which triangles of a chart lie behind others of it. */
import { vec3 } from '@scenemaker/sdk';
import { rasteriseTriangles } from '@scenemaker/sdk/render';
import type { Chart } from './charts.js';

/** The longer side of the picture that is looked at, pixels. */
const SIDE = 128;
/** A triangle lies behind another where it is so many pixels farther away: within one pixel a steep one goes as far. */
const APART = 6;

/**
 * Seen along the chart's frame. The nearest and the farthest triangle of a pixel are the same, or lie close together, or
 * the farthest is hidden: it is taken away, until none is.
 */
export function hiddenTriangles(
  positions: Float32Array,
  indices: Uint32Array,
  triangles: readonly number[],
  frame: Chart['frame'],
): Set<number> {
  const flat = new Float64Array(9 * triangles.length);
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  let at = 0;
  for (const triangle of triangles) {
    for (let k = 3 * triangle; k < 3 * triangle + 3; k++) {
      const place = vec3.at(positions, indices[k]);
      for (let axis = 0; axis < 3; axis++) {
        const value = vec3.dot(place, frame[axis]);
        flat[at++] = value;
        low[axis] = Math.min(low[axis], value);
        high[axis] = Math.max(high[axis], value);
      }
    }
  }
  const [width, height, depth] = high.map((value, axis) => value - low[axis]);
  const pixel = Math.max(width, height) / SIDE;
  const hidden = new Set<number>();
  if (!(depth > APART * pixel)) return hidden;
  const size = { width: Math.ceil(width / pixel) + 1, height: Math.ceil(height / pixel) + 1 };
  const before = drawnFrom(flat, low, pixel, low[2], depth);
  const behind = drawnFrom(flat, low, pixel, high[2], -depth);
  const camera = { ...size, fx: 1, fy: 1, cx: 0, cy: 0 };
  let left = Int32Array.from(triangles.keys());
  for (let found = -1; found !== hidden.size; left = left.filter((i) => !hidden.has(triangles[i]))) {
    found = hidden.size;
    const corners = new Uint32Array(3 * left.length);
    for (let corner = 0; corner < corners.length; corner++)
      corners[corner] = 3 * left[Math.floor(corner / 3)] + (corner % 3);
    const nearest = rasteriseTriangles({ positions: before, indices: corners }, camera);
    const farthest = rasteriseTriangles({ positions: behind, indices: corners }, camera);
    for (let i = 0; i < nearest.triangles.length; i++) {
      if (nearest.triangles[i] === farthest.triangles[i]) continue;
      const apart = (nearest.nearness[i] + farthest.nearness[i] - 3) * depth;
      if (apart > APART * pixel) hidden.add(triangles[left[farthest.triangles[i]]]);
    }
  }
  return hidden;
}

/** Corners as they are drawn where the nearness, 1 / z, is linear in depth: 1 at `end`, 2 where it is `depth` more. */
function drawnFrom(
  flat: Float64Array,
  low: readonly number[],
  pixel: number,
  end: number,
  depth: number,
): Float64Array {
  const seen = new Float64Array(flat.length);
  for (let i = 0; i < flat.length; i += 3) {
    const nearness = 1 + (flat[i + 2] - end) / depth;
    seen[i] = (flat[i] - low[0]) / (pixel * nearness);
    seen[i + 1] = (flat[i + 1] - low[1]) / (pixel * nearness);
    seen[i + 2] = 1 / nearness;
  }
  return seen;
}
