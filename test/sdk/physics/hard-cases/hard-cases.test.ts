import { describe, expect, it, vi } from 'vitest';
import { boxMesh } from '@scenemaker/sdk/geometry';
import { MAX_PENETRATION_METERS, refereeScene, settleScene } from '@scenemaker/sdk/physics';
import { createMujocoEngine } from '@scenemaker/sim-adapters/environments';
import { sceneOf } from '../../../support/settle-scenes.js';
import { HARD_CASES } from './cases.js';

// Simulations, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 240_000 });

describe('hard cases', () => {
  it.each(Object.entries(HARD_CASES))('%s', async (_, { scene, verdict, restsOn, tells, maxMovedMeters }) => {
    const settled = await settleScene(scene());
    const { physics, objects } = settled;
    if (!physics) throw new Error('no report');
    if (verdict === 'stable') expect(physics.objects.filter(({ stable }) => !stable)).toEqual([]);
    if (physics.verdict === 'stable') expect(physics.after.penetrationMeters).toBeLessThan(MAX_PENETRATION_METERS);
    else expect(physics.reason).toContain('would not stay');
    for (const [id, on] of Object.entries(restsOn ?? {}))
      expect([id, objects.find((object) => object.id === id)?.restsOn]).toEqual([id, on]);
    for (const report of physics.objects) {
      expect(report.movedMeters).toBeLessThan(maxMovedMeters ?? Infinity);
      expect(report.reason).toContain(tells?.[report.id] ?? '');
      if (!report.stable) expect(report.reason).not.toBe('');
    }
    for (const { pose } of objects) expect([...pose.rotation, ...pose.translation].every(Number.isFinite)).toBe(true);
    if (physics.verdict === 'stable') {
      const judged = refereeScene(settled, await createMujocoEngine());
      expect(judged.objects.filter(({ stable }) => !stable)).toEqual([]);
    }
  });

  it('a pose or ground that is not finite is refused, with the object named', async () => {
    const scene = sceneOf({ box: { mesh: boxMesh(0.1, 0.1, 0.1), at: [0, 0.1, 0] } });
    const [box] = scene.objects;
    const spoilt = { ...scene, objects: [{ ...box, pose: { ...box.pose, translation: [0, NaN, 0] as const } }] };
    await expect(settleScene(spoilt)).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('box'),
    });
    const tiny = { ...scene, objects: [{ ...box, pose: { ...box.pose, size: 0 } }] };
    await expect(settleScene(tiny)).rejects.toMatchObject({ code: 'bad-request', details: { given: 0 } });
    const sunk = { ...scene, ground: { ...scene.ground, height: Infinity } };
    await expect(settleScene(sunk)).rejects.toMatchObject({ code: 'bad-request' });
  });
});
