/** Where a concave solid is best cut in two. */
import { hullVolume, type Vec3 } from '../../geometry/index.js';
import { candidatePlanes } from './candidate-planes.js';
import { heights, type CutPlane } from './cut-solid.js';
import type { Solid } from './solid.js';

/** Vertices of the hulls that candidates are compared by. */
const COARSE_VERTICES = 24;

/** Cuts that save less than this share of the empty space do not tell good from bad. */
const CLEAR_GAIN = 0.1;

/**
 * The plane whose sides have the smallest hulls; where no plane gains much, the one halfway across the longest
 * way through the solid: a ring gains nothing by its first cut in two, yet cutting it across leads on, and what is
 * cut too fine is joined again.
 *
 * @param axes Directions that the solid's flat faces lean to.
 * @param empty Volume of the solid's hull that it does not fill.
 * @param snap Vertices this near a plane lie on it.
 */
export function bestCut(solid: Solid, axes: readonly Vec3[], empty: number, snap: number): CutPlane | null {
  const whole = hullVolume(solid.positions, solid.positions.length / 3, COARSE_VERTICES);
  const measure = createMeasure(solid);
  const { planes, middle } = candidatePlanes(solid, axes);
  let best = middle;
  let least = whole - CLEAR_GAIN * empty;
  for (const plane of planes) {
    const cost = measure(heights(solid, plane, snap), least);
    if (cost !== null && cost < least) [best, least] = [plane, cost];
  }
  return best;
}

/** Sums the hulls of what is connected below and above a plane; null where one side has nothing, or the sum is over `limit`. */
function createMeasure(solid: Solid): (height: Float64Array, limit: number) => number | null {
  const { positions, indices } = solid;
  const vertexCount = positions.length / 3;
  const parent = new Int32Array(vertexCount);
  const find = (vertex: number): number => {
    let root = vertex;
    while (parent[root] !== root) root = parent[root] = parent[parent[root]];
    return root;
  };
  // Points of one side: vertices, and crossings with the set that they belong to.
  const points = new Float64Array(3 * (vertexCount + indices.length));
  const owner = new Int32Array(vertexCount + indices.length);

  function sideVolume(height: Float64Array, sign: number): number | null {
    for (let v = 0; v < vertexCount; v++) parent[v] = v;
    let count = 0;
    let beyond = 0;
    const put = (x: number, y: number, z: number, vertex: number): void => {
      points[3 * count] = x;
      points[3 * count + 1] = y;
      points[3 * count + 2] = z;
      owner[count++] = vertex;
    };
    for (let v = 0; v < vertexCount; v++) {
      if (sign * height[v] <= 0) continue;
      put(positions[3 * v], positions[3 * v + 1], positions[3 * v + 2], v);
      beyond++;
    }
    if (beyond === 0) return null;
    for (let t = 0; t < indices.length; t += 3) {
      for (let k = 0; k < 3; k++) {
        const from = indices[t + k];
        const to = indices[t + ((k + 1) % 3)];
        const [a, b] = [sign * height[from], sign * height[to]];
        if (a <= 0) continue;
        if (b > 0) {
          const root = find(from);
          parent[find(to)] = root;
        } else {
          const share = b === 0 ? 1 : a / (a - b);
          put(
            positions[3 * from] + share * (positions[3 * to] - positions[3 * from]),
            positions[3 * from + 1] + share * (positions[3 * to + 1] - positions[3 * from + 1]),
            positions[3 * from + 2] + share * (positions[3 * to + 2] - positions[3 * from + 2]),
            from,
          );
        }
      }
    }
    return sumOfHulls(points, owner, count, find);
  }

  return (height, limit) => {
    const below = sideVolume(height, -1);
    if (below === null || below >= limit) return null;
    const above = sideVolume(height, 1);
    return above === null ? null : below + above;
  };
}

/** Volume of the hulls of the sets that points belong to. */
function sumOfHulls(points: Float64Array, owner: Int32Array, count: number, find: (vertex: number) => number): number {
  const sizes = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const root = find(owner[i]);
    owner[i] = root;
    sizes.set(root, (sizes.get(root) ?? 0) + 1);
  }
  if (sizes.size === 1) return hullVolume(points, count, COARSE_VERTICES);
  const groups = new Map<number, { points: Float64Array; count: number }>();
  for (const [root, size] of sizes) groups.set(root, { points: new Float64Array(3 * size), count: 0 });
  for (let i = 0; i < count; i++) {
    const group = groups.get(owner[i]);
    if (!group) continue;
    for (let k = 0; k < 3; k++) group.points[3 * group.count + k] = points[3 * i + k];
    group.count++;
  }
  return outerVolume([...groups.values()]);
}

/** Leaves out what lies in the box of another: a bore, or a cavity. */
function outerVolume(groups: readonly { points: Float64Array; count: number }[]): number {
  const boxes = groups.map(({ points }) => {
    const box = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity];
    for (let i = 0; i < points.length; i++) {
      box[i % 3] = Math.min(box[i % 3], points[i]);
      box[3 + (i % 3)] = Math.max(box[3 + (i % 3)], points[i]);
    }
    return box;
  });
  const holds = (outer: readonly number[], inner: readonly number[]): boolean =>
    [0, 1, 2].every((k) => outer[k] <= inner[k] && inner[3 + k] <= outer[3 + k]);
  let volume = 0;
  groups.forEach(({ points, count }, i) => {
    const isInner = boxes.some((box, j) => j !== i && holds(box, boxes[i]) && (j < i || !holds(boxes[i], box)));
    if (!isInner) volume += hullVolume(points, count, COARSE_VERTICES);
  });
  return volume;
}
