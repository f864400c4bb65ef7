/**
 * Cuts a mesh into charts: connected triangles that face about the same of six directions, and are laid flat by looking
 * along it. Generated meshes are closed, small and mostly blunt, so that no chart needs to bend.
 */
import { type Mesh, vec3, type Vec3 } from '@scenemaker/sdk';
import { hiddenTriangles } from './hidden-triangles.js';

/** A chart holds no triangle that is flattened to less than this share of its area, but for one alone. */
const STEEPEST = 0.2;
/** What it is worth, as a cosine, that all three neighbours belong to the same chart. */
const COHERENCE = 0.6;
const SMOOTHINGS = 6;
/** A chart below this share of the surface joins a neighbour where it can. */
const SMALLEST = 0.01;
/** Turns about the vertical that are tried, over a right angle. */
const TURNS = 18;

export interface Chart {
  triangles: number[];
  /** Across, up and towards the viewer: orthonormal. */
  frame: readonly [Vec3, Vec3, Vec3];
}

/** Every triangle with an area is in one chart. No chart lies over itself when seen along its frame. */
export function cutCharts({ positions, indices }: Pick<Mesh, 'positions' | 'indices'>): Chart[] {
  const surface = measure(positions, indices);
  const frames = chartFrames(surface);
  const neighbours = adjacency(indices, positions.length / 3);
  const labels = facing(surface, frames, neighbours);
  joinSmall(labels, surface, frames, neighbours);
  const charts: Chart[] = [];
  const pending = connected(labels, neighbours).filter((triangles) => surface.areas[triangles[0]] > 0);
  for (let triangles = pending.pop(); triangles; triangles = pending.pop()) {
    const frame = frames[labels[triangles[0]]];
    const hidden = hiddenTriangles(positions, indices, triangles, frame);
    if (hidden.size > 0 && hidden.size < triangles.length) {
      // What lies behind becomes charts of its own, of which each is looked at again.
      const own = new Int32Array(labels.length).fill(-1);
      for (const triangle of triangles) own[triangle] = hidden.has(triangle) ? 1 : 0;
      pending.push(...connected(own, neighbours));
    } else charts.push({ triangles, frame });
  }
  return charts;
}

interface Surface {
  areas: Float64Array;
  /** Unit normals, stride 3; zero where there is no area. */
  normals: Float64Array;
}

function measure(positions: Float32Array, indices: Uint32Array): Surface {
  const areas = new Float64Array(indices.length / 3);
  const normals = new Float64Array(indices.length);
  for (let i = 0; i < indices.length; i += 3) {
    const a = vec3.at(positions, indices[i]);
    const b = vec3.at(positions, indices[i + 1]);
    const c = vec3.at(positions, indices[i + 2]);
    const normal = vec3.cross(vec3.sub(b, a), vec3.sub(c, a));
    const length = vec3.length(normal);
    areas[i / 3] = length / 2;
    if (length > 0) normals.set(vec3.scale(normal, 1 / length), i);
  }
  return { areas, normals };
}

/** Up, down and four sides, turned about the vertical so that as much of the surface as can be faces one of them. */
function chartFrames({ areas, normals }: Surface): Chart['frame'][] {
  let best = { sum: -1, angle: 0 };
  for (let turn = 0; turn < TURNS; turn++) {
    const angle = (turn * Math.PI) / 2 / TURNS;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    let sum = 0;
    for (let i = 0; i < areas.length; i++) {
      const across = cos * normals[3 * i] + sin * normals[3 * i + 2];
      const ahead = cos * normals[3 * i + 2] - sin * normals[3 * i];
      sum += areas[i] * (across * across * across * across + ahead * ahead * ahead * ahead);
    }
    if (sum > best.sum) best = { sum, angle };
  }
  const x: Vec3 = [Math.cos(best.angle), 0, Math.sin(best.angle)];
  const y: Vec3 = [0, 1, 0];
  return [x, vec3.scale(x, -1), vec3.cross(x, y), vec3.cross(y, x), y, vec3.scale(y, -1)].map((towards) => {
    const up: Vec3 = towards[1] === 0 ? y : x;
    return [vec3.cross(up, towards), up, towards];
  });
}

