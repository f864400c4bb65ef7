/** The outline of bodies as points, for questions about faces and footprints. */
import { vec3 } from '../../geometry/index.js';
import type { Body } from './body.js';
import type { Polygon } from './polygon.js';
import { convexPolygon } from './polygon.js';

/** Directions evenly spread over the sphere find every corner that matters. */
const DIRECTIONS = Array.from({ length: 200 }, (_, i) => {
  const y = 1 - (2 * (i + 0.5)) / 200;
  const radius = Math.sqrt(1 - y * y);
  return [radius * Math.cos(i * 2.399963), y, radius * Math.sin(i * 2.399963)] as const;
});

/** Points on the surface whose hull is that of the body, relative to its translation, stride 3. */
export function bodyPoints(body: Body): Float64Array {
  const points = new Float64Array(3 * DIRECTIONS.length * body.pieces.length);
  const out = new Float64Array(3);
  let at = 0;
  for (const piece of body.pieces) {
    for (const [x, y, z] of DIRECTIONS) {
      piece.support(x, y, z, out);
      points[at++] = out[0] + piece.radius * x;
      points[at++] = out[1] + piece.radius * y;
      points[at++] = out[2] + piece.radius * z;
    }
  }
  return points;
}

/** How much a plane rises along the world's x and z. */
export type Slope = readonly [number, number];
export const LEVEL: Slope = [0, 0];

/** The horizontal outline, in the world's x and z, of what the body has between two planes: their heights at the origin. */
export function outlineBetween(body: Body, points: Float64Array, low: number, high: number, slope = LEVEL): Polygon {
  const [x, y, z] = body.translation;
  const found: [number, number][] = [];
  for (let i = 0; i < points.length / 3; i++) {
    const point = vec3.add(vec3.at(points, i), [x, y, z]);
    const height = point[1] - slope[0] * point[0] - slope[1] * point[2];
    if (height >= low && height <= high) found.push([point[0], point[2]]);
  }
  return convexPolygon(found);
}
