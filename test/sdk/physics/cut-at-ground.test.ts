import { describe, expect, it } from 'vitest';
import { boxMesh, meshBounds, meshVolume, quat, transformPositions } from '@scenemaker/sdk/geometry';
import { settleScene } from '@scenemaker/sdk/physics';
import type { SceneDescription, SceneObject } from '@scenemaker/sdk/scene';
import { cutAtGround } from '../../../sdk/src/physics/cut-at-ground.js';
import { sceneOf } from '../../support/settle-scenes.js';

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
      const { description, notes } = cutAtGround(scene);
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
    cutAtGround(scene);
    expect(scene).toEqual(copy);
  });

  it.each([
    ['so much of it is below that it must be elsewhere', sunk(0.08)],
    ['nothing is', sunk(-0.01)],
    ['distances are guesses', sunk(0.03, 'estimated')],
    ['no ground was seen', { ...sunk(0.03), ground: { ...sunk(0.03).ground, confidence: 0 } }],
  ])('is left alone where %s', (_, scene) => {
    expect(cutAtGround(scene)).toEqual({ description: scene, notes: [''] });
  });

  it('is told in the report, and the rest stands at once', async () => {
    const { physics, objects } = await settleScene(sunk(0.03));
    expect(physics?.verdict).toBe('stable');
    expect(physics?.objects[0].reason).toContain('cut off');
    expect(heightsOf(objects[0])[1]).toBeCloseTo(0.17, 3);
  });
});
