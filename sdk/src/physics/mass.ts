/** An object's physical properties from its solid and its material. */
import { vec3, type MassProperties, type Vec3 } from '../geometry/index.js';
import { SceneMakerError } from '../protocol/index.js';
import type { PhysicalProperties, Sourced } from '../scene/index.js';
import type { BodyMass } from './engine.js';
import { guessMaterial, materialOf, MATERIALS } from './materials.js';

/** What a caller knows better; everything else is worked out. */
export interface PropertyOverrides {
  /** One of `MATERIALS`, or any name with a density or a mass. */
  material?: string;
  /** Of the volume within the mesh. */
  densityKgPerM3?: number;
  /** 1e-4 to 1e5; wins over density. */
  massKg?: number;
  /** 0 or more. */
  friction?: number;
  /** 0 to 1. */
  restitution?: number;
}

/** Lighter or heavier bodies than this make any engine's solver fail. */
const MASS_RANGE_KG = [1e-4, 1e5] as const;

const OVERRIDE_RANGES = {
  densityKgPerM3: [1e-3, 1e6],
  massKg: MASS_RANGE_KG,
  friction: [0, 100],
  restitution: [0, 1],
} as const;

/** Limits the mass ratio of a body's principal moments, for slivers that would spin without end. */
const MIN_MOMENT_SHARE = 0.02;

/**
 * Properties of an object whose longest canonical side measures `size` metres.
 *
 * The density is that of the material times the share of an object's volume that such things usually fill,
 * so that it is an effective density: mass over the volume of the mesh. Masses beyond what engines can
 * solve are brought to the nearest that they can, and the density with them.
 *
 * @param mass Of the canonical solid, for density 1.
 * @throws SceneMakerError `bad-request` for an override out of its range.
 */
export function physicalProperties(
  label: string,
  mass: Omit<MassProperties, 'inertia'>,
  size: number,
  overrides: PropertyOverrides = {},
): PhysicalProperties {
  checkOverrides(overrides);
  const name = overrides.material ?? guessMaterial(label);
  const material = materialOf(name);
  const source = Object.hasOwn(MATERIALS, name) && name !== 'unknown' ? 'material' : 'default';
  const volume = mass.volume * size ** 3;
  const density = overrides.densityKgPerM3 ?? material.densityKgPerM3 * material.filled;
  const massKg = overrides.massKg ?? clamp(density * volume, MASS_RANGE_KG[0], MASS_RANGE_KG[1]);
  const isDensityKept = overrides.massKg === undefined && massKg === density * volume;
  const moments = vec3.scale(mass.principal, (massKg / mass.volume) * size * size);
  const least = MIN_MOMENT_SHARE * Math.max(...moments);
  return {
    material: { value: name, source: overrides.material === undefined ? source : 'given' },
    densityKgPerM3: isDensityKept
      ? given(overrides.densityKgPerM3, density, source)
      : { value: massKg / volume, source: 'computed' },
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

function checkOverrides(overrides: PropertyOverrides): void {
  const { material, densityKgPerM3, massKg } = overrides;
  for (const [name, [least, most]] of Object.entries(OVERRIDE_RANGES)) {
    const value = overrides[name as keyof typeof OVERRIDE_RANGES];
    if (value === undefined || (value >= least && value <= most)) continue;
    throw new SceneMakerError('bad-request', `${name} must be ${least} to ${most}.`, {
      given: value,
      allowed: [least, most],
    });
  }
  if (material === undefined || Object.hasOwn(MATERIALS, material)) return;
  if (densityKgPerM3 !== undefined || massKg !== undefined) return;
  throw new SceneMakerError('bad-request', `No density is known for the material ${material}; give one or a mass.`, {
    given: material,
    allowed: Object.keys(MATERIALS),
  });
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
