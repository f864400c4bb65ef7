import { describe, expect, it } from 'vitest';
import {
  boxMesh,
  createRandom,
  cylinderMesh,
  flipMesh,
  latheMesh,
  mat3,
  massProperties,
  quat,
  sphereMesh,
  transformPositions,
  type MassProperties,
  type Mesh,
  type Vec3,
} from '@scenemaker/sdk/geometry';
import { join, lMesh, move } from '../../support/solids.js';

function properties(mesh: Mesh): MassProperties {
  const result = massProperties(mesh);
  if (!result) throw new Error('no volume');
  return result;
}

const sorted = (values: Vec3): number[] => [...values].sort((a, b) => a - b);

/** The largest difference, as a share of the largest number expected. */
function relativeError(actual: readonly number[], expected: readonly number[]): number {
  const size = Math.max(...expected.map(Math.abs));
  return Math.max(...actual.map((value, i) => Math.abs(value - expected[i]))) / size;
}

describe('mass properties', () => {
  it('of a box are exact', () => {
    const [x, y, z] = [0.4, 0.6, 1];
    const { volume, centerOfMass, principal } = properties(boxMesh(x / 2, y / 2, z / 2));
    expect(volume).toBeCloseTo(x * y * z, 6);
    expect(Math.hypot(...centerOfMass)).toBeLessThan(1e-7);
    const moment = (a: number, b: number): number => (volume * (a * a + b * b)) / 12;
    expect(relativeError(principal, sorted([moment(y, z), moment(x, z), moment(x, y)]))).toBeLessThan(1e-6);
  });

  it('of a sphere follow 2/5 m r^2', () => {
    const { volume, principal } = properties(sphereMesh(0.5, 96));
    expect(relativeError([volume], [(4 / 3) * Math.PI * 0.125])).toBeLessThan(2e-3);
    expect(
      relativeError(
        principal,
        [0, 1, 2].map(() => 0.4 * volume * 0.25),
      ),
    ).toBeLessThan(2e-3);
  });

  it('of a sphere come nearer to it with the square of the facets, from below', () => {
    const missing = [24, 48, 96].map((segments) => 1 - properties(sphereMesh(0.5, segments)).volume / (Math.PI / 6));
    expect(missing.every((share) => share > 0)).toBe(true);
    expect(missing[0] / missing[1]).toBeCloseTo(4, 1);
    expect(missing[1] / missing[2]).toBeCloseTo(4, 1);
  });

  it('have products of inertia of the right sign: minus the sum of x y', () => {
    // Heavy ends at (1, 1, 0) and (-1, -1, 0): x y is positive, the product negative; mirrored, the other way.
    const ends = (sign: number): Mesh =>
      join(move(boxMesh(0.1, 0.1, 0.1), [1, sign, 0]), move(boxMesh(0.1, 0.1, 0.1), [-1, -sign, 0]));
    const expected = -2 * 0.008;
    expect(properties(ends(1)).inertia[1]).toBeCloseTo(expected, 6);
    expect(properties(ends(-1)).inertia[1]).toBeCloseTo(-expected, 6);
    const { principal, principalRotation } = properties(ends(1));
    // The axis of least inertia runs through both ends.
    const [x, y, z] = quat.rotate(principalRotation, [1, 0, 0]);
    expect(Math.abs(x * Math.SQRT1_2 + y * Math.SQRT1_2)).toBeCloseTo(1, 6);
    expect(z).toBeCloseTo(0, 6);
    expect(principal[0]).toBeCloseTo((0.016 * 0.08) / 12, 6);
  });

  it('of a cylinder follow m r^2 / 2 and m (3 r^2 + h^2) / 12', () => {
    const { volume, principal } = properties(cylinderMesh(0.2, 0.5, 256));
    expect(relativeError([volume], [Math.PI * 0.04])).toBeLessThan(1e-3);
    const across = (volume * (3 * 0.04 + 1)) / 12;
    expect(relativeError(principal, [(volume * 0.04) / 2, across, across])).toBeLessThan(1e-3);
  });

  it('of an L follow from its two boxes', () => {
    const { volume, centerOfMass, inertia } = properties(lMesh());
    const [foot, leg] = [0.4 * 0.1 * 0.1, 0.1 * 0.3 * 0.1];
    const total = foot + leg;
    expect(volume).toBeCloseTo(total, 7);
    const x = (foot * 0.2 + leg * 0.05) / total;
    const y = (foot * 0.05 + leg * 0.25) / total;
    expect(relativeError(centerOfMass, [x, y, 0.05])).toBeLessThan(1e-5);
    const zz =
      foot * ((0.4 ** 2 + 0.1 ** 2) / 12 + (x - 0.2) ** 2 + (y - 0.05) ** 2) +
      leg * ((0.1 ** 2 + 0.3 ** 2) / 12 + (x - 0.05) ** 2 + (y - 0.25) ** 2);
    const xy = -(foot * (0.2 - x) * (0.05 - y) + leg * (0.05 - x) * (0.25 - y));
    expect(relativeError([inertia[8], inertia[1]], [zz, xy])).toBeLessThan(1e-5);
  });

  it('of a hollow cup are those of its material, not of its hull', () => {
    const cup = latheMesh([[0, 0], [0.5, 0], [0.5, 1], [0.4, 1], [0.4, 0.2], [0, 0.2]], 256); // prettier-ignore
    const { volume, centerOfMass, principal } = properties(cup);
    const [outer, inner] = [Math.PI * 0.25, Math.PI * 0.16 * 0.8];
    expect(relativeError([volume], [outer - inner])).toBeLessThan(1e-3);
    const height = (outer * 0.5 - inner * 0.6) / (outer - inner);
    expect(relativeError([centerOfMass[1]], [height])).toBeLessThan(1e-3);
    // About the axis m r^2 / 2, across it m (3 r^2 + h^2) / 12 and m d^2: of the whole, less the hollow.
    const about = (outer * 0.25 - inner * 0.16) / 2;
    const across =
      outer * ((3 * 0.25 + 1) / 12 + (0.5 - height) ** 2) - inner * ((3 * 0.16 + 0.64) / 12 + (0.6 - height) ** 2);
    expect(relativeError(principal, sorted([about, across, across]))).toBeLessThan(1e-3);
  });

  for (let seed = 0; seed < 5; seed++) {
    it(`turn with the body, and do not depend on where it is: seed ${seed}`, () => {
      const random = createRandom(seed);
      const mesh = boxMesh(0.1, 0.2, 0.35);
      const turn = quat.normalize([random.normal(), random.normal(), random.normal(), random.normal()]);
      const away: Vec3 = [random.range(-9, 9), random.range(-9, 9), random.range(-9, 9)];
      const still = properties(mesh);
      const moved = properties({ ...mesh, positions: transformPositions(mesh.positions, turn, away) });
      expect(relativeError([moved.volume], [still.volume])).toBeLessThan(1e-4);
      expect(relativeError(moved.centerOfMass, away)).toBeLessThan(1e-5);
      expect(relativeError(moved.principal, still.principal)).toBeLessThan(1e-4);
      const matrix = quat.toMat3(turn);
      expect(
        relativeError(moved.inertia, mat3.multiply(mat3.multiply(matrix, still.inertia), mat3.transpose(matrix))),
      ).toBeLessThan(1e-4);
      const frame = quat.toMat3(moved.principalRotation);
      const [a, b, c] = moved.principal;
      expect(
        relativeError(
          mat3.multiply(mat3.multiply(frame, [a, 0, 0, 0, b, 0, 0, 0, c]), mat3.transpose(frame)),
          moved.inertia,
        ),
      ).toBeLessThan(1e-6);
    });
  }

  it('do not depend on which way the triangles face', () => {
    const mesh = boxMesh(0.1, 0.2, 0.3);
    expect(relativeError(properties(flipMesh(mesh)).principal, properties(mesh).principal)).toBeLessThan(1e-9);
    expect(properties(flipMesh(mesh)).volume).toBeCloseTo(properties(mesh).volume, 9);
  });

  it('count what parts have in common once', () => {
    // A cross of two bars, and a bar of the same shape put together without overlap.
    const apart = [-0.35, 0.35].map((z) => move(boxMesh(0.1, 0.12, 0.25), [0, 0, z]));
    const exact = properties(join(move(boxMesh(0.6, 0.12, 0.1), [0, 0, 0]), ...apart));
    const crossed = join(boxMesh(0.6, 0.12, 0.1), boxMesh(0.1, 0.12, 0.6));
    for (const mesh of [crossed, flipMesh(crossed), join(crossed, boxMesh(0.05, 0.05, 0.05))]) {
      const turned = {
        ...mesh,
        positions: transformPositions(mesh.positions, quat.fromAxisAngle([0, 1, 0], 0.3), [3, 1, 2]),
      };
      const { volume, centerOfMass, principal } = properties(turned);
      expect(relativeError([volume], [exact.volume])).toBeLessThan(5e-3);
      expect(relativeError(centerOfMass, [3, 1, 2])).toBeLessThan(1e-3);
      expect(relativeError(principal, exact.principal)).toBeLessThan(5e-3);
    }
  });

  it('count a cavity as a cavity', () => {
    const hollow = join(boxMesh(0.5, 0.5, 0.5), flipMesh(boxMesh(0.4, 0.4, 0.4)));
    expect(properties(hollow).volume).toBeCloseTo(1 - 0.512, 6);
  });

  it('are null where there is no solid', () => {
    expect(massProperties({ positions: new Float32Array(), indices: new Uint32Array() })).toBeNull();
    expect(massProperties(boxMesh(1, 0, 1))).toBeNull();
    const broken = boxMesh(1, 1, 1);
    broken.positions[4] = NaN;
    expect(massProperties(broken)).toBeNull();
  });
});
