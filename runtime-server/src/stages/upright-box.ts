/** The upright box that fills a silhouette best: with the direction of gravity known, its outline tells how it is turned and how deep it is. */
import { boxMesh, fromGrid, quat, transformPositions, type Vec3 } from '@scenemaker/sdk';
import { rasteriseDepth } from '@scenemaker/sdk/render';
import { maskArea, maskBox } from './mask-ops.js';
import type { Silhouette } from './revolved.js';
import { truncated } from './shape-grid.js';
import { cubeToCamera, type ObjectCube, pointsToCamera, projectPoint } from './upright.js';

export interface UprightBox {
  /** In the coordinates of the cube, as are the half sides. */
  center: Vec3;
  half: Vec3;
  /** About y, radians. */
  turn: number;
  /** Overlap over union of the box and what is seen; what hides the object counts for neither. */
  overlap: number;
}

/** x of the middle, y of bottom and top, turn, and logarithms of the half sides in x and z: in cube coordinates. */
type Parameters = readonly [x: number, bottom: number, top: number, turn: number, width: number, depth: number];

/** A quarter turn on, width and depth have changed places. */
const TURNS = [-60, -45, -30, -15, 0, 15, 30].map((degrees) => (degrees * Math.PI) / 180);
/** Depths over widths. */
const RATIOS = [0.4, 0.7, 1, 1.5, 2.5];
/** No box is flatter at first than this share of what is seen. */
const FLATTEST = 0.1;
const FOLLOWED = 4;
const FIRST_STEPS: Parameters = [0.06, 0.06, 0.06, 0.15, 0.12, 0.24];
const HALVINGS = 5;
const MOST_ROUNDS = 4;
/** Overlap that a side twice as long as the other must gain: what is not seen is as likely to be square. */
const OBLONG = 0.01;
/** From the front of a box to its middle, in shares of how far it reaches towards the viewer. */
const FRONT = 0.75;

/**
 * @param front z of the middle of what was seen, cube coordinates.
 * @returns Undefined where nothing is seen.
 */
export function fitUprightBox(cube: ObjectCube, silhouette: Silhouette, front: number): UprightBox | undefined {
  const area = maskArea(silhouette.seen);
  const extent = seenExtent(cube, silhouette);
  if (extent === undefined) return undefined;
  const cost = (parameters: Parameters): number => {
    const [, , , , a, b] = parameters;
    const drawn = drawBox(cube, silhouette, place(parameters, front));
    return (OBLONG / Math.LN2) * Math.abs(a - b) - overlapOf(drawn, silhouette, area);
  };
  const starts = TURNS.flatMap((turn) => RATIOS.map((ratio) => startAt(turn, ratio, extent, cube, front)))
    .map((parameters) => ({ parameters, cost: cost(parameters) }))
    .sort((a, b) => a.cost - b.cost);
  const [best] = starts
    .slice(0, FOLLOWED)
    .map((start) => descend(start, cost))
    .sort((a, b) => a.cost - b.cost);
  const box = place(best.parameters, front);
  return { ...box, overlap: overlapOf(drawBox(cube, silhouette, box), silhouette, area) };
}

/** Signed distances [z][y][x] to the box over `truncation` half sides of the cube, -1 to 1. */
export function boxField({ center, half, turn }: UprightBox, resolution: number, truncation: number): Float32Array {
  const field = new Float32Array(resolution ** 3);
  const at = { resolution, halfExtent: 1 };
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  for (let k = 0, i = 0; k < resolution; k++) {
    const z = fromGrid(k, at) - center[2];
    for (let j = 0; j < resolution; j++) {
      const y = Math.abs(fromGrid(j, at) - center[1]) - half[1];
      for (let h = 0; h < resolution; h++, i++) {
        const x = fromGrid(h, at) - center[0];
        const across = Math.abs(cos * x - sin * z) - half[0];
        const along = Math.abs(sin * x + cos * z) - half[2];
        const outside = Math.hypot(Math.max(across, 0), Math.max(y, 0), Math.max(along, 0));
        const distance = outside + Math.min(Math.max(across, y, along), 0);
        field[i] = truncated(distance, truncation);
      }
    }
  }
  return field;
}

