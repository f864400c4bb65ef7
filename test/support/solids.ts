/** Concave solids for tests and benches: exact ones put together from parts, and ones meshed from a distance field. */
import {
  boxMesh,
  cylinderMesh,
  fieldToMesh,
  fromGrid,
  latheMesh,
  quat,
  torusMesh,
  transformPositions,
  vec3,
  type Mesh,
  type Quat,
  type Vec3,
} from '@scenemaker/sdk/geometry';

/** Meshes side by side as one; they may touch. */
export function join(...parts: readonly Mesh[]): Mesh {
  const positions: number[] = [];
  const indices: number[] = [];
  for (const part of parts) {
    const start = positions.length / 3;
    positions.push(...part.positions);
    indices.push(...part.indices.map((i) => i + start));
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

export const move = (mesh: Mesh, at: Vec3, rotation: Quat = quat.IDENTITY): Mesh => ({
  ...mesh,
  positions: transformPositions(mesh.positions, rotation, at),
});

const box = (half: Vec3, at: Vec3): Mesh => move(boxMesh(...half), at);

/** A box as a signed distance, about the origin. */
const boxDistance = ([x, y, z]: Vec3, [hx, hy, hz]: Vec3): number => {
  const [dx, dy, dz] = [Math.abs(x) - hx, Math.abs(y) - hy, Math.abs(z) - hz];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0), Math.max(dz, 0)) + Math.min(0, Math.max(dx, dy, dz));
};

/** Meshes where `distance` is negative, in the cube of half side 0.55, as the shape stage does. */
export function solidOf(distance: (point: Vec3) => number, maxTriangles = 5000, resolution = 96): Mesh {
  const shape = { resolution, halfExtent: 0.55 };
  const field = new Float32Array(resolution ** 3);
  for (let z = 0, i = 0; z < resolution; z++) {
    for (let y = 0; y < resolution; y++) {
      for (let x = 0; x < resolution; x++, i++)
        field[i] = distance([fromGrid(x, shape), fromGrid(y, shape), fromGrid(z, shape)]);
    }
  }
  return fieldToMesh(field, resolution, { halfExtent: shape.halfExtent, maxTriangles });
}

/** A foot of 0.4 x 0.1 and a leg of 0.1 x 0.3 above its left end, in the x-y plane, 0.1 deep: one closed surface. */
export function lMesh(): Mesh {
  const outline = [[0, 0], [0.4, 0], [0.4, 0.1], [0.1, 0.1], [0.1, 0.4], [0, 0.4]]; // prettier-ignore
  const triangles = [[0, 1, 2], [0, 2, 3], [0, 3, 4], [0, 4, 5]]; // prettier-ignore
  const indices = [...triangles.flatMap(([a, b, c]) => [a, c, b]), ...triangles.flatMap((t) => t.map((i) => i + 6))];
  for (let i = 0; i < 6; i++) {
    const j = (i + 1) % 6;
    indices.push(i, j, j + 6, i, j + 6, i + 6);
  }
  return {
    positions: Float32Array.from([0, 0.1].flatMap((z) => outline.flatMap(([x, y]) => [x, y, z]))),
    indices: Uint32Array.from(indices),
  };
}

export const cupMesh = (segments = 32): Mesh =>
  latheMesh([[0, -0.5], [0.4, -0.5], [0.4, 0.5], [0.34, 0.5], [0.34, -0.42], [0, -0.42]], segments); // prettier-ignore

/** A shallow tray with a rim of a fiftieth of its length. */
export const trayMesh = (): Mesh =>
  join(
    box([0.5, 0.01, 0.3], [0, -0.06, 0]),
    ...[-1, 1].flatMap((s) => [box([0.5, 0.05, 0.01], [0, 0, 0.29 * s]), box([0.01, 0.05, 0.28], [0.49 * s, 0, 0])]),
  );

/** A top on four legs a twelfth of its length thick: five boxes that touch. */
export const tableMesh = (): Mesh =>
  join(
    box([0.5, 0.03, 0.4], [0, 0.4, 0]),
    ...[-1, 1].flatMap((x) => [-1, 1].map((z) => box([0.04, 0.37, 0.04], [0.44 * x, 0, 0.34 * z]))),
  );

/** A chair of five parts that touch or overlap. */
export const chairMesh = (): Mesh =>
  join(
    box([0.22, 0.025, 0.22], [0, 0, 0]),
    box([0.22, 0.25, 0.02], [0, 0.27, -0.2]),
    ...[-1, 1].flatMap((x) => [-1, 1].map((z) => box([0.025, 0.24, 0.025], [0.18 * x, -0.26, 0.18 * z]))),
  );

