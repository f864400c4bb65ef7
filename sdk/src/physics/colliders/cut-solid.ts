/** A solid cut in two by a plane. */
import { vec3, type Vec3 } from '../../geometry/index.js';
import { capTriangles } from './cap.js';
import { subSolid, type Solid } from './solid.js';

/** The points p with `normal . p = offset`. */
export interface CutPlane {
  /** Unit length. */
  normal: Vec3;
  offset: number;
}

/** Heights of all vertices above a plane; those within `snap` of it lie on it. */
export function heights({ positions }: Solid, { normal, offset }: CutPlane, snap: number): Float64Array {
  const [nx, ny, nz] = normal;
  const result = new Float64Array(positions.length / 3);
  for (let v = 0; v < result.length; v++) {
    const height = nx * positions[3 * v] + ny * positions[3 * v + 1] + nz * positions[3 * v + 2] - offset;
    result[v] = Math.abs(height) <= snap ? 0 : height;
  }
  return result;
}

/** What lies below and above a plane, closed along it. A side with nothing has no triangles. */
export function cutSolid(solid: Solid, plane: CutPlane, snap: number): [below: Solid, above: Solid] {
  const cut = createCut(solid, heights(solid, plane, snap));
  const { height } = cut;
  for (let t = 0; t < solid.indices.length; t += 3) {
    const corners = solid.indices.subarray(t, t + 3);
    const [a, b, c] = [height[corners[0]], height[corners[1]], height[corners[2]]];
    if (a === 0 && b === 0 && c === 0) {
      // It bounds the side that it faces away from.
      addPolygon(cut, facesAlong(solid, corners, plane.normal) ? 0 : 1, corners);
    } else if (a <= 0 && b <= 0 && c <= 0) addPolygon(cut, 0, corners);
    else if (a >= 0 && b >= 0 && c >= 0) addPolygon(cut, 1, corners);
    else cutTriangle(cut, corners);
  }
  return [closeSide(cut, 0, plane.normal), closeSide(cut, 1, vec3.scale(plane.normal, -1))];
}

interface Side {
  indices: number[];
  /** How many edges from one vertex to another lie in the plane with nothing on their other side, by `edgeKey`. */
  rim: Map<number, number>;
}

interface Cut {
  positions: number[];
  /** Of the solid's vertices and of those made. */
  height: number[];
  /** The vertex made on each edge that passes the plane, by `edgeKey`. */
  crossings: Map<number, number>;
  sides: [below: Side, above: Side];
}

const createCut = ({ positions }: Solid, height: Float64Array): Cut => ({
  positions: [...positions],
  height: [...height],
  crossings: new Map(),
  sides: [
    { indices: [], rim: new Map() },
    { indices: [], rim: new Map() },
  ],
});

/** More than a solid has vertices. */
const KEY_BASE = 2 ** 26;
const edgeKey = (from: number, to: number): number => from * KEY_BASE + to;

/** Adds a convex polygon to a side. */
function addPolygon({ sides, height }: Cut, side: 0 | 1, polygon: ArrayLike<number>): void {
  const { indices, rim } = sides[side];
  for (let k = 0; k < polygon.length; k++) {
    const [from, to] = [polygon[k], polygon[(k + 1) % polygon.length]];
    if (height[from] === 0 && height[to] === 0) addToRim(rim, from, to);
  }
  for (let k = 1; k + 1 < polygon.length; k++) indices.push(polygon[0], polygon[k], polygon[k + 1]);
}

/** An edge of one more triangle: it meets one that runs the other way, or waits for it. */
function addToRim(rim: Map<number, number>, from: number, to: number): void {
  const facing = rim.get(edgeKey(to, from)) ?? 0;
  if (facing > 1) rim.set(edgeKey(to, from), facing - 1);
  else if (facing === 1) rim.delete(edgeKey(to, from));
  else rim.set(edgeKey(from, to), (rim.get(edgeKey(from, to)) ?? 0) + 1);
}

function cutTriangle(cut: Cut, corners: ArrayLike<number>): void {
  const below: number[] = [];
  const above: number[] = [];
  for (let k = 0; k < 3; k++) {
    const [from, to] = [corners[k], corners[(k + 1) % 3]];
    const [a, b] = [cut.height[from], cut.height[to]];
    if (a <= 0) below.push(from);
    if (a >= 0) above.push(from);
    if (a * b < 0) {
      const made = crossing(cut, from, to);
      below.push(made);
      above.push(made);
    }
  }
  addPolygon(cut, 0, below);
  addPolygon(cut, 1, above);
}

function crossing({ positions, height, crossings }: Cut, from: number, to: number): number {
  const [low, high] = from < to ? [from, to] : [to, from];
  const known = crossings.get(edgeKey(low, high));
  if (known !== undefined) return known;
  const made = height.length;
  crossings.set(edgeKey(low, high), made);
  const share = height[low] / (height[low] - height[high]);
  for (let k = 0; k < 3; k++)
    positions.push(positions[3 * low + k] + share * (positions[3 * high + k] - positions[3 * low + k]));
  height.push(0);
  return made;
}

function facesAlong({ positions }: Solid, corners: ArrayLike<number>, normal: Vec3): boolean {
  const [a, b, c] = [0, 1, 2].map((k) => vec3.at(positions, corners[k]));
  return vec3.dot(vec3.cross(vec3.sub(b, a), vec3.sub(c, a)), normal) > 0;
}

/** One side with the section filled in; `outward` is the section's normal. */
function closeSide(cut: Cut, side: 0 | 1, outward: Vec3): Solid {
  const { indices, rim } = cut.sides[side];
  const cap = capTriangles(cut.positions, loopsOf(rim), outward);
  for (let k = 0; k < cap.length; k += 3) {
    indices.push(cap[k], cap[k + 1], cap[k + 2]);
    for (let i = 0; i < 3; i++) addToRim(rim, cap[k + i], cap[k + ((i + 1) % 3)]);
  }
  // What the cap leaves open: nothing but slits between points in a line, unless the surface runs through itself.
  for (const loop of loopsOf(rim)) {
    for (let k = 1; k + 1 < loop.length; k++) indices.push(loop[0], loop[k], loop[k + 1]);
  }
  return subSolid({ positions: Float64Array.from(cut.positions), indices: Int32Array.from(indices) }, () => true);
}

/** Loops of vertices that run against a rim. */
function loopsOf(rim: ReadonlyMap<number, number>): number[][] {
  const entering = new Map<number, number[]>();
  for (const [edge, count] of rim) {
    const to = edge % KEY_BASE;
    const list = entering.get(to) ?? [];
    entering.set(to, list);
    for (let i = 0; i < count; i++) list.push(Math.floor(edge / KEY_BASE));
  }
  const loops: number[][] = [];
  for (const [start, list] of entering) {
    while (list.length > 0) {
      const loop = [start];
      for (let at = list.pop(); at !== undefined && at !== start; at = entering.get(at)?.pop()) loop.push(at);
      loops.push(loop);
    }
  }
  return loops;
}
