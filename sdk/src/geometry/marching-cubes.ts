/**
 * The surface where a grid of numbers changes sign, as a closed, manifold, oriented mesh.
 *
 * Marching cubes, with the cases worked out by rule instead of a table of 256: on each face of a cell
 * the crossings are joined by segments, the segments form loops, the loops are filled with triangles.
 * Two things make the result manifold, which the published tables do not promise:
 * - where a face has four crossings, both cells pair them by the same test, the bilinear saddle's sign
 *   (G. Nielson, B. Hamann, The asymptotic decider, 1991);
 * - no diagonal of a loop lies in a face, where the neighbouring cell could have the same one.
 */
import { fromGrid, type GridShape } from './grid.js';

export interface RawMesh {
  /** Stride 3. */
  positions: number[];
  /** Stride 3, counter-clockwise seen from the positive side. */
  indices: number[];
}

/** Cell edges 0 to 11 as pairs of corners; corner bits are x = 1, y = 2, z = 4. Edge / 4 is its axis. */
const EDGE_CORNERS: readonly (readonly [number, number])[] = [
  [0, 1], [2, 3], [4, 5], [6, 7],
  [0, 2], [1, 3], [4, 6], [5, 7],
  [0, 4], [1, 5], [2, 6], [3, 7],
]; // prettier-ignore

/** Corners of each face, counter-clockwise seen from outside the cell: -x, +x, -y, +y, -z, +z. */
const FACE_CORNERS: readonly (readonly [number, number, number, number])[] = [
  [0, 4, 6, 2],
  [1, 3, 7, 5],
  [0, 1, 5, 4],
  [2, 6, 7, 3],
  [0, 2, 3, 1],
  [4, 5, 7, 6],
];

const edgeBetween = (a: number, b: number): number =>
  EDGE_CORNERS.findIndex(([c, d]) => (c === a && d === b) || (c === b && d === a));

/** The cell edges around each face, in the order of its corners. */
const FACE_EDGES = FACE_CORNERS.map((corners) => corners.map((corner, i) => edgeBetween(corner, corners[(i + 1) % 4])));

/** Stands for a vertex in the middle of a loop that no allowed diagonals can fill. */
const CENTER = -1;

/** The triangles of one case: for each loop its edges, and triples of edges (or CENTER). */
interface CellCase {
  loops: { edges: number[]; triangles: number[] }[];
}

const caseCache = new Map<number, CellCase>();

/**
 * Meshes the surface between negative values (inside) and the rest. Whatever lies beyond the grid is outside.
 *
 * @param field Values at the cell centres of `shape`, indexed [z][y][x].
 */
export function marchingCubes(field: ArrayLike<number>, shape: GridShape): RawMesh {
  const { resolution } = shape;
  const padded = resolution + 2;
  const values = padField(field, resolution);
  const [stepY, stepZ] = [padded, padded * padded];
  const work: Work = {
    mesh: { positions: [], indices: [] },
    shape,
    padded,
    cornerSteps: Int32Array.from({ length: 8 }, (_, c) => (c & 1) + ((c >> 1) & 1) * stepY + (c >> 2) * stepZ),
    corner: new Float64Array(8),
    vertexOfEdge: new Int32Array(3 * padded ** 3),
  };
  const { mesh, cornerSteps, corner } = work;
  const edgeVertex = new Int32Array(12);
  const negative = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) negative[i] = values[i] < 0 ? 1 : 0;
  for (let z = 0; z < padded - 1; z++) {
    for (let y = 0; y < padded - 1; y++) {
      const row = y * stepY + z * stepZ;
      let high = lowCorners(negative, row, padded);
      for (let x = 0; x < padded - 1; x++) {
        const cell = row + x;
        const low = high;
        high = lowCorners(negative, cell + 1, padded);
        const inside = low | (high << 1);
        if (inside === 0 || inside === 255) continue;
        for (let c = 0; c < 8; c++) corner[c] = values[cell + cornerSteps[c]];
        for (const { edges, triangles } of cellCase(inside, joinedFaces(inside, corner)).loops) {
          for (const edge of edges) edgeVertex[edge] = vertexOn(work, cell, edge);
          const middle = triangles.includes(CENTER) ? addMiddle(mesh, edges, edgeVertex) : -1;
          for (const edge of triangles) mesh.indices.push(edge === CENTER ? middle : edgeVertex[edge]);
        }
      }
    }
  }
  return mesh;
}

/** What is made and looked up on the way through the cells. */
interface Work {
  mesh: RawMesh;
  shape: GridShape;
  /** Values along a side of the padded grid. */
  padded: number;
  /** From a cell to its corners, in the padded grid. */
  cornerSteps: Int32Array;
  /** Values at the corners of the cell that is looked at. */
  corner: Float64Array;
  /** One more than the number of the vertex on each edge of the grid; 0 where there is none yet. */
  vertexOfEdge: Int32Array;
}

