import { checkClosed, encode, meshVolume, sphereMesh } from '@scenemaker/sdk';
import { expect, test } from 'vitest';
import { toPreview } from '../../../runtime-server/src/inference/preview.js';

test('a shape goes over the wire as a closed mesh of few triangles in its colours', async () => {
  const fine = sphereMesh(0.5, 80);
  const count = fine.positions.length / 3;
  // Red on one side, blue on the other.
  const colors = Uint8Array.from({ length: 4 * count }, (_, i) => {
    const isRight = fine.positions[3 * (i >> 2)] > 0;
    return i % 4 === 3 || i % 4 === (isRight ? 0 : 2) ? 255 : 0;
  });
  const pose = { rotation: [0, 0, 0, 1] as const, translation: [0, 0, 0] as const, size: 1 };
  expect(fine.indices.length / 3).toBeGreaterThan(5000);
  const preview = await toPreview({
    kind: 'shape',
    objectId: 'object-1',
    label: 'ball',
    mesh: { ...fine, colors },
    pose,
  });
  if (preview.kind !== 'shape') throw new Error('it is another preview');
  const { mesh } = preview;
  expect(checkClosed(mesh)).toMatchObject({ closed: true });
  expect(mesh.indices.length / 3).toBeLessThanOrEqual(1000);
  expect(meshVolume(mesh) / meshVolume(fine)).toBeCloseTo(1, 1);
  expect(encode(preview).length).toBeLessThan(30_000);
  mesh.colors?.forEach((value, i) => {
    const x = mesh.positions[3 * (i >> 2)];
    if (Math.abs(x) > 0.05 && i % 4 === 0) expect(value).toBe(x > 0 ? 255 : 0);
  });
  expect(mesh.colors).toHaveLength((mesh.positions.length / 3) * 4);
});
