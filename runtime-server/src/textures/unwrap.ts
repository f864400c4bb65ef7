/** Texture coordinates for a mesh: charts laid flat and packed into one picture. */
import potpack from 'potpack';
import { type Mesh, meshArea, vec3 } from '@scenemaker/sdk';
import { type Chart, cutCharts } from './charts.js';

/** Texels between charts: bilinear sampling, and the first mip level, stay within a chart and what surrounds it. */
const PADDING = 2;
/** Share of an atlas that charts come to cover, about: where the search for the density begins. */
const COVERED = 0.65;
/** Packings tried until one fits. */
const MAX_ROUNDS = 12;
/** Widths of the atlas that are tried, over the side of a square as large as all boxes. */
const WIDTHS = [1, 1.03, 1.06, 1.1, 1.15, 1.2, 1.3];
/** Turns of a chart in its plane that are tried for the smallest box, over a right angle, each upright and lying. */
const TURNS = 18;

export interface Unwrapped {
  /** Triangles in their old order, into vertices that are split where charts end. */
  indices: Uint32Array;
  /** For each vertex the one of the mesh that it is. */
  source: Uint32Array;
  /** Texels from the left and from the top, stride 2. */
  texels: Float32Array;
  width: number;
  height: number;
  /** Along a line of length 1 on the mesh, where it is not foreshortened. */
  texelsPerUnit: number;
}

export interface UnwrapOptions {
  /** Wanted; less where the atlas would not hold it. */
  texelsPerUnit: number;
  /** Most texels across and down. */
  side: number;
}

/** The same mesh gives the same charts. Throws a RangeError for a mesh that cannot be laid out. */
export function unwrap(
  mesh: Mesh,
  { texelsPerUnit, side }: UnwrapOptions,
  { indices, source, patches }: FlatCharts = flattenCharts(mesh),
): Unwrapped {
  let density = Math.min(texelsPerUnit, side * Math.sqrt(COVERED / meshArea(mesh)));
  for (let round = 0; round < MAX_ROUNDS && patches.length > 0; round++) {
    const { boxes, width, height } = pack(patches, density);
    if (Math.max(width, height) <= side) {
      const texels = new Float32Array(2 * source.length);
      for (const { patch, x, y } of boxes) {
        for (let i = 0; i < patch.flat.length; i += 2) {
          const at = 2 * patch.firstVertex + i;
          texels[at] = x + (1 + PADDING) / 2 + patch.flat[i] * density;
          texels[at + 1] = y + (1 + PADDING) / 2 + patch.flat[i + 1] * density;
        }
      }
      return { indices, source, texels, width, height, texelsPerUnit: density };
    }
    density *= (0.99 * side) / Math.max(width, height);
  }
  throw new RangeError(`its surface does not fit into a texture of ${side} x ${side}`);
}

/** A mesh split into charts, each laid flat, before they have a place in an atlas. */
export interface FlatCharts extends Pick<Unwrapped, 'indices' | 'source'> {
  patches: Patch[];
}

/** A chart in its plane. */
interface Patch {
  /** In the order of its vertices, from this one on; stride 2, the smallest 0, units of the mesh. */
  firstVertex: number;
  flat: Float64Array;
  width: number;
  height: number;
}

interface Packed {
  boxes: { patch: Patch; x: number; y: number; w: number; h: number }[];
  width: number;
  height: number;
}

/** Into the smallest square that is found, by trying several widths. */
function pack(patches: readonly Patch[], density: number): Packed {
  const sizes = patches.map((patch) => ({
    patch,
    w: Math.ceil(patch.width * density) + 1 + PADDING,
    h: Math.ceil(patch.height * density) + 1 + PADDING,
  }));
  const square = Math.sqrt(sizes.reduce((sum, { w, h }) => sum + w * h, 0));
  let best: Packed | undefined;
  for (const excess of WIDTHS) {
    const boxes = sizes.map((size) => ({ ...size, x: 0, y: 0 }));
    // A box without height makes the atlas as wide as itself at least.
    const { w: width, h: height } = potpack([...boxes, { w: Math.ceil(excess * square), h: 0 }]);
    if (best === undefined || Math.max(width, height) < Math.max(best.width, best.height))
      best = { boxes, width, height };
  }
  return best ?? { boxes: [], width: 0, height: 0 };
}

/** The part of `unwrap` that takes longest, and needs nothing but the mesh. */
export function flattenCharts(mesh: Pick<Mesh, 'positions' | 'indices'>): FlatCharts {
  // Corners of triangles without area, which no chart holds, stay at the first vertex.
  const indices = new Uint32Array(mesh.indices.length);
  const source: number[] = [];
  const patches = cutCharts(mesh).map(({ triangles, frame }) => {
    const firstVertex = source.length;
    const vertices = new Map<number, number>();
    for (const triangle of triangles) {
      for (let k = 3 * triangle; k < 3 * triangle + 3; k++) {
        let vertex = vertices.get(mesh.indices[k]);
        if (vertex === undefined) {
          vertex = source.push(mesh.indices[k]) - 1;
          vertices.set(mesh.indices[k], vertex);
        }
        indices[k] = vertex;
      }
    }
    return { firstVertex, ...layFlat(mesh.positions, [...vertices.keys()], frame) };
  });
  return { indices, source: Uint32Array.from(source), patches };
}

/** Turned so that its box is as small as it gets, and not wider than high. */
function layFlat(
  positions: Float32Array,
  vertices: readonly number[],
  [across, up]: Chart['frame'],
): Omit<Patch, 'firstVertex'> {
  const flat = new Float64Array(2 * vertices.length);
  for (const [i, vertex] of vertices.entries()) {
    const place = vec3.at(positions, vertex);
    flat[2 * i] = vec3.dot(place, across);
    flat[2 * i + 1] = vec3.dot(place, up);
  }
  let best = { ...boxAt(flat, 0), angle: 0 };
  for (let turn = 1; turn < 2 * TURNS; turn++) {
    const angle = (turn * Math.PI) / 2 / TURNS;
    const box = boxAt(flat, angle);
    if (box.width <= box.height && box.width * box.height < best.width * best.height) best = { ...box, angle };
  }
  const { angle, left, top, width, height } = best;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turned = flat.map((_, i) =>
    i % 2 === 0 ? cos * flat[i] + sin * flat[i + 1] - left : cos * flat[i] - sin * flat[i - 1] - top,
  );
  return { flat: turned, width, height };
}

function boxAt(flat: Float64Array, angle: number): { left: number; top: number; width: number; height: number } {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < flat.length; i += 2) {
    const x = cos * flat[i] + sin * flat[i + 1];
    const y = cos * flat[i + 1] - sin * flat[i];
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return { left, top, width: right - left, height: bottom - top };
}