/** What is seen, at the distance of the cube's middle and in its units: the middle, x right and y up, and half of its sides. */
interface SeenExtent {
  x: number;
  y: number;
  width: number;
  height: number;
}

function seenExtent(cube: ObjectCube, { intrinsics, seen }: Silhouette): SeenExtent | undefined {
  const box = maskBox(seen);
  if (box === undefined) return undefined;
  const middle = cubeToCamera(cube, [0, 0, 0]);
  const pixels = (intrinsics.fx * cube.halfSide) / middle[2];
  const [u, v] = projectPoint(intrinsics, middle);
  return {
    x: ((box.x0 + box.x1) / 2 - u) / pixels,
    y: (v - (box.y0 + box.y1) / 2) / pixels,
    width: (box.x1 - box.x0) / 2 / pixels,
    height: (box.y1 - box.y0) / 2 / pixels,
  };
}

/** The box of that turn and that ratio of depth to width which reaches as far as what is seen. */
function startAt(
  turn: number,
  ratio: number,
  { x, y, width, height }: SeenExtent,
  cube: ObjectCube,
  front: number,
): Parameters {
  const half = width / (Math.cos(turn) + ratio * Math.abs(Math.sin(turn)));
  const reach = reachOf(half, half * ratio, turn);
  // A picture from above shows the depth of a box as height.
  const [, , , , upDown, upAway] = cube.cubeFromCamera;
  const [cos, sin] = [Math.max(0.3, -upDown), -upAway];
  const tall = Math.max(FLATTEST * height, (height - reach * Math.abs(sin)) / cos);
  const middle = (y + sin * (front - FRONT * reach)) / cos;
  return [x, middle - tall, middle + tall, turn, Math.log(half), Math.log(half * ratio)];
}

/** How far a box reaches towards the viewer from its middle. */
const reachOf = (a: number, b: number, turn: number): number =>
  a * Math.abs(Math.sin(turn)) + b * Math.abs(Math.cos(turn));

function place(
  [x, bottom, top, turn, width, depth]: Parameters,
  front: number,
): Pick<UprightBox, 'center' | 'half' | 'turn'> {
  const [a, b] = [Math.exp(width), Math.exp(depth)];
  const reach = reachOf(a, b, turn);
  return { center: [x, (bottom + top) / 2, front - FRONT * reach], half: [a, Math.abs(top - bottom) / 2, b], turn };
}

/** z of each pixel, camera frame; Infinity beside the box. */
function drawBox(
  cube: ObjectCube,
  { intrinsics, seen: { width, height } }: Silhouette,
  { center, half, turn }: Pick<UprightBox, 'center' | 'half' | 'turn'>,
): Float32Array {
  const { positions, indices } = boxMesh(...half);
  const placed = transformPositions(positions, quat.fromAxisAngle([0, 1, 0], turn), center);
  return rasteriseDepth({ positions: pointsToCamera(cube, placed), indices }, { ...intrinsics, width, height });
}

function overlapOf(drawn: Float32Array, { seen, free }: Silhouette, area: number): number {
  let [inside, outside] = [0, 0];
  for (let i = 0; i < drawn.length; i++) {
    if (drawn[i] === Infinity) continue;
    inside += seen.data[i];
    outside += free.data[i];
  }
  return inside / (area + outside);
}

interface Placed {
  parameters: Parameters;
  cost: number;
}

/** Steps in one parameter after the other, as long as they cost less; then half as large. */
function descend(start: Placed, costOf: (parameters: Parameters) => number): Placed {
  let best = start;
  for (let halving = 0; halving <= HALVINGS; halving++) {
    for (let round = 0, better = true; better && round < MOST_ROUNDS; round++) {
      better = false;
      for (const [i, first] of FIRST_STEPS.entries()) {
        for (const step of [first / 2 ** halving, -first / 2 ** halving]) {
          const parameters = best.parameters.with(i, best.parameters[i] + step) as unknown as Parameters;
          const cost = costOf(parameters);
          if (cost < best.cost) [best, better] = [{ parameters, cost }, true];
        }
      }
    }
  }
  return best;
}
