import type { Mesh } from '@scenemaker/sdk';
import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { box, knowing, mug, OPTIONS, run, scene } from '../support/knowing-stages.js';

describe('textures', () => {
  const colors = (mesh: Mesh): Mesh => ({ ...mesh, colors: new Uint8Array((mesh.positions.length / 3) * 4).fill(90) });
  const options = { ...OPTIONS, textureSize: 256 } as const;

  test('show the picture where it shows the object, and are left out where none are asked for', async () => {
    const truths = [mug, box].map(({ mesh, pose }) => ({ mesh: colors(mesh), pose }));
    const made = await run(knowing(scene, truths), { options });
    for (const { mesh } of made.objects) {
      const { data } = decode(mesh.texture ?? new Uint8Array());
      const shown = Array.from({ length: data.length / 3 }, (_, i) => data.slice(3 * i, 3 * i + 3).join(' '));
      // The picture has one colour, the mesh another.
      expect(shown).toContain('160 128 96');
      expect(shown).toContain('90 90 90');
    }
    const plain = await run(knowing(scene, truths));
    for (const { mesh } of plain.objects) expect(mesh.texture ?? mesh.uvs).toBeUndefined();
  });

  test('are the same where the pose stage tells of its estimates one by one', async () => {
    const truths = [mug, box].map(({ mesh, pose }) => ({ mesh: colors(mesh), pose }));
    const stages = knowing(scene, truths);
    const told: number[] = [];
    const pose: typeof stages.pose = {
      ...stages.pose,
      async run(input, context) {
        const estimates = await stages.pose.run(input, context);
        for (const index of [1, 0]) {
          input.onEstimate?.(index, estimates[index]);
          told.push(index);
        }
        return estimates;
      },
    };
    const [early, late] = [await run({ ...stages, pose }, { options }), await run(stages, { options })];
    expect(told).toEqual([1, 0]);
    expect(early.objects).toEqual(late.objects);
  });

  test('that cannot be made are warned of, and the object is delivered', async () => {
    const warnings: string[] = [];
    const made = await run(
      knowing(scene, [mug, box]),
      { options },
      { onWarning: ({ message }) => warnings.push(message) },
    );
    expect(made.objects.map(({ mesh }) => mesh)).toEqual([mug.mesh, box.mesh]);
    expect(warnings).toEqual(['object-1', 'object-2'].map((id) => `${id} has no texture: its mesh has no colours`));
  });
});