/** A chair as one surface of `maxTriangles`, its edges rounded, its legs splayed. */
export function generatedChair(maxTriangles = 5000): Mesh {
  return solidOf((point) => {
    const [x, y, z] = point;
    const seat = boxDistance(vec3.sub(point, [0, -0.02, 0]), [0.2, 0.02, 0.2]);
    const lean = 0.15 * (y - 0.22);
    const back = boxDistance([x, y - 0.23, z + 0.19 + lean], [0.19, 0.23, 0.015]);
    const splay = 0.12 * (-0.04 - y);
    const leg = boxDistance([Math.abs(x) - 0.16 - splay, y + 0.25, Math.abs(z) - 0.16 - splay], [0.015, 0.23, 0.015]);
    return Math.min(seat, back, leg) - 0.01;
  }, maxTriangles);
}

/** A table as one surface, with legs a fortieth of its length thick. */
export const generatedTable = (maxTriangles = 5000): Mesh =>
  solidOf(
    (point) =>
      Math.min(
        boxDistance(vec3.sub(point, [0, 0.3, 0]), [0.49, 0.02, 0.33]),
        boxDistance([Math.abs(point[0]) - 0.46, point[1], Math.abs(point[2]) - 0.3], [0.013, 0.3, 0.013]),
      ) - 0.003,
    maxTriangles,
  );

/** A mug with a handle, meshed from its field. */
export const mugMesh = (maxTriangles = 5000): Mesh =>
  solidOf(([x, y, z]) => {
    const radius = Math.hypot(x + 0.1, z);
    const outer = Math.max(radius - 0.33, Math.abs(y) - 0.42);
    const inner = Math.max(radius - 0.28, -0.37 - y);
    const handle = Math.hypot(Math.hypot(x - 0.22, y) - 0.2, z) - 0.045;
    return Math.min(Math.max(outer, -inner), Math.max(handle, 0.3 - radius));
  }, maxTriangles);

/** Half a ball, hollow. */
export const bowlMesh = (maxTriangles = 5000): Mesh =>
  solidOf(([x, y, z]) => Math.max(Math.abs(Math.hypot(x, y - 0.25, z) - 0.47) - 0.025, y - 0.25), maxTriangles);

/** Three shelves between two sides and a back. */
export const shelfMesh = (): Mesh =>
  join(
    ...[-1, 1].map((s) => box([0.015, 0.5, 0.15], [0.3 * s, 0, 0])),
    ...[-0.485, -0.17, 0.15, 0.485].map((y) => box([0.285, 0.015, 0.15], [0, y, 0])),
    box([0.315, 0.5, 0.01], [0, 0, -0.16]),
  );

/** Three arms of different lengths from a round stem: nothing is flat along an axis. */
export const branchMesh = (maxTriangles = 5000): Mesh =>
  solidOf((point) => {
    const rod = (from: Vec3, to: Vec3, radius: number): number => {
      const along = vec3.sub(to, from);
      const t = vec3.dot(vec3.sub(point, from), along) / vec3.dot(along, along);
      return vec3.distance(point, vec3.lerp(from, to, Math.min(1, Math.max(0, t)))) - radius;
    };
    return Math.min(
      rod([0, -0.45, 0], [0.05, 0.3, 0.02], 0.06),
      rod([0.03, 0, 0], [0.4, 0.35, 0.1], 0.045),
      rod([0.02, -0.1, 0], [-0.3, 0.3, 0.25], 0.04),
      rod([0.05, 0.28, 0], [-0.1, 0.45, -0.3], 0.035),
    );
  }, maxTriangles);

/** A bar with a plate at each end. */
export const dumbbellMesh = (): Mesh => {
  const lying = quat.fromAxisAngle([0, 0, 1], Math.PI / 2);
  return join(
    move(cylinderMesh(0.06, 0.34), vec3.ZERO, lying),
    ...[-1, 1].map((s) => move(cylinderMesh(0.25, 0.08), [0.42 * s, 0, 0], lying)),
  );
};

/** Any of them turned to no axis in particular. */
export const tilted = (mesh: Mesh): Mesh => move(mesh, vec3.ZERO, quat.normalize([0.21, 0.43, -0.17, 0.86]));

/** The shapes that decomposition is measured on. */
export const CONCAVE_SOLIDS: Readonly<Record<string, () => Mesh>> = {
  L: lMesh,
  'chair, boxes': chairMesh,
  'chair, field': generatedChair,
  'chair, tilted': () => tilted(generatedChair()),
  'table, boxes': tableMesh,
  'table, thin legs': generatedTable,
  cup: () => cupMesh(96),
  mug: mugMesh,
  bowl: bowlMesh,
  tray: trayMesh,
  torus: () => torusMesh(0.38, 0.12, 60, 40),
  shelf: shelfMesh,
  branch: branchMesh,
  dumbbell: dumbbellMesh,
};
