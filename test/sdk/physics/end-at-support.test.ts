import { describe, expect, it } from 'vitest';
import { boxMesh, meshBounds, meshVolume, quat, transformPositions } from '@scenemaker/sdk/geometry';
import { settleScene } from '@scenemaker/sdk/physics';
import type { SceneDescription, SceneObject } from '@scenemaker/sdk/scene';
import { endAtSupport } from '../../../sdk/src/physics/end-at-support.js';
import { withMasks } from '../../support/masked-scenes.js';
import { sceneOf, type Thing } from '../../support/settle-scenes.js';

/** A box 20 cm high that reaches so far into the ground, its distance measured or not. */
function sunk(by: number, source: SceneDescription['scale']['source'] = 'depth', turned = 0): SceneDescription {
  const rotation = quat.fromAxisAngle([1, 0, 0], turned);
  const scene = sceneOf({ box: { mesh: boxMesh(0.05, 0.1, 0.05), at: [0.3, 0.1 - by, 0.2], rotation } });
  return { ...scene, scale: { measured: source === 'depth', source } };
}

/** Lowest and highest point in the world. */
function heightsOf({ mesh, pose }: SceneObject): [number, number] {
  const positions = transformPositions(mesh.positions, pose.rotation, pose.translation, pose.size);
  const { min, max } = meshBounds({ positions, indices: mesh.indices });
  return [min[1], max[1]];
}

describe('what lies below a measured ground', () => {
  it('is cut off where it is little, and what is above stays where it was seen', () => {
    for (const turned of [0, Math.PI]) {
      const scene = sunk(0.03, 'depth', turned);
      const { description, notes } = endAtSupport(scene);
      const [low, high] = heightsOf(description.objects[0]);
      expect(low).toBeCloseTo(0, 5);
      expect(high).toBeCloseTo(heightsOf(scene.objects[0])[1], 5);
      const { mesh, pose } = description.objects[0];
      expect(meshVolume(mesh) * pose.size ** 3).toBeCloseTo(0.1 * 0.1 * 0.17, 6);
      expect(pose.size).toBeCloseTo(0.17, 5);
      expect(notes[0]).toBe('its lowest 15 %, below the ground, was cut off');
    }
  });

  it('leaves the scene given as it was', () => {
    const scene = sunk(0.03);
    const copy = structuredClone(scene);
    endAtSupport(scene);
    expect(scene).toEqual(copy);
  });

  it.each([
    ['so much of it is below that it must be elsewhere', sunk(0.08)],
    ['nothing is', sunk(-0.01)],
    ['distances are guesses', sunk(0.03, 'estimated')],
    ['no ground was seen', { ...sunk(0.03), ground: { ...sunk(0.03).ground, confidence: 0 } }],
  ])('is left alone where %s', (_, scene) => {
    expect(endAtSupport(scene)).toEqual({ description: scene, notes: [''] });
  });

  it('is told in the report, and the rest stands at once', async () => {
    const { physics, objects } = await settleScene(sunk(0.03));
    expect(physics?.verdict).toBe('stable');
    expect(physics?.objects[0].reason).toContain('cut off');
    expect(heightsOf(objects[0])[1]).toBeCloseTo(0.17, 3);
  });
});

describe('what the picture hides of an object below', () => {
  /** The first is seen from above a box that stands before it, if there is one; distances are measured. */
  const measured = (things: Record<string, Thing>): SceneDescription => ({
    ...withMasks(things),
    scale: { measured: true, source: 'depth' },
  });
  const front: Thing = { mesh: boxMesh(0.12, 0.1, 0.1), at: [0, 0.1, 0] };
  const behind = (y: number, half: number): Thing => ({ mesh: boxMesh(0.1, half, 0.1), at: [0, y, -0.3] });

  it.each([
    ['drawn out where it floats', behind(0.15, 0.1), '5.0 cm longer'],
    ['pressed together where it has sunk in', behind(0.1, 0.2), '10.0 cm shorter'],
  ])('is %s, and what is seen stays', (_, thing, change) => {
    const scene = measured({ thing, front });
    const { description, notes } = endAtSupport(scene);
    const [low, high] = heightsOf(description.objects[0]);
    expect(low).toBeCloseTo(0, 5);
    expect(high).toBeCloseTo(heightsOf(scene.objects[0])[1], 5);
    expect(notes[0]).toContain(change);
    expect(notes[1]).toBe('');
  });

  it('is left alone where the foot is seen to float, or something may carry it', () => {
    const low: Thing = { mesh: boxMesh(0.15, 0.01, 0.15), at: [0, 0.01, -0.3] };
    for (const things of [{ thing: behind(0.15, 0.1) }, { thing: behind(0.15, 0.1), low, front }])
      expect(endAtSupport(measured(things)).notes[0]).toBe('');
  });

  it('ends on what carries it', () => {
    const fruit: Thing = { mesh: boxMesh(0.1, 0.1, 0.1), at: [0, 0.1, 0] };
    const stem: Thing = { mesh: boxMesh(0.03, 0.08, 0.03), at: [0, 0.17, 0] };
    const { description, notes } = endAtSupport(measured({ stem, fruit }));
    const [low, high] = heightsOf(description.objects[0]);
    expect(low).toBeGreaterThan(0.19);
    expect(low).toBeLessThan(0.21);
    expect(high).toBeCloseTo(0.25, 5);
    expect(notes[0]).toContain('shorter');
  });
});