/** The vertex on an edge of a cell, made where there is none yet. */
function vertexOn(
  { mesh, shape, padded, cornerSteps, corner, vertexOfEdge }: Work,
  cell: number,
  edge: number,
): number {
  const axis = edge >> 2;
  const [low, high] = EDGE_CORNERS[edge];
  const start = cell + cornerSteps[low];
  const slot = 3 * start + axis;
  if (vertexOfEdge[slot] > 0) return vertexOfEdge[slot] - 1;
  // Kept off the corners, so that vertices of different edges never coincide.
  const t = Math.min(0.99, Math.max(0.01, corner[low] / (corner[low] - corner[high])));
  const x = (start % padded) + (axis === 0 ? t : 0);
  const y = (Math.floor(start / padded) % padded) + (axis === 1 ? t : 0);
  const z = Math.floor(start / (padded * padded)) + (axis === 2 ? t : 0);
  mesh.positions.push(fromGrid(x - 1, shape), fromGrid(y - 1, shape), fromGrid(z - 1, shape));
  vertexOfEdge[slot] = mesh.positions.length / 3;
  return vertexOfEdge[slot] - 1;
}

/** The corners at the low x of a cell, as bits. */
const lowCorners = (negative: Uint8Array, cell: number, padded: number): number =>
  negative[cell] |
  (negative[cell + padded] << 2) |
  (negative[cell + padded * padded] << 4) |
  (negative[cell + padded + padded * padded] << 6);

/** The grid with one more layer all round, which is outside. */
function padField(field: ArrayLike<number>, resolution: number): Float32Array {
  const padded = resolution + 2;
  let beyond = 0;
  for (let i = 0; i < field.length; i++) if (field[i] > beyond) beyond = field[i];
  const values = new Float32Array(padded ** 3).fill(beyond > 0 ? beyond : 1);
  for (let z = 0; z < resolution; z++) {
    for (let y = 0; y < resolution; y++) {
      const from = (z * resolution + y) * resolution;
      const to = ((z + 1) * padded + y + 1) * padded + 1;
      for (let x = 0; x < resolution; x++) values[to + x] = field[from + x];
    }
  }
  return values;
}

/** One bit per face with four crossings whose inside corners are connected across the face. */
function joinedFaces(inside: number, corner: Float64Array): number {
  let joined = 0;
  for (let face = 0; face < 6; face++) {
    const [a, b, c, d] = FACE_CORNERS[face];
    const ina = (inside >> a) & 1;
    if (ina !== ((inside >> c) & 1) || ina === ((inside >> b) & 1) || ina === ((inside >> d) & 1)) continue;
    const ac = corner[a] * corner[c];
    const bd = corner[b] * corner[d];
    if (ina ? ac > bd : bd > ac) joined |= 1 << face;
  }
  return joined;
}

function addMiddle(mesh: RawMesh, edges: readonly number[], edgeVertex: Int32Array): number {
  for (let axis = 0; axis < 3; axis++) {
    let sum = 0;
    for (const edge of edges) sum += mesh.positions[3 * edgeVertex[edge] + axis];
    mesh.positions.push(sum / edges.length);
  }
  return mesh.positions.length / 3 - 1;
}

function cellCase(inside: number, joined: number): CellCase {
  const key = inside | (joined << 8);
  let found = caseCache.get(key);
  if (!found) caseCache.set(key, (found = buildCase(inside, joined)));
  return found;
}

function buildCase(inside: number, joined: number): CellCase {
  const isIn = (corner: number): boolean => ((inside >> corner) & 1) === 1;
  // On each face a segment runs from a crossing that enters the solid to one that leaves it, the solid on its right.
  const next = new Map<number, number>();
  for (let face = 0; face < 6; face++) {
    const corners = FACE_CORNERS[face];
    const crossings = [0, 1, 2, 3].filter((i) => isIn(corners[i]) !== isIn(corners[(i + 1) % 4]));
    for (const i of crossings.filter((c) => !isIn(corners[c]))) {
      const step = (joined >> face) & 1 ? crossings.length - 1 : 1;
      const to = crossings[(crossings.indexOf(i) + step) % crossings.length];
      next.set(FACE_EDGES[face][i], FACE_EDGES[face][to]);
    }
  }
  const loops: CellCase['loops'] = [];
  const seen = new Set<number>();
  for (const start of next.keys()) {
    if (seen.has(start)) continue;
    const edges: number[] = [];
    for (let edge = start; !seen.has(edge); edge = next.get(edge) ?? start) {
      seen.add(edge);
      edges.push(edge);
    }
    const triangles =
      fill(edges, 0, edges.length - 1) ?? edges.flatMap((e, i) => [e, edges[(i + 1) % edges.length], CENTER]);
    loops.push({ edges, triangles });
  }
  return { loops };
}

const shareFace = (a: number, b: number): boolean => FACE_EDGES.some((edges) => edges.includes(a) && edges.includes(b));

/** Triangles for the part `first`..`last` of a loop without a diagonal in a face, or null. */
function fill(loop: readonly number[], first: number, last: number): number[] | null {
  if (last - first < 2) return [];
  for (let middle = first + 1; middle < last; middle++) {
    if (middle > first + 1 && shareFace(loop[first], loop[middle])) continue;
    if (last > middle + 1 && shareFace(loop[middle], loop[last])) continue;
    const before = fill(loop, first, middle);
    const after = before && fill(loop, middle, last);
    if (after) return [loop[first], loop[middle], loop[last], ...before, ...after];
  }
  return null;
}
