import { describe, expect, test } from 'vitest';
import { connectParts, fieldToMesh, meshBounds, triangleComponents } from '@scenemaker/sdk';

const R = 24;

/** Distance in cells to the nearest of some balls. */
function balls(...centres: [x: number, y: number, z: number, radius: number][]): Float32Array {
  return Float32Array.from({ length: R ** 3 }, (_, i) => {
    const [x, y, z] = [i % R, Math.floor(i / R) % R, Math.floor(i / R / R)];
    return Math.min(...centres.map(([a, b, c, radius]) => Math.hypot(x - a, y - b, z - c) - radius));
  });
}
const parts = (field: Float32Array): number => {
  const { indices, positions } = fieldToMesh(field, R, { minPartShare: 0.02 });
  return triangleComponents(indices, positions.length / 3).count;
};
const options = { level: 0, slope: 1, minPartShare: 0.02 };

describe('parts of a field', () => {
  test('become one body, however many there are', () => {
    const field = balls([5, 5, 12, 4], [18, 6, 12, 3], [12, 19, 12, 3]);
    expect(parts(field)).toBe(3);
    expect(parts(connectParts(field, R, options))).toBe(1);
  });

  test('are joined where the field is least sure that there is nothing', () => {
    const field = balls([5, 12, 12, 4], [18, 12, 12, 4]);
    // Almost something, a long way round by the top.
    for (let x = 5; x <= 18; x++) field[(12 * R + 20) * R + x] = 0.01;
    for (let y = 12; y <= 20; y++) for (const x of [5, 18]) field[(12 * R + y) * R + x] = Math.min(0.01, field[(12 * R + y) * R + x]); // prettier-ignore
    for (let i = 0; i < field.length; i++) if (field[i] > 0.01) field[i] = 3;
    const { min, max } = meshBounds(fieldToMesh(connectParts(field, R, options), R));
    expect(max[1]).toBeGreaterThan((20 + 0.5) / R - 0.5);
    expect(min[1]).toBeGreaterThan(7 / R - 0.5);
  });

  test('that are small, or whole already, stay as they are', () => {
    const crumb = balls([8, 12, 12, 6], [20, 20, 20, 1.1]);
    expect(connectParts(crumb, R, options)).toEqual(crumb);
    const whole = balls([12, 12, 12, 6]);
    expect(connectParts(whole, R, options)).toEqual(whole);
    const nothing = new Float32Array(R ** 3).fill(1);
    expect(connectParts(nothing, R, options)).toEqual(nothing);
  });
});
