import { checkClosed, encode, meshVolume, sphereMesh } from '@scenemaker/sdk';
import { expect, test } from 'vitest';
import { coarseMesh } from '../../../runtime-server/src/stages/coarse-mesh.js';

test('the mesh of a preview is closed, of few triangles, and in the colours of the fine one', async () => {
  const fine = sphereMesh(0.5, 80);
  const count = fine.positions.length / 3;
  // Red on one side, blue on the other.
  const colors = Uint8Array.from({ length: 4 * count }, (_, i) => {
    const isRight = fine.positions[3 * (i >> 2)] > 0;
    return i % 4 === 3 || i % 4 === (isRight ? 0 : 2) ? 255 : 0;
  });
  expect(fine.indices.length / 3).toBeGreaterThan(5000);
  const mesh = coarseMesh({ ...fine, colors }, 1000);
  expect(checkClosed(mesh)).toMatchObject({ closed: true });
  expect(mesh.indices.length / 3).toBeLessThanOrEqual(1000);
  expect(meshVolume(mesh) / meshVolume(fine)).toBeCloseTo(1, 1);
  expect(encode(mesh).length).toBeLessThan(30_000);
  mesh.colors?.forEach((value, i) => {
    const x = mesh.positions[3 * (i >> 2)];
    if (Math.abs(x) > 0.05 && i % 4 === 0) expect(value).toBe(x > 0 ? 255 : 0);
  });
  expect(mesh.colors).toHaveLength((mesh.positions.length / 3) * 4);
});
