import { describe, expect, it } from 'vitest';
import { latheMesh, quat } from '@scenemaker/sdk/geometry';
import { createBody, fitColliders } from '@scenemaker/sdk/physics';
import { bottomOf } from '../../../sdk/src/physics/collide/body.js';
import { convexPolygon, marginIn } from '../../../sdk/src/physics/collide/polygon.js';
import { physicalProperties } from '../../../sdk/src/physics/mass.js';
import { flattenContact } from '../../../sdk/src/physics/repair/index.js';

describe('a foot', () => {
  it('of something round has four corners, and carries it as high as it stood', () => {
    // A cup that is wide above and narrow below: 6 cm across at its foot, half a metre tall.
    const { colliders, mass } = fitColliders(latheMesh([[0, 0], [0.03, 0], [0.2, 0.5], [0, 0.5]], 24), { minPrimitiveIou: 1 }); // prettier-ignore
    const body = createBody('cup', colliders, { rotation: quat.IDENTITY, translation: [0, 0, 0], size: 1 });
    const bottom = bottomOf(body);
    const entries = [{ body, properties: physicalProperties('cup', mass, 1) }];
    const done = flattenContact({ index: 0, entries, support: { on: -1, gap: 0, score: 1 } });
    expect(done).toContain('contact patch flattened');
    expect(body.colliders.length).toBe(colliders.length + 1);
    expect(bottomOf(body)).toBeCloseTo(bottom, 4);
    const foot = body.colliders[colliders.length];
    if (foot.kind !== 'hull') throw new Error('no hull');
    const corners = Array.from({ length: foot.positions.length / 3 }, (_, i) => foot.positions.slice(3 * i, 3 * i + 3));
    const low = corners.filter(([, y]) => y < bottom + 1e-3);
    expect(corners.length).toBe(8);
    expect(low.length).toBe(4);
    // The centre of mass may lean by 7 degrees, a tangent of 0.12.
    const height = entries[0].properties.centerOfMass.value[1] - bottom;
    expect(height).toBeGreaterThan(0.25);
    const outline = convexPolygon(low.map(([x, , z]) => [x, z] as const));
    expect(marginIn(outline, [0, 0])).toBeGreaterThanOrEqual(0.119 * height);
  });
});
