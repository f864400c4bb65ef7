/** An object's physical properties from its solid and its material. */
import { vec3, type MassProperties, type Vec3 } from '../geometry/index.js';
import type { PhysicalProperties, Sourced } from '../scene/index.js';
import type { BodyMass } from './engine.js';
import { guessMaterial, materialOf } from './materials.js';

/** What a caller knows better; everything else is worked out. */
export interface PropertyOverrides {
  material?: string;
  densityKgPerM3?: number;
  massKg?: number;
  friction?: number;
  restitution?: number;
}

/** Lighter or heavier bodies than this make any engine's solver fail. */
const MASS_RANGE_KG = [1e-4, 1e5] as const;

/** Limits the mass ratio of a body's principal moments, for slivers that would spin without end. */
const MIN_MOMENT_SHARE = 0.02;

/**
 * Properties of an object whose longest canonical side measures `size` metres.
 *
 * The density is that of the material times the share of an object's volume that such things usually fill,
 * so that it is an effective density: mass over the volume of the mesh.
 */
export function physicalProperties(
  label: string,
  mass: MassProperties,
  size: number,
  overrides: PropertyOverrides = {},
): PhysicalProperties {
  const name = overrides.material ?? guessMaterial(label);
  const material = materialOf(name);
  const source = name === 'unknown' ? 'default' : 'material';
  const volume = mass.volume * size ** 3;
  const density = overrides.densityKgPerM3 ?? material.densityKgPerM3 * material.filled;
  const massKg = clamp(overrides.massKg ?? density * volume, MASS_RANGE_KG[0], MASS_RANGE_KG[1]);
  const moments = vec3.scale(mass.principal, (massKg / mass.volume) * size * size);
  const least = MIN_MOMENT_SHARE * Math.max(...moments);
  return {
    material: { value: name, source: overrides.material === undefined ? source : 'given' },
    densityKgPerM3: given(overrides.densityKgPerM3, overrides.massKg === undefined ? density : massKg / volume, source),
    massKg: given(overrides.massKg, massKg, 'computed'),
    centerOfMass: { value: mass.centerOfMass, source: 'computed' },
    inertiaPrincipal: {
      value: moments.map((moment) => Math.max(moment, least)) as unknown as Vec3,
      source: 'computed',
    },
    inertiaRotation: mass.principalRotation,
    friction: given(overrides.friction, material.friction, source),
    restitution: given(overrides.restitution, material.restitution, source),
  };
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

function given<T>(override: T | undefined, value: T, source: Sourced<T>['source']): Sourced<T> {
  return override === undefined ? { value, source } : { value: override, source: 'given' };
}

/** The mass as an engine takes it: at real size, in the body's frame. */
export function bodyMass(properties: PhysicalProperties, size: number): BodyMass {
  return {
    massKg: properties.massKg.value,
    centerOfMass: vec3.scale(properties.centerOfMass.value, size),
    inertiaPrincipal: properties.inertiaPrincipal.value,
    inertiaRotation: properties.inertiaRotation,
  };
}
