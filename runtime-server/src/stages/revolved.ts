/**
 * The solid of revolution about an upright axis that fills a silhouette: at each height the widest circle that nowhere
 * lies where the picture shows something behind (the visual hull, Laurentini 1994, of one view and of what is round).
 */
import { fromGrid, vec3 } from '@scenemaker/sdk';
import { fairProfile } from './fair-profile.js';
import { endsOf } from './revolved-ends.js';
import type { Intrinsics, Mask } from './stage.js';
import type { UprightAxis } from './symmetry.js';
import { cubeToCamera, type ObjectCube } from './upright.js';

export interface Silhouette {
  /** Intrinsics of both masks, which are as large as each other. */
  intrinsics: Intrinsics;
  /** 1 on what is seen of the object. */
  seen: Mask;
  /** 1 where it is known not to be. Beside the masks it is not, either. */
  free: Mask;
}

export interface Revolved {
  /** In the coordinates of the cube. */
  axis: UprightAxis;
  /** At each of the heights of a grid in the cube, from the lowest, in half sides of the cube; 0 where the solid is not. */
  radii: Float32Array;
  /** 1 for each circle that is as wide as the silhouette there; others would reach out of it in front or behind. */
  asWide: Uint8Array;
  /** 1 where the solid is seen. */
  covered: Mask;
  /** The share of the seen pixels that it covers: 1 for what is round and upright, less the less it is. */
  coverage: number;
}

/** Points on a circle; one may lie on a ragged edge. */
const AROUND = Array.from({ length: 32 }, (_, i) => (2 * Math.PI * i) / 32);
const RAGGED = 1;
/** Those to the left and right of the axis. */
const BESIDE = AROUND.map((turn) => Math.abs(Math.sin(turn)) > Math.SQRT1_2);
/** Where an axis is looked for about the middle of the cube, and how finely in the end. */
const WIDEST = 0.4;
const STEP = 0.1;
const FINEST = 0.02;
/** No circle is wider, half sides of the cube. */
const WIDEST_CIRCLE = 1.5;
/** From the front of a round body to its axis, on average over its width, in radii. */
const FRONT = Math.PI / 4;

/**
 * @param front z of the middle of what was seen, cube coordinates.
 * @param resolution Heights in the cube.
 */
export function revolveSilhouette(
  cube: ObjectCube,
  silhouette: Silhouette,
  { front, resolution }: { front: number; resolution: number },
): Revolved {
  const fill = (axis: UprightAxis): Revolved => revolve(cube, silhouette, axis, resolution);
  let best = fill({ x: 0, z: 0 });
  for (let x = -WIDEST; x <= WIDEST + 1e-6; x += STEP) best = better(best, fill({ x, z: 0 }));
  // How far behind what was seen the axis is says how wide the solid is.
  const z = front - FRONT * meanRadius(best.radii);
  best = fill({ x: best.axis.x, z });
  for (let step = STEP / 2; step >= FINEST; step /= 2) {
    for (const side of [-1, 1]) best = better(best, fill({ x: best.axis.x + side * step, z }));
  }
  const ended = endsOf(cube, silhouette.intrinsics, best.axis, best.radii);
  return { ...best, radii: fairProfile(ended, 1 / resolution) };
}

const better = (a: Revolved, b: Revolved): Revolved => (b.coverage > a.coverage ? b : a);

function meanRadius(radii: Float32Array): number {
  const there = radii.filter((radius) => radius > 0);
  return there.length === 0 ? 0 : there.reduce((sum, radius) => sum + radius, 0) / there.length;
}

function revolve(
  cube: ObjectCube,
  { intrinsics, seen, free }: Silhouette,
  axis: UprightAxis,
  resolution: number,
): Revolved {
  const { width, height } = seen;
  const covered = new Uint8Array(width * height);
  const radii = new Float32Array(resolution);
  const asWide = new Uint8Array(resolution);
  const step = 1 / resolution;
  // A circle grows along these, in camera coordinates; its middle rises along the axis.
  const zero = cubeToCamera(cube, [0, 0, 0]);
  const rays = Float64Array.from(
    AROUND.flatMap((turn) => vec3.sub(cubeToCamera(cube, [Math.sin(turn), 0, Math.cos(turn)]), zero)),
  );
  const { fx, fy, cx, cy } = intrinsics;
  const circle = new Int32Array(AROUND.length);
  for (let j = 0; j < resolution; j++) {
    const [x, y, z] = cubeToCamera(cube, [axis.x, fromGrid(j, { resolution, halfExtent: 1 }), axis.z]);
    for (let radius = step; radius < WIDEST_CIRCLE; radius += step) {
      let outside = 0;
      for (let i = 0; i < circle.length; i++) {
        const forward = z + rays[3 * i + 2] * radius;
        const u = (fx * (x + rays[3 * i] * radius)) / forward + cx;
        const v = (fy * (y + rays[3 * i + 1] * radius)) / forward + cy;
        circle[i] = u < 0 || v < 0 || u >= width || v >= height ? -1 : Math.floor(v) * width + Math.floor(u);
        if (circle[i] < 0 || free.data[circle[i]] !== 0) outside++;
      }
      if (outside > RAGGED) {
        asWide[j] = circle.every((pixel, i) => BESIDE[i] || (pixel >= 0 && free.data[pixel] === 0)) ? 1 : 0;
        break;
      }
      for (const pixel of circle) if (pixel >= 0) covered[pixel] = 1;
      radii[j] = radius;
    }
  }
  // Circles that lie apart leave gaps of a pixel.
  const closed = covered.map((value, i) =>
    value || covered[i - 1] || covered[i + 1] || covered[i - width] || covered[i + width] ? 1 : 0,
  );
  let [within, all] = [0, 0];
  for (let i = 0; i < closed.length; i++) {
    all += seen.data[i];
    within += seen.data[i] & closed[i];
  }
  return { axis, radii, asWide, covered: { width, height, data: closed }, coverage: all === 0 ? 0 : within / all };
}