/** For each triangle the one at each of its sides, stride 3; -1 where there is none, or more than one. */
function adjacency(indices: Uint32Array, vertices: number): Int32Array {
  const neighbours = new Int32Array(indices.length).fill(-1);
  const end = (side: number): number => indices[side % 3 === 2 ? side - 2 : side + 1];
  // The sides that begin at a vertex and met no other yet: the last one of each vertex, and before each the next.
  const last = new Int32Array(vertices).fill(-1);
  const before = new Int32Array(indices.length);
  for (let side = 0; side < indices.length; side++) {
    const from = indices[side];
    let other = last[end(side)];
    while (other >= 0 && end(other) !== from) other = before[other];
    if (other < 0) {
      before[side] = last[from];
      last[from] = side;
    } else if (neighbours[other] < 0) {
      neighbours[side] = Math.floor(other / 3);
      neighbours[other] = Math.floor(side / 3);
    }
  }
  return neighbours;
}

const cosine = ({ normals }: Surface, triangle: number, [, , towards]: Chart['frame']): number =>
  normals[3 * triangle] * towards[0] + normals[3 * triangle + 1] * towards[1] + normals[3 * triangle + 2] * towards[2];

/** The frame of each triangle: that which it faces most, swayed by its neighbours so that borders run straight. */
function facing(surface: Surface, frames: readonly Chart['frame'][], neighbours: Int32Array): Int32Array {
  const cosines = frames.map((frame) => Float64Array.from(surface.areas, (_, i) => cosine(surface, i, frame)));
  const labels = new Int32Array(surface.areas.length).fill(-1);
  for (let round = 0; round <= SMOOTHINGS; round++) {
    for (let i = 0; i < labels.length; i++) {
      let best = 0;
      let most = -Infinity;
      for (let label = 0; label < frames.length; label++) {
        let worth = cosines[label][i];
        if (worth < STEEPEST && surface.areas[i] > 0) continue;
        for (let k = 3 * i; k < 3 * i + 3; k++) if (labels[neighbours[k]] === label) worth += COHERENCE / 3;
        if (worth > most) {
          most = worth;
          best = label;
        }
      }
      labels[i] = best;
    }
  }
  return labels;
}

/** The connected triangles of one label, each list from its lowest on. */
function connected(labels: Int32Array, neighbours: Int32Array): number[][] {
  const seen = new Uint8Array(labels.length);
  const parts: number[][] = [];
  for (let first = 0; first < labels.length; first++) {
    if (seen[first] || labels[first] < 0) continue;
    seen[first] = 1;
    const part = [first];
    for (let next = 0; next < part.length; next++) {
      for (let k = 3 * part[next]; k < 3 * part[next] + 3; k++) {
        const other = neighbours[k];
        if (other < 0 || seen[other] || labels[other] !== labels[first]) continue;
        seen[other] = 1;
        part.push(other);
      }
    }
    parts.push(part);
  }
  return parts;
}

/** Gives small charts, the smallest first, to the neighbour with the longest border whose direction they can bear. */
function joinSmall(
  labels: Int32Array,
  surface: Surface,
  frames: readonly Chart['frame'][],
  neighbours: Int32Array,
): void {
  const area = (triangles: readonly number[]) => triangles.reduce((sum, triangle) => sum + surface.areas[triangle], 0);
  const whole = area([...labels.keys()]);
  const small = connected(labels, neighbours)
    .map((triangles) => ({ triangles, area: area(triangles) }))
    .filter((part) => part.area < SMALLEST * whole)
    .sort((a, b) => a.area - b.area);
  for (const { triangles } of small) {
    const borders = new Map<number, number>();
    for (const triangle of triangles) {
      for (let k = 3 * triangle; k < 3 * triangle + 3; k++) {
        const label = labels[neighbours[k]] ?? labels[triangle];
        if (label !== labels[triangle]) borders.set(label, (borders.get(label) ?? 0) + 1);
      }
    }
    const [joined] = [...borders]
      .filter(([label]) =>
        triangles.every((i) => surface.areas[i] === 0 || cosine(surface, i, frames[label]) >= STEEPEST),
      )
      .sort((a, b) => b[1] - a[1]);
    if (joined) for (const triangle of triangles) labels[triangle] = joined[0];
  }
}
