import { describe, expect, it, vi } from 'vitest';
import { boxMesh, vec3 } from '@scenemaker/sdk/geometry';
import { createSilhouettes, seenAround, settleScene } from '@scenemaker/sdk/physics';
import type { Pose } from '@scenemaker/sdk/scene';
import { withMasks } from '../../support/masked-scenes.js';
import { sceneOf, type Thing } from '../../support/settle-scenes.js';

vi.setConfig({ testTimeout: 120_000 });

const box = (at: Thing['at'], half = 0.1): Thing => ({ mesh: boxMesh(half, half, half), at });

describe('silhouettes', () => {
  it('match the mask of the same pose, less so when it moves, and not at all elsewhere', () => {
    const scene = withMasks({ box: box([0.1, 0.1, 0]) });
    const [silhouette] = createSilhouettes(scene);
    const { pose } = scene.objects[0];
    const at = (x: number): Pose => ({ ...pose, translation: vec3.add(pose.translation, [x, 0, 0]) });
    expect(silhouette?.iou(pose)).toBeGreaterThan(0.9);
    // A square shifted by a quarter of its side shares 3 of 5 parts; the box is seen from the corner.
    expect(silhouette?.iou(at(0.05))).toBeGreaterThan(0.5);
    expect(silhouette?.iou(at(0.05))).toBeLessThan(0.75);
    expect(silhouette?.iou(at(1))).toBe(0);
  });

  it('pass over pixels that show another object, unless it would be hidden', () => {
    const scene = withMasks({ behind: box([0, 0.1, 0]), front: box([0.05, 0.1, 0.2], 0.05) });
    const [silhouette] = createSilhouettes(scene);
    const { pose } = scene.objects[0];
    const alone = silhouette?.iou(pose) ?? 0;
    expect(alone).toBeGreaterThan(0.9);
    expect(silhouette?.iou(pose, () => true)).toBeLessThan(alone - 0.03);
  });

  it('are unknown where a mask is not of the size of the picture', () => {
    expect(createSilhouettes(sceneOf({ box: box([0, 0.1, 0]) }))).toEqual([null]);
  });
});

