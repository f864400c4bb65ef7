/** Convex polygons in a plane: corners in order, counter-clockwise. */
export type Point2 = readonly [number, number];
export type Polygon = readonly Point2[];

const cross = (o: Point2, a: Point2, b: Point2): number =>
  (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);

/** The convex hull of points (A. Andrew's monotone chain, 1979); empty where they have no area. */
export function convexPolygon(points: readonly Point2[]): Polygon {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (from: readonly Point2[]): Point2[] => {
    const chain: Point2[] = [];
    for (const point of from) {
      while (chain.length > 1 && cross(chain[chain.length - 2], chain[chain.length - 1], point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  const hull = [...half(sorted), ...half(sorted.toReversed())];
  return hull.length < 3 ? [] : hull;
}

/** How far inside the polygon's nearest edge a point lies; negative outside, -Infinity for an empty polygon. */
export function marginIn(polygon: Polygon, point: Point2): number {
  if (polygon.length === 0) return -Infinity;
  let margin = Infinity;
  polygon.forEach((a, i) => {
    const b = polygon[(i + 1) % polygon.length];
    margin = Math.min(margin, cross(a, b, point) / Math.hypot(b[0] - a[0], b[1] - a[1]));
  });
  return margin;
}

/** What two convex polygons share (I. Sutherland, G. Hodgman, 1974). */
export function intersection(subject: Polygon, clip: Polygon): Polygon {
  let left = subject;
  for (let i = 0; i < clip.length && left.length > 0; i++) {
    const [a, b] = [clip[i], clip[(i + 1) % clip.length]];
    const kept: Point2[] = [];
    left.forEach((point, k) => {
      const next = left[(k + 1) % left.length];
      const [here, there] = [cross(a, b, point), cross(a, b, next)];
      if (here >= 0) kept.push(point);
      if (here * there < 0) {
        const t = here / (here - there);
        kept.push([point[0] + t * (next[0] - point[0]), point[1] + t * (next[1] - point[1])]);
      }
    });
    left = kept;
  }
  return clip.length === 0 ? [] : convexPolygon(left);
}

export function areaOf(polygon: Polygon): number {
  let area = 0;
  for (let i = 2; i < polygon.length; i++) area += cross(polygon[0], polygon[i - 1], polygon[i]) / 2;
  return area;
}

/** The mean of the corners: a point well inside. */
export function middleOf(polygon: Polygon): Point2 {
  const sum = polygon.reduce<Point2>((total, [x, y]) => [total[0] + x, total[1] + y], [0, 0]);
  return [sum[0] / polygon.length, sum[1] / polygon.length];
}
