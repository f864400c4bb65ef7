import { describe, expect, it } from 'vitest';
import { editObject, removeObject } from '../../../runtime-server/viewer/src/state/edit-object.js';
import { exampleScene } from '../../support/example-scene.js';
import { settleScene } from '@scenemaker/sdk/physics';

const settled = await settleScene(exampleScene());
const [box] = settled.objects;

describe('editing an object', () => {
  it('changes nothing by no edit', () => {
    const same = editObject(box, {});
    expect(same.properties.massKg.value).toBeCloseTo(box.properties.massKg.value, 9);
    same.properties.inertiaPrincipal.value.forEach((moment, axis) =>
      expect(moment).toBeCloseTo(box.properties.inertiaPrincipal.value[axis], 9),
    );
    expect(same.pose).toEqual(box.pose);
  });

  it('scales mass with volume and inertia with its fifth power, and keeps the lowest point', () => {
    const larger = editObject(box, { sizeMeters: 2 * box.pose.size });
    expect(larger.properties.massKg.value / box.properties.massKg.value).toBeCloseTo(8, 6);
    expect(larger.properties.inertiaPrincipal.value[0] / box.properties.inertiaPrincipal.value[0]).toBeCloseTo(32, 5);
    // The box lies flat: its middle is half its height above the ground.
    expect(larger.pose.translation[1]).toBeCloseTo(2 * box.pose.translation[1], 3);
  });

  it('takes density and friction from a material, and lets a given mass stand', () => {
    const stone = editObject(box, { material: 'stone' });
    expect(stone.properties.friction).toEqual({ value: 0.6, source: 'material' });
    expect(stone.properties.densityKgPerM3.value).toBeCloseTo(2600);
    const weighed = editObject(editObject(stone, { massKg: 3 }), { friction: 0.2 });
    expect(weighed.properties).toMatchObject({
      material: { value: 'stone', source: 'given' },
      massKg: { value: 3, source: 'given' },
      friction: { value: 0.2, source: 'given' },
    });
    expect(editObject(weighed, { material: 'foam' }).properties.massKg.source).toBe('computed');
  });

  it('guesses the material anew from a new name', () => {
    expect(editObject(box, { label: 'mug' }).properties.material).toEqual({ value: 'ceramic', source: 'material' });
  });

  it('refuses what no engine takes', () => {
    expect(() => editObject(box, { massKg: 0 })).toThrow('massKg must be');
  });

  it('takes the support away with an object', () => {
    const left = removeObject(settled, 'object-1');
    expect(left.objects.map(({ id }) => id)).not.toContain('object-1');
    expect(left.objects.find(({ id }) => id === 'object-3')?.restsOn).toBeNull();
  });
});