describe('what the picture shows', () => {
  it('right below an object is what may carry it', () => {
    const scene = withMasks({ high: box([0, 0.3, 0], 0.05), low: box([0, 0.1, 0]), apart: box([0.5, 0.1, 0]) });
    const [high, low, apart] = seenAround(scene);
    expect(high?.below[1]).toBeGreaterThan(0.9);
    expect(high?.below[2]).toBe(0);
    expect(low?.below).toEqual([0, 0, 0]);
    expect(apart?.below).toEqual([0, 0, 0]);
  });

  it('beside the foot of an object tells what stands on another from what stands behind it', () => {
    const plate: Thing = { mesh: boxMesh(0.2, 0.01, 0.2), at: [0, 0.01, 0] };
    const [on] = seenAround(withMasks({ cup: box([0, 0.07, 0], 0.05), plate }));
    const [behind] = seenAround(withMasks({ cup: box([0, 0.05, -0.27], 0.05), plate }));
    expect(on?.within[1]).toBeGreaterThan(0.9);
    expect(behind?.below[1]).toBeGreaterThan(0.9);
    expect(behind?.within[1]).toBeLessThan(0.5);
  });

  it('is kept by an object that comes down: it moves in its line of sight', async () => {
    const scene = withMasks({ box: box([0.1, 0.1, 0]) });
    const [object] = scene.objects;
    const eye = scene.cameras[0].cameraToWorld.translation;
    // The same picture, a fifth nearer and smaller: it hovers.
    const nearer = {
      ...object.pose,
      size: 0.8 * object.pose.size,
      translation: vec3.lerp(eye, object.pose.translation, 0.8),
    };
    const settled = await settleScene({ ...scene, objects: [{ ...object, pose: nearer }] });
    const [report] = settled.physics?.objects ?? [];
    expect(settled.physics?.verdict).toBe('stable');
    expect(report.gapBeforeMeters).toBeGreaterThan(0.1);
    expect(report.reason).toMatch(/sized to 12\d %/);
    expect(report.silhouetteIouAfter).toBeGreaterThan(0.93);
    expect(vec3.distance(settled.objects[0].pose.translation, object.pose.translation)).toBeLessThan(0.03);
    expect(settled.objects[0].pose.size).toBeCloseTo(object.pose.size, 2);
  });

  it('puts an object back that was estimated beside its mask and too large', async () => {
    const scene = withMasks({ box: box([0.1, 0.1, 0]) });
    const [object] = scene.objects;
    const wrong = {
      ...object.pose,
      size: 1.25 * object.pose.size,
      translation: vec3.add(object.pose.translation, [0.06, 0.03, 0]),
    };
    const settled = await settleScene({ ...scene, objects: [{ ...object, pose: wrong }] });
    const [report] = settled.physics?.objects ?? [];
    expect(report.silhouetteIouBefore).toBeLessThan(0.6);
    expect(report.silhouetteIouAfter).toBeGreaterThan(0.93);
    expect(vec3.distance(settled.objects[0].pose.translation, object.pose.translation)).toBeLessThan(0.03);
    expect(settled.objects[0].pose.size / object.pose.size).toBeCloseTo(1, 1);
  });

  it('tells what hides the foot of an object from what carries it', () => {
    const things = { jar: box([0, 0.1, -0.1], 0.1), apple: box([0.12, 0.05, 0.08], 0.05) };
    const [jar] = seenAround(withMasks(things));
    expect(jar?.below[1]).toBeGreaterThan(0.1);
    expect(jar?.within[1]).toBe(0);
  });

  it('is kept by an object that it shows in the air: it gets a stand', async () => {
    const scene = withMasks({ shade: box([0.1, 0.7, 0], 0.05), crate: box([-0.3, 0.1, 0]) });
    const settled = await settleScene(scene);
    const [shade, crate] = settled.physics?.objects ?? [];
    expect(settled.physics?.verdict).toBe('stable');
    expect(shade.reason).toContain('stand');
    expect(shade.silhouetteIouAfter).toBeGreaterThan(0.9);
    expect(shade.movedMeters).toBeLessThan(0.01);
    expect(settled.objects[0].restsOn).toBe('ground');
    expect(crate.reason).not.toContain('stand');
    // What is not where the picture shows it has nothing to keep: it comes down.
    const [object, other] = scene.objects;
    const aside = { ...object.pose, translation: vec3.add(object.pose.translation, [0.3, 0, 0]) };
    const fallen = await settleScene({ ...scene, objects: [{ ...object, pose: aside }, other] });
    expect(fallen.objects[0].pose.translation[1]).toBeLessThan(0.3);
    expect(fallen.physics?.verdict).toBe('stable');
  });

  it('with measured depth, leaves what floats where it is, and lets the rest touch the ground', async () => {
    const scene = withMasks({
      crown: box([0.1, 0.3, 0]),
      crate: box([-0.3, 0.1, 0]),
      trunk: box([0.1, 0.06, 0], 0.06),
    });
    const [crown, crate, trunk] = scene.objects;
    // What is not seen of it was taken to reach 2 cm into the ground.
    const sunk = { ...crate.pose, translation: vec3.add(crate.pose.translation, [0, -0.02, 0]) };
    const measured = { ...scene, scale: { measured: true, source: 'depth' as const } };
    const settled = await settleScene({ ...measured, objects: [crown, { ...crate, pose: sunk }, trunk] });
    const [ofCrown, ofCrate] = settled.physics?.objects ?? [];
    expect(settled.physics?.verdict).toBe('stable');
    expect(ofCrown.reason).toContain('stand');
    expect(settled.objects[0].restsOn).toBe('ground');
    expect(vec3.distance(settled.objects[0].pose.translation, crown.pose.translation)).toBeLessThan(0.01);
    expect(settled.objects[0].pose.size).toBe(crown.pose.size);
    expect(ofCrate.reason).not.toContain('stand');
    expect(vec3.distance(settled.objects[1].pose.translation, crate.pose.translation)).toBeLessThan(0.03);
    expect(Math.abs(settled.objects[1].pose.size / crate.pose.size - 1)).toBeLessThan(0.1);
    // The legs of the crown's stand are beside the trunk, which stays where it is.
    expect(vec3.distance(settled.objects[2].pose.translation, trunk.pose.translation)).toBeLessThan(0.01);
    // From a picture alone nothing says that the crown does not stand farther away.
    const [estimated] = (await settleScene(scene)).objects;
    expect(vec3.distance(estimated.pose.translation, crown.pose.translation)).toBeGreaterThan(0.05);
  });

  it('has no say where sizes are known', async () => {
    const scene = withMasks({ box: box([0.1, 0.1, 0]) });
    const [object] = scene.objects;
    const raised = { ...object.pose, translation: vec3.add(object.pose.translation, [0, 0.2, 0]) };
    const settled = await settleScene({
      ...scene,
      scale: { measured: true, source: 'known-size' },
      objects: [{ ...object, pose: raised }],
    });
    expect(settled.objects[0].pose.size).toBe(object.pose.size);
  });

  it('tells what an object rests on that was estimated elsewhere', async () => {
    const scene = withMasks({
      cup: box([0, 0.09, 0], 0.05),
      plate: { mesh: boxMesh(0.2, 0.02, 0.2), at: [0, 0.02, 0] },
    });
    const [cup, plate] = scene.objects;
    const eye = scene.cameras[0].cameraToWorld.translation;
    // A tenth farther and larger: in the ground, below the plate.
    const farther = { ...cup.pose, size: 1.1 * cup.pose.size, translation: vec3.lerp(eye, cup.pose.translation, 1.1) };
    const settled = await settleScene({ ...scene, objects: [{ ...cup, pose: farther }, plate] });
    expect(settled.physics?.verdict).toBe('stable');
    expect(settled.objects.map(({ restsOn }) => restsOn)).toEqual(['plate', 'ground']);
    expect(settled.physics?.objects[0].silhouetteIouAfter).toBeGreaterThan(0.9);
    expect(settled.objects[0].pose.size).toBeCloseTo(cup.pose.size, 2);
  });

  it('is lost least by objects that stood in each other', async () => {
    const scene = withMasks({ front: box([0, 0.1, 0.12]), behind: box([0.02, 0.1, -0.12]) });
    const [front, behind] = scene.objects;
    const nearer = { ...behind.pose, translation: vec3.add(behind.pose.translation, [0, 0, 0.12]) };
    const settled = await settleScene({ ...scene, objects: [front, { ...behind, pose: nearer }] });
    expect(settled.physics?.before.penetrationMeters).toBeGreaterThan(0.05);
    expect(settled.physics?.verdict).toBe('stable');
    // Parting them sideways, too, would be the shortest way or near it; the picture shows them one behind the other.
    expect(Math.abs(settled.objects[1].pose.translation[0] - 0.02)).toBeLessThan(0.03);
    expect(settled.physics?.after.silhouetteIou).toBeGreaterThan(settled.physics?.before.silhouetteIou ?? 1);
  });
});
