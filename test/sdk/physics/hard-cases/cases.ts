/** Scenes built to break grounding, separation and settling, each with what must come of it. */
import {
  boxMesh,
  createRandom,
  cylinderMesh,
  latheMesh,
  type Mesh,
  quat,
  sphereMesh,
  type Vec3,
  vec3,
} from '@scenemaker/sdk/geometry';
import type { SceneDescription } from '@scenemaker/sdk/scene';
import { sceneOf, type Thing } from '../../../support/settle-scenes.js';

export interface HardCase {
  scene: () => SceneDescription;
  /** `any`: whether it can stand is open, but the report must agree with the referee. */
  verdict: 'stable' | 'any';
  /** What these objects must rest on in the end. */
  restsOn?: Record<string, string>;
  /** What the reasons of these objects must tell. */
  tells?: Record<string, string>;
  /** No object is moved by more than this by grounding and separation, metres. */
  maxMovedMeters?: number;
}

const cube = (half: number, at: Vec3, label = 'object'): Thing => ({ mesh: boxMesh(half, half, half), at, label });

const tilted = (radians: number, axis: Vec3 = [0, 0, 1]) => quat.fromAxisAngle(axis, radians);

/** Meshes side by side as one. */
function joined(...meshes: readonly { mesh: Mesh; at: Vec3 }[]): Mesh {
  const positions: number[] = [];
  const indices: number[] = [];
  for (const { mesh, at } of meshes) {
    const first = positions.length / 3;
    mesh.positions.forEach((value, i) => positions.push(value + at[i % 3]));
    for (const index of mesh.indices) indices.push(first + index);
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

/** Seat, back and four legs, 90 cm high, on the ground. */
const chair = joined(
  { mesh: boxMesh(0.22, 0.02, 0.22), at: [0, 0.45, 0] },
  { mesh: boxMesh(0.22, 0.22, 0.02), at: [0, 0.68, -0.2] },
  ...[-1, 1].flatMap((x) =>
    [-1, 1].map((z) => ({ mesh: boxMesh(0.02, 0.215, 0.02), at: [0.19 * x, 0.215, 0.19 * z] as Vec3 })),
  ),
);

const bowl = latheMesh([[0, 0], [0.06, 0], [0.15, 0.1], [0.14, 0.1], [0.055, 0.012], [0, 0.012]], 48); // prettier-ignore

/** Walls of 2 mm around nothing, open at the top. */
const thinBox = joined(
  { mesh: boxMesh(0.1, 0.001, 0.1), at: [0, 0.001, 0] },
  ...[-1, 1].map((side) => ({ mesh: boxMesh(0.001, 0.05, 0.1), at: [0.1 * side, 0.05, 0] as Vec3 })),
  ...[-1, 1].map((side) => ({ mesh: boxMesh(0.1, 0.05, 0.001), at: [0, 0.05, 0.1 * side] as Vec3 })),
);

function open(mesh: Mesh): Mesh {
  return { ...mesh, indices: mesh.indices.slice(0, -6) };
}

function inverted(mesh: Mesh): Mesh {
  return { ...mesh, indices: mesh.indices.map((_, i, all) => all[i - (i % 3) + [0, 2, 1][i % 3]]) };
}

function crowd(count: number): Record<string, Thing> {
  const random = createRandom(7);
  const side = 0.13 * Math.sqrt(count);
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => {
      const [a, b, c] = [random.range(0.03, 0.07), random.range(0.03, 0.07), random.range(0.03, 0.07)];
      const mesh = [boxMesh(a, b, c), cylinderMesh(a, b), sphereMesh(a)][i % 3];
      const axis = vec3.normalize([random.range(-0.1, 0.1), 1, random.range(-0.1, 0.1)]);
      const at: Vec3 = [random.range(-side, side), random.range(0, 0.1), random.range(-side, side)];
      return [`thing-${i + 1}`, { mesh, at, rotation: tilted(random.range(0, 6), axis) }];
    }),
  );
}

