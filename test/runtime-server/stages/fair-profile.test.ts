import { describe, expect, test } from 'vitest';
import { fairProfile } from '../../../runtime-server/src/stages/fair-profile.js';

const STEP = 1 / 64;
const HEIGHTS = 48;

/** Radii of `exact`, read in whole steps. */
const read = (exact: (i: number) => number): Float32Array =>
  Float32Array.from({ length: HEIGHTS }, (_, i) => Math.floor(exact(i) / STEP) * STEP);
/** The largest change of the slope from one height to the next. */
const bend = (radii: Float32Array): number =>
  Math.max(...radii.slice(1, -1).map((radius, i) => Math.abs(radii[i] - 2 * radius + radii[i + 2])));
const furthest = (a: Float32Array, exact: (i: number) => number): number =>
  Math.max(...a.map((value, i) => Math.abs(value - exact(i))));

describe('the profile of a solid of revolution', () => {
  const cone = (i: number): number => 0.2 + 0.003 * i;
  const ball = (i: number): number => Math.sqrt(0.5 ** 2 - ((i + 0.5 - HEIGHTS / 2) * STEP) ** 2);

  test.each([
    ['a cone', cone],
    ['a ball', ball],
  ])('of %s has no steps and is where it was', (_, exact) => {
    const raw = read(exact);
    const fair = fairProfile(raw, STEP);
    expect(bend(fair)).toBeLessThan(bend(raw) / 5);
    expect(furthest(fair, exact)).toBeLessThan(1.5 * STEP);
  });

  test('loses what is missing and what sticks out over two heights, and keeps a neck', () => {
    const flawed = read(() => 0.3);
    flawed.fill(0.1, 10, 12);
    flawed.fill(0.5, 20, 22);
    expect(furthest(fairProfile(flawed, STEP), () => 0.3)).toBeLessThan(1.5 * STEP);
    const bottle = (i: number): number => (i < 30 ? 0.3 : 0.1);
    const fair = fairProfile(read(bottle), STEP);
    expect(furthest(fair, bottle)).toBeLessThan(2.5 * STEP);
  });

  test('ends where it ended', () => {
    const part = read((i) => (i < 8 || i > 40 ? 0 : 0.2));
    const fair = fairProfile(part, STEP);
    expect([...fair].map((radius) => radius > 0)).toEqual([...part].map((radius) => radius > 0));
    expect([...fairProfile(new Float32Array(HEIGHTS), STEP)]).toEqual([...new Float32Array(HEIGHTS)]);
  });
});
