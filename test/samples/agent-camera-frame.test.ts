/** The agent with a depth camera, as its README runs it, with the models that ship. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vec3, type Vec3 } from '@scenemaker/sdk';
import { readGlb } from '@scenemaker/sim-adapters';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CommandResult, runProgram } from '../support/command.js';

const samples = fileURLToPath(new URL('../../samples/', import.meta.url));
const FRAME = `${samples}pictures/rgbd-table.json`;
const MINUTES = 60_000;
const NUMBER = '-?\\d+\\.\\d+';

describe('the agent with a depth camera', () => {
  let folder: string;
  let result: CommandResult;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scenemaker-agent-'));
    // Twice the same frame, as from a camera that stands still.
    result = await runProgram(`${samples}agent-camera-frame/agent.ts`, [FRAME, FRAME], folder);
  }, 10 * MINUTES);
  afterAll(() => rm(folder, { recursive: true }));

  test('finds most of what is there where it is, in metres', async () => {
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(result.stdout).toMatch(/objects, metres measured/);
    const found = [...result.stdout.matchAll(new RegExp(`object-\\d+ at (${NUMBER}) (${NUMBER}) (${NUMBER}),`, 'g'))];
    const places = found.map((place) => place.slice(1).map(Number) as unknown as Vec3);
    const truth = JSON.parse(await readFile(FRAME, 'utf8')) as { objects: { pose: { translation: Vec3 } }[] };
    const near = truth.objects.filter(({ pose }) =>
      places.some((place) => vec3.distance(place, pose.translation) < 0.05),
    );
    expect(near.length).toBeGreaterThanOrEqual(4);
  });

  test('decides on a push and leaves the world after it', async () => {
    const decision =
      /Decision: push (object-\d+) by .* N s\. It goes ([\d.]+) cm;\nnothing else goes farther than ([\d.]+) mm/;
    const [, id, moved, disturbed] = decision.exec(result.stdout) ?? [];
    expect(Number(moved)).toBeGreaterThanOrEqual(8);
    expect(Number(disturbed)).toBeLessThanOrEqual(5);
    const scene = await readGlb(await readFile(join(folder, 'out/agent.glb')));
    expect(scene.objects.map((object) => object.id)).toContain(id);
  });
});
