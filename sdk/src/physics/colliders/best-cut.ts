/** Where a concave piece is best cut in two. */
import { convexHull, meshVolume } from '../../geometry/index.js';
import { slice, type TriangleSoup } from './slice.js';

/** Evenly spaced planes tried on each axis. */
const EVEN_PLANES = 5;
/** Planes of flat faces tried on each axis. */
const FACE_PLANES = 3;
/** Vertices of the hulls that candidates are compared by. */
const COARSE_VERTICES = 24;

export interface Cut {
  axis: number;
  coordinate: number;
  cost: number;
}

/**
 * The plane whose two sides have the smallest hulls; where none gains much, across the longest axis.
 *
 * The first alone would not do: a ring gains nothing by its first cut in two, whichever way, yet cutting it
 * across leads on, and slicing it into thinner rings does not.
 *
 * @param whole Volume of the piece's hull.
 */
export function bestCut(
  surface: TriangleSoup,
  min: readonly number[],
  max: readonly number[],
  whole: number,
): Cut | null {
  let best: Cut | null = null;
  const longest = Math.max(...[0, 1, 2].map((k) => max[k] - min[k]));
  for (let axis = 0; axis < 3; axis++) {
    const length = max[axis] - min[axis];
    if (length < 0.02 * longest) continue;
    const planes = candidatePlanes(surface, axis, min[axis], max[axis]);
    const sides = sideVolumes(surface, axis, planes);
    planes.forEach((coordinate, i) => {
      const [below, above] = [sides.below[i], sides.above[i]];
      // A plane with nothing on one side is no cut.
      if (below === null || above === null) return;
      const cost = below + above + 0.02 * Math.abs(below - above) + 0.1 * whole * (1 - length / longest);
      if (!best || cost < best.cost) best = { axis, coordinate, cost };
    });
  }
  return best;
}

function candidatePlanes(surface: TriangleSoup, axis: number, low: number, high: number): number[] {
  const length = high - low;
  const planes = facePlanes(surface, axis, low, high);
  for (let i = 1; i <= EVEN_PLANES; i++) planes.push(low + (length * i) / (EVEN_PLANES + 1));
  const apart = 0.01 * length;
  const kept: number[] = [];
  // Face planes come first, and keep even ones next to them away.
  for (const plane of planes) if (kept.every((other) => Math.abs(other - plane) > apart)) kept.push(plane);
  return kept.sort((a, b) => a - b);
}

/** The heights at which the most area faces along the axis, ends left out. */
function facePlanes(surface: TriangleSoup, axis: number, low: number, high: number): number[] {
  const bins = 128;
  const area = new Float64Array(bins);
  const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
  const height = new Map<number, { area: number; coordinate: number }>();
  for (let t = 0; t < surface.length; t += 9) {
    const [a, b, c] = [surface[t + axis], surface[t + 3 + axis], surface[t + 6 + axis]];
    const spread = Math.max(a, b, c) - Math.min(a, b, c);
    const seen =
      Math.abs(
        (surface[t + 3 + u] - surface[t + u]) * (surface[t + 6 + v] - surface[t + v]) -
          (surface[t + 3 + v] - surface[t + v]) * (surface[t + 6 + u] - surface[t + u]),
      ) / 2;
    // Within about 6 degrees of facing along the axis.
    if (seen === 0 || spread > 0.1 * Math.sqrt(seen)) continue;
    const coordinate = (a + b + c) / 3;
    const bin = Math.min(bins - 1, Math.floor(((coordinate - low) / (high - low)) * bins));
    area[bin] += seen;
    const known = height.get(bin);
    // The largest triangle speaks for its bin; its lowest corner is on the face exactly when the face is flat.
    if (!known || seen > known.area) height.set(bin, { area: seen, coordinate: a });
  }
  return [...height.entries()]
    .map(([bin, { coordinate }]) => ({ coordinate, area: area[bin] }))
    .filter(({ coordinate }) => coordinate - low > 0.01 * (high - low) && high - coordinate > 0.01 * (high - low))
    .sort((a, b) => b.area - a.area || a.coordinate - b.coordinate)
    .slice(0, FACE_PLANES)
    .map(({ coordinate }) => coordinate);
}

interface SideVolumes {
  below: (number | null)[];
  above: (number | null)[];
}

/** Hull volumes below and above each plane; null where nothing is. Slab by slab, so that no triangle is cut twice. */
function sideVolumes(surface: TriangleSoup, axis: number, planes: readonly number[]): SideVolumes {
  const slabs: number[][] = [];
  let rest = surface;
  for (const plane of planes) {
    const { below, above } = slice(rest, axis, plane);
    slabs.push(coarseHull(below).points);
    rest = above;
  }
  slabs.push(coarseHull(rest).points);
  const below: (number | null)[] = [];
  const above: (number | null)[] = [];
  let gathered: number[] = [];
  for (let i = 0; i < planes.length; i++) {
    const hull = coarseHull([...gathered, ...slabs[i]]);
    gathered = hull.points;
    below.push(hull.volume);
  }
  gathered = [];
  for (let i = planes.length; i > 0; i--) {
    const hull = coarseHull([...gathered, ...slabs[i]]);
    gathered = hull.points;
    above[i - 1] = hull.volume;
  }
  return { below, above };
}

/** Corners that stand for the points' hull, and its volume; null without points. */
function coarseHull(points: number[]): { points: number[]; volume: number | null } {
  if (points.length === 0) return { points, volume: null };
  const hull = convexHull(points, { maxVertices: COARSE_VERTICES });
  if (hull) return { points: [...hull.positions], volume: meshVolume(hull) };
  if (points.length <= 12) return { points, volume: 0 };
  // Flat points have no hull, but may be a side of the next one: the ends of their box stand for them.
  const flat: number[] = [];
  for (let k = 0; k < 3; k++) {
    for (const sign of [1, -1]) {
      let best = 0;
      for (let i = 3; i < points.length; i += 3) if (sign * points[i + k] > sign * points[best + k]) best = i;
      flat.push(points[best], points[best + 1], points[best + 2]);
    }
  }
  return { points: flat, volume: 0 };
}
