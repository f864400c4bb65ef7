import { describe, expect, it } from 'vitest';
import { SceneMakerError } from '@scenemaker/sdk';
import { boxMesh } from '@scenemaker/sdk/geometry';
import { fitColliders, guessMaterial, MATERIALS, physicalProperties } from '@scenemaker/sdk/physics';

describe('materials', () => {
  it('are guessed from words, and unknown ones have a value too', () => {
    expect(guessMaterial('coffee mug')).toBe('ceramic');
    expect(guessMaterial('Wooden chairs')).toBe('wood');
    expect(guessMaterial('glass table')).toBe('glass');
    expect(guessMaterial('object')).toBe('unknown');
    for (const { sources, friction, restitution, densityKgPerM3, filled } of Object.values(MATERIALS)) {
      expect(Object.values(sources).every((source) => source.length > 0)).toBe(true);
      expect(densityKgPerM3 * filled).toBeGreaterThan(1);
      expect(friction > 0 && friction <= 1 && restitution >= 0 && restitution < 1).toBe(true);
    }
  });

  it('give way to what is known, value by value', () => {
    const { mass } = fitColliders(boxMesh(0.5, 0.3, 0.2));
    const dense = physicalProperties('mug', mass, 1, { densityKgPerM3: 1000, restitution: 0.7 });
    expect(dense).toMatchObject({
      material: { value: 'ceramic', source: 'material' },
      densityKgPerM3: { value: 1000, source: 'given' },
      massKg: { source: 'computed' },
      friction: { source: 'material' },
      restitution: { value: 0.7, source: 'given' },
    });
    expect(dense.massKg.value).toBeCloseTo(240, 3);
    const heavy = physicalProperties('mug', mass, 1, { massKg: 12, material: 'stone', friction: 0.9 });
    expect(heavy).toMatchObject({
      material: { value: 'stone', source: 'given' },
      massKg: { value: 12, source: 'given' },
      friction: { value: 0.9, source: 'given' },
    });
    expect(heavy.densityKgPerM3.source).toBe('computed');
    expect(heavy.densityKgPerM3.value).toBeCloseTo(12 / 0.24, 3);
  });

  it('bring masses beyond what engines solve to the nearest that they do', () => {
    const { mass } = fitColliders(boxMesh(0.5, 0.5, 0.5));
    const { massKg, densityKgPerM3 } = physicalProperties('crate', mass, 100);
    expect(massKg).toEqual({ value: 1e5, source: 'computed' });
    expect(densityKgPerM3.source).toBe('computed');
    expect(densityKgPerM3.value).toBeCloseTo(0.1, 6);
  });

  it('are refused out of range', () => {
    const { mass } = fitColliders(boxMesh(0.5, 0.5, 0.5));
    for (const overrides of [
      { massKg: -1 },
      { friction: NaN },
      { restitution: 2 },
      { densityKgPerM3: 0 },
      { material: 'bronze' },
    ])
      expect(() => physicalProperties('crate', mass, 1, overrides)).toThrow(SceneMakerError);
    expect(physicalProperties('bell', mass, 1, { material: 'bronze', densityKgPerM3: 8800 }).massKg.value).toBeCloseTo(
      8800,
      3,
    );
  });

  it('give a mass that grows with the cube of size, and moments with its fifth power', () => {
    const { mass } = fitColliders(boxMesh(0.5, 0.3, 0.2));
    const [small, large] = [physicalProperties('crate', mass, 1), physicalProperties('crate', mass, 2)];
    expect(small.massKg.value).toBeCloseTo(0.24 * 650, 3);
    expect(large.massKg.value / small.massKg.value).toBeCloseTo(8, 6);
    expect(large.inertiaPrincipal.value[1] / small.inertiaPrincipal.value[1]).toBeCloseTo(32, 6);
    expect(small.inertiaPrincipal.value[0]).toBeCloseTo((0.24 * 650 * (0.6 ** 2 + 0.4 ** 2)) / 12, 3);
  });
});