export const HARD_CASES: Record<string, HardCase> = {
  'two boxes, one 8 cm deep in the other': {
    scene: () => sceneOf({ a: cube(0.1, [0, 0.1, 0]), b: cube(0.1, [0.12, 0.1, 0.01]) }),
    verdict: 'stable',
    restsOn: { a: 'ground', b: 'ground' },
    maxMovedMeters: 0.085,
  },
  'an object wholly inside another': {
    scene: () => sceneOf({ big: cube(0.2, [0, 0.2, 0]), small: cube(0.03, [0.05, 0.2, 0.02]) }),
    verdict: 'stable',
  },
  'two objects in the same place': {
    scene: () => sceneOf({ a: cube(0.1, [0, 0.1, 0]), b: cube(0.1, [0, 0.1, 0]) }),
    verdict: 'stable',
  },
  'a stack of six': {
    scene: () =>
      sceneOf(
        Object.fromEntries(
          Array.from({ length: 6 }, (_, i) => [
            `cube-${i}`,
            cube(0.05, [0.004 * (i % 3), 0.05 + 0.1 * i + 0.01 * Math.sin(i), 0.003 * i]),
          ]),
        ),
      ),
    verdict: 'stable',
    restsOn: { 'cube-0': 'ground', 'cube-1': 'cube-0', 'cube-5': 'cube-4' },
    maxMovedMeters: 0.03,
  },
  'a heavy object on a light one': {
    scene: () =>
      sceneOf({
        foam: { mesh: boxMesh(0.1, 0.05, 0.1), at: [0, 0.05, 0], label: 'foam cushion' },
        stone: { mesh: boxMesh(0.1, 0.1, 0.1), at: [0, 0.21, 0], label: 'stone' },
      }),
    verdict: 'stable',
    restsOn: { stone: 'foam' },
    maxMovedMeters: 0.015,
  },
  'a ball': {
    scene: () => sceneOf({ ball: { mesh: sphereMesh(0.1), at: [0, 0.13, 0], label: 'ball' } }),
    verdict: 'stable',
    maxMovedMeters: 0.035,
  },
  'a tall thin object': {
    scene: () => sceneOf({ rod: { mesh: cylinderMesh(0.015, 0.5), at: [0, 0.52, 0], rotation: tilted(0.06) } }),
    verdict: 'stable',
  },
  'a tilted chair': {
    scene: () => sceneOf({ chair: { mesh: chair, at: [0, 0.02, 0], rotation: tilted(0.1), label: 'chair' } }),
    verdict: 'stable',
    tells: { chair: 'upright' },
  },
  'a mug on a saucer on a book on a table': {
    scene: () =>
      sceneOf({
        table: { mesh: boxMesh(0.5, 0.02, 0.4), at: [0, 0.03, 0], label: 'table' },
        book: { mesh: boxMesh(0.1, 0.015, 0.14), at: [0.1, 0.06, 0], label: 'book' },
        saucer: { mesh: cylinderMesh(0.07, 0.006), at: [0.1, 0.085, 0.01], label: 'saucer' },
        mug: { mesh: cylinderMesh(0.04, 0.05), at: [0.1, 0.15, 0], label: 'mug' },
      }),
    verdict: 'stable',
    restsOn: { table: 'ground', book: 'table', saucer: 'book', mug: 'saucer' },
  },
  'an object that hangs off the edge of a table': {
    scene: () =>
      sceneOf({
        table: { mesh: boxMesh(0.4, 0.2, 0.4), at: [0, 0.2, 0], label: 'table' },
        box: cube(0.05, [0.42, 0.45, 0]),
      }),
    verdict: 'stable',
    restsOn: { box: 'table' },
    tells: { box: 'edge' },
    maxMovedMeters: 0.08,
  },
  'an object sunk into a table top': {
    scene: () =>
      sceneOf({
        table: { mesh: boxMesh(0.4, 0.02, 0.4), at: [0, 0.02, 0], label: 'table' },
        box: cube(0.05, [0.1, 0.06, 0]),
      }),
    verdict: 'stable',
    restsOn: { box: 'table' },
    maxMovedMeters: 0.035,
  },
  'an apple in a bowl': {
    scene: () =>
      sceneOf({
        bowl: { mesh: bowl, at: [0, 0, 0], label: 'bowl' },
        apple: { mesh: sphereMesh(0.035), at: [0, 0.06, 0], label: 'apple' },
      }),
    verdict: 'stable',
    restsOn: { apple: 'bowl' },
  },
  'a box of thin walls with a ball in it': {
    scene: () =>
      sceneOf({
        box: { mesh: thinBox, at: [0, 0, 0], label: 'carton' },
        ball: { mesh: sphereMesh(0.03), at: [0.02, 0.05, 0], label: 'ball' },
      }),
    verdict: 'stable',
  },
  'open, inverted, flat and empty meshes': {
    scene: () => {
      const scene = sceneOf({
        open: { mesh: open(boxMesh(0.1, 0.1, 0.1)), at: [0, 0.1, 0] },
        inverted: { mesh: inverted(boxMesh(0.1, 0.1, 0.1)), at: [0.5, 0.1, 0] },
        flat: { mesh: boxMesh(0.1, 0, 0.1), at: [1, 0.1, 0] },
        empty: cube(0.1, [1.5, 0.1, 0]),
      });
      scene.objects[3].mesh = { positions: new Float32Array(), indices: new Uint32Array() };
      return scene;
    },
    verdict: 'stable',
    tells: { open: 'open', inverted: 'inward', empty: 'empty' },
  },
  'an object under the floor': {
    scene: () => sceneOf({ low: cube(0.1, [0, -0.5, 0]) }),
    verdict: 'stable',
    restsOn: { low: 'ground' },
  },
  'no ground at all': {
    scene: () => {
      const scene = sceneOf({ low: cube(0.1, [0, 5, 0]), high: cube(0.05, [0, 5.16, 0]) });
      scene.ground = { ...scene.ground, confidence: 0 };
      return scene;
    },
    verdict: 'stable',
    restsOn: { high: 'low' },
    maxMovedMeters: 0.02,
  },
  'a cone on its tip': {
    scene: () => sceneOf({ cone: { mesh: latheMesh([[0, 0], [0.1, 0.25], [0, 0.25]]), at: [0, 0, 0] } }), // prettier-ignore
    verdict: 'any',
  },
  'an egg on its end': {
    scene: () => {
      const egg = sphereMesh(0.1);
      egg.positions.forEach((value, i) => i % 3 === 1 && (egg.positions[i] = 1.4 * value));
      return sceneOf({ egg: { mesh: egg, at: [0, 0.14, 0], label: 'egg' } });
    },
    verdict: 'stable',
    tells: { egg: 'contact patch' },
    maxMovedMeters: 0.005,
  },
  'a millimetre and a hundred metres': {
    scene: () => sceneOf({ small: cube(0.0005, [60, 0.0005, 0]), large: cube(50, [0, 50, 0]) }),
    verdict: 'any',
  },
  'fifty objects': { scene: () => sceneOf(crowd(50)), verdict: 'stable' },
};

/** `count` solids of three kinds thrown on a ground that holds them, some into others. */
export const crowdScene = (count: number): SceneDescription => sceneOf(crowd(count));
