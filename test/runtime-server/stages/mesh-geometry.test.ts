import { sphereMesh } from '@scenemaker/sdk';
import { expect, test } from 'vitest';
import { measureClosed, measureGeometry } from '../../../runtime-server/src/stages/mesh-geometry.js';

const options = { resolution: 16, truncation: 0.2 };

test('a closed mesh is measured by an outline of few triangles', () => {
  const fine = sphereMesh(0.5, 80);
  const [whole, closed] = [measureGeometry(fine, options), measureClosed(fine, options)];
  expect(whole.outline).toBe(fine);
  expect(closed.outline.indices.length / 3).toBeLessThanOrEqual(1000);
  const off = closed.distances.values.map((value, i) => Math.abs(value - whole.distances.values[i]));
  // A quarter of a cell.
  expect(Math.max(...off)).toBeLessThan(0.0188);
  expect(closed.field.length).toBe(whole.field.length);
});
