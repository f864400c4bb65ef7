import { boxMesh, cylinderMesh, type Mesh, meshToField, quat, transformPositions } from '@scenemaker/sdk';
import { describe, expect, test } from 'vitest';
import { type MadeField, simpleSolid } from '../../../runtime-server/src/stages/simple-solid.js';
import { voxelAt } from '../../../runtime-server/src/stages/symmetry-trial.js';
import { boxField, fitUprightBox, type UprightBox } from '../../../runtime-server/src/stages/upright-box.js';
import { cube, intrinsics, joined, mask, silhouetteOf, SIZE } from '../../support/silhouettes.js';

const RESOLUTION = 32;

const turned = (mesh: Mesh, turn: number): Mesh => ({
  ...mesh,
  positions: transformPositions(mesh.positions, quat.fromAxisAngle([0, 1, 0], turn), [0.05, -0.1, 0]),
});

/** The half sides as they lie nearest to the cube's x and z, and the turn that brings them there. */
function facing({ half: [a, height, b], turn }: UprightBox): { half: number[]; turn: number } {
  const quarter = Math.round(turn / (Math.PI / 2));
  return { half: quarter % 2 === 0 ? [a, height, b] : [b, height, a], turn: turn - (quarter * Math.PI) / 2 };
}

const CRATE = boxMesh(0.5, 0.3, 0.35);

describe('the upright box that fills a silhouette', () => {
  test.each([0.5, -0.3, 0.15])('is the box that made it, turned by %f', (turn) => {
    const box = fitUprightBox(cube, silhouetteOf(turned(CRATE, turn)), 0.3);
    if (box === undefined) throw new Error('nothing was found');
    expect(box.overlap).toBeGreaterThan(0.97);
    const found = facing(box);
    expect(Math.abs(found.turn - turn)).toBeLessThan(0.15);
    for (const [i, side] of [0.5, 0.3, 0.35].entries()) expect(Math.abs(found.half[i] / side - 1)).toBeLessThan(0.2);
  });

  test('is not cut off by what hides a part of it', () => {
    const behind = silhouetteOf(turned(CRATE, 0.5), (i) => i % SIZE > 70 && i > (SIZE * SIZE) / 2);
    const box = fitUprightBox(cube, behind, 0.3);
    expect(box?.overlap).toBeGreaterThan(0.97);
    for (const [i, side] of [0.5, 0.3, 0.35].entries()) {
      expect(Math.abs((box ? facing(box).half[i] : 0) / side - 1)).toBeLessThan(0.3);
    }
  });

  test('overlaps less with that of a ball on a stick', () => {
    const ball = cylinderMesh(0.4, 0.1);
    const stick = cylinderMesh(0.05, 0.6);
    const both = joined(ball, stick);
    expect(fitUprightBox(cube, silhouetteOf(both), 0.3)?.overlap).toBeLessThan(0.9);
  });

  test('is not there when nothing is seen', () => {
    expect(fitUprightBox(cube, { intrinsics, seen: mask(() => false), free: mask(() => true) }, 0)).toBeUndefined();
  });

  test('has the field of its mesh', () => {
    const box = {
      center: [0.05, -0.1, 0] as const,
      half: [0.5, 0.3, 0.35] as const,
      turn: 0.4,
      overlap: 1,
    };
    const field = boxField(box, RESOLUTION, 0.2);
    const wanted = meshToField(turned(CRATE, 0.4), RESOLUTION, 1, 0.2);
    for (let i = 0; i < field.length; i += 7) expect(field[i]).toBeCloseTo(wanted[i], 1);
  });
});

describe('a simple solid', () => {
  const crate = turned(CRATE, 0.5);
  const { seen, free } = silhouetteOf(crate);
  const view = {
    window: { x: 0, y: 0, side: SIZE },
    intrinsics,
    size: SIZE,
    depth: Float32Array.from(seen.data, (inside) => (inside ? 1.9 : 0)),
    seen,
    free,
  };
  const points = Float32Array.from({ length: 30 }, (_, i) => (i % 3 === 2 ? 0.3 : 0));
  const made: MadeField = {
    cube,
    generated: new Float32Array(RESOLUTION ** 3).fill(1),
    resolution: RESOLUTION,
    truncation: 0.2,
    level: 0,
  };

  test.each([
    [{ round: 0.01, box: 0.8 }, 'mirror'],
    [{ round: 0.01, box: 0.1 }, undefined],
    [{ round: 0.3, box: 0.4 }, 'mirror'],
    [undefined, undefined],
  ])('of a crate that looks %o is its box if it looks like one', (solids, kind) => {
    const solid = simpleSolid(made, view, points, solids);
    expect(solid?.symmetry?.kind).toBe(kind);
    if (solid?.symmetry?.kind !== 'mirror') return;
    const middle = solid.distances[(16 * RESOLUTION + 14) * RESOLUTION + 16];
    expect(middle).toBeLessThan(-0.5);
  });

  // The generated cup is only half as high as the can that is seen.
  const tub = meshToField(turned(cylinderMesh(0.35, 0.25), 0), RESOLUTION, 1, 0.2);
  const within = meshToField(turned(cylinderMesh(0.28, 0.25), 0), RESOLUTION, 1, 0.2);
  const lowCup = { ...made, generated: tub.map((value, i) => Math.max(value, -within[i])) };
  test('of a can is as high as it is seen, where nothing was generated, too, and hollow in its wall', () => {
    const can = silhouetteOf(turned(cylinderMesh(0.35, 0.5), 0));
    const solid = simpleSolid(lowCup, { ...view, ...can }, points, { round: 0.9, box: 0 });
    const at = (x: number, y: number): number | undefined => solid?.distances[voxelAt(x, y, 0, RESOLUTION)];
    expect(at(0.05, 0.3)).toBeLessThan(-0.3);
    expect(at(0.05, -0.1)).toBeGreaterThan(0);
    expect(at(0.3, -0.1)).toBeLessThan(0);
  });

  test.each([
    ['whole', false, 'revolution'],
    ['hidden by half', true, undefined],
  ])('of a can with a handle that is %s has the handle only where the can is seen', (_, isHidden, kind) => {
    const bar = boxMesh(0.2, 0.05, 0.05);
    const moved = { ...bar, positions: transformPositions(bar.positions, quat.IDENTITY, [0.4, 0.3, 0]) };
    const can = turned(joined(cylinderMesh(0.35, 0.5), moved), 0);
    const shown = silhouetteOf(can, (i) => isHidden && i > 70 * SIZE);
    const solid = simpleSolid(made, { ...view, ...shown }, points, { round: 0.9, box: 0 });
    expect(solid?.symmetry?.kind).toBe(kind);
  });
});
