/** The section of a solid, as triangles. */
import earcut from 'earcut';
import { vec3, type Vec3 } from '../../geometry/index.js';

interface Loop {
  vertices: number[];
  /** In the plane, stride 2. */
  points: number[];
  /** Positive where it runs counter-clockwise: around the section rather than around a hole in it. */
  area: number;
}

/**
 * Triangles into `positions` that fill the loops, counter-clockwise seen from the tip of `normal`. Loops around
 * holes run clockwise.
 */
export function capTriangles(positions: ArrayLike<number>, loops: readonly number[][], normal: Vec3): number[] {
  const x = vec3.perpendicular(normal);
  const y = vec3.cross(normal, x);
  const flat = loops
    .filter((vertices) => vertices.length > 2)
    .map((vertices): Loop => {
      const points = vertices.flatMap((vertex) => {
        const point = vec3.at(positions, vertex);
        return [vec3.dot(x, point), vec3.dot(y, point)];
      });
      return { vertices, points, area: loopArea(points) };
    });
  const outer = flat.filter(({ area }) => area > 0).map((loop) => ({ loop, holes: [] as Loop[] }));
  outer.sort((a, b) => a.loop.area - b.loop.area);
  for (const hole of flat.filter(({ area }) => area <= 0))
    outer
      .find(({ loop }) => loop.area > -hole.area && contains(loop.points, hole.points[0], hole.points[1]))
      ?.holes.push(hole);
  return outer.flatMap(({ loop, holes }) => fill(loop, holes));
}

function fill(loop: Loop, holes: readonly Loop[]): number[] {
  const all = [loop, ...holes];
  const vertices = all.flatMap((part) => part.vertices);
  const points = all.flatMap((part) => part.points);
  const starts = holes.map((_, i) => all.slice(0, i + 1).reduce((sum, part) => sum + part.vertices.length, 0));
  const filled = earcut(points, starts);
  const triangles: number[] = [];
  for (let k = 0; k < filled.length; k += 3) {
    const [a, b, c] = [filled[k], filled[k + 1], filled[k + 2]];
    const turn =
      (points[2 * b] - points[2 * a]) * (points[2 * c + 1] - points[2 * a + 1]) -
      (points[2 * b + 1] - points[2 * a + 1]) * (points[2 * c] - points[2 * a]);
    triangles.push(vertices[a], ...(turn >= 0 ? [vertices[b], vertices[c]] : [vertices[c], vertices[b]]));
  }
  return triangles;
}

function loopArea(points: readonly number[]): number {
  let twice = 0;
  for (let i = 0; i < points.length; i += 2) {
    const j = (i + 2) % points.length;
    twice += points[i] * points[j + 1] - points[i + 1] * points[j];
  }
  return twice / 2;
}

/** Whether a polygon holds a point, by the crossings of a ray. */
function contains(polygon: readonly number[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0; i < polygon.length; i += 2) {
    const j = (i + 2) % polygon.length;
    const [ay, by] = [polygon[i + 1], polygon[j + 1]];
    if (ay > y !== by > y && x < polygon[i] + ((y - ay) / (by - ay)) * (polygon[j] - polygon[i])) inside = !inside;
  }
  return inside;
}
