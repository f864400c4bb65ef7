import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { boxMesh } from '@scenemaker/sdk/geometry';
import { settleScene } from '@scenemaker/sdk/physics';
import { writeGlb } from '@scenemaker/sim-adapters';
import { runCommand } from '../../../runtime-server/src/cli/run-command.js';
import { sceneOf } from '../../support/settle-scenes.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scenemaker-check-'));
  const scene = await settleScene(sceneOf({ box: { mesh: boxMesh(0.1, 0.1, 0.1), at: [0, 0.1, 0] } }));
  await writeFile(join(folder, 'stands.glb'), await writeGlb(scene));
  const [box] = scene.objects;
  const raised = { ...box, pose: { ...box.pose, translation: [0, 0.5, 0] as const } };
  await writeFile(join(folder, 'floats.glb'), await writeGlb({ ...scene, objects: [raised] }));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command; its exit status and what it wrote. */
async function run(...args: string[]): Promise<{ status: number; out: string; error: string }> {
  let [out, error] = ['', ''];
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((error += String(text)), true));
  try {
    return { status: await runCommand(['check', ...args]), out, error };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

describe('scenemaker check', () => {
  it('gives status 0 and a table for a scene that stands', async () => {
    const { status, out } = await run(join(folder, 'stands.glb'));
    expect(status).toBe(0);
    expect(out).toMatch(/box +yes/);
    expect(out).toContain('The scene is stable (havok');
  });

  for (const engine of ['havok', 'mujoco', 'rapier']) {
    it(`gives status 1 and the reason for one that does not, by ${engine}`, async () => {
      const { status, out } = await run(join(folder, 'floats.glb'), '--engine', engine, '--json');
      expect(status).toBe(1);
      const verdict = JSON.parse(out);
      expect(verdict).toMatchObject({ verdict: 'unstable', objects: [{ id: 'box', stable: false }] });
      expect(verdict.engine).toContain(engine);
      expect(verdict.objects[0].gapMeters).toBeCloseTo(0.4, 3);
      expect(verdict.objects[0].movedMeters).toBeCloseTo(0.4, 2);
      expect(verdict.objects[0].turnedDegrees).toBeLessThan(1);
      expect(verdict.objects[0].reason).toContain('moves 40');
    });
  }

  it('refuses what it does not know in one line', async () => {
    expect(await run()).toMatchObject({ status: 2, error: expect.stringContaining('give one scene') });
    expect(await run(join(folder, 'none.glb'))).toMatchObject({
      status: 2,
      error: expect.stringContaining('none.glb'),
    });
    const { status, error } = await run(join(folder, 'stands.glb'), '--engine', 'bullet');
    expect(status).toBe(2);
    expect(error).toContain('there are havok, mujoco, rapier');
  });
});