describe('what the picture hides of an object below, its distance a guess', () => {
  const front: Thing = { mesh: boxMesh(0.12, 0.1, 0.1), at: [0, 0.1, 0] };
  const behind: Thing = { mesh: boxMesh(0.1, 0.2, 0.1), at: [0, 0.1, -0.3] };
  /** Its foot is 10 cm below the ground; the mesh was made up. */
  const guessed = (things: Record<string, Thing> = { behind, front }): SceneDescription => {
    const scene = withMasks(things);
    return {
      ...scene,
      scale: { measured: false, source: 'estimated' },
      objects: scene.objects.map((object) => ({ ...object, scores: { ...object.scores, shape: 0.7 } })),
    };
  };

  it('ends where it stands after a third of the way in the line of sight', () => {
    const scene = guessed();
    const { description, notes } = endAtSupport(scene);
    const [low, high] = heightsOf(description.objects[0]);
    // The camera is 0.9 m up, 1 m above the foot.
    expect(low).toBeCloseTo(0.9 - 0.9 / 0.9 ** (1 / 3), 5);
    expect(high).toBeCloseTo(heightsOf(scene.objects[0])[1], 5);
    expect(notes[0]).toContain('shorter');
    expect(description.objects.map(({ restsOn }) => restsOn)).toEqual(['ground', null]);
    expect(notes[1]).toBe('');
  });

  it('stands on the ground then, nearer to where it was', async () => {
    const scene = guessed();
    const sure = { ...scene, objects: scene.objects.map((object) => ({ ...object, scores: { ...object.scores, shape: 1 } })) }; // prettier-ignore
    const [made, known] = [await settleScene(scene), await settleScene(sure)];
    const awayOf = ({ objects }: SceneDescription): number => Math.abs(heightsOf(objects[0])[1] - 0.3);
    expect(made.physics?.verdict).toBe('stable');
    expect(heightsOf(made.objects[0])[0]).toBeCloseTo(0, 3);
    expect(awayOf(made)).toBeLessThan(awayOf(known));
  });

  const change = (scene: SceneDescription, to: Partial<SceneObject>): SceneDescription => ({
    ...scene,
    objects: scene.objects.map((object, i) => (i === 0 ? { ...object, ...to } : object)),
  });
  const { scores } = guessed().objects[0];

  it.each([
    ['its foot is seen', guessed({ behind })],
    ['its mesh is known', change(guessed(), { scores: { ...scores, shape: 1 } })],
    ['its size is sure', change(guessed(), { scores: { ...scores, pose: 1 } })],
    ['it is said to stand on something', change(guessed(), { restsOn: 'front' })],
    ['it may stand on what is below it', guessed({ behind: { ...front, at: [0, 0.28, 0] }, front })],
    ['no camera saw it', { ...guessed(), cameras: [] }],
  ])('is left alone where %s', (_, scene) => {
    expect(endAtSupport(scene).notes[0]).toBe('');
  });

  it('is left alone where the object would hide what is seen in front of it', () => {
    // The one behind is too near by as much as its foot is too high.
    const near: Thing = { mesh: boxMesh(0.1, 0.2, 0.1), at: [0, 0.45, 0.25] };
    const scene = guessed({ behind, front });
    const swapped = change(scene, { pose: guessed({ near, front }).objects[0].pose });
    expect(endAtSupport(swapped).notes[0]).toBe('');
  });
});
