/**
 * What is done about a body that topples or drifts when left alone. Each remedy changes as little as it can,
 * says what it did, and is tried only after those before it have failed. None pins a body.
 */
import { quat, vec3, type Vec3 } from '../../geometry/index.js';
import type { SettleBody } from '../settle.js';
import type { Support } from '../support.js';

export interface RepairContext {
  index: number;
  /** Of all bodies; a remedy changes that at `index`, and the contact patch of the one below it. */
  entries: SettleBody[];
  support: Support;
}

/** Returns what was done, in words, or null when it does not apply. */
export type Remedy = (context: RepairContext) => string | null;

export const worldCenterOfMass = ({ body, properties }: SettleBody): Vec3 =>
  vec3.add(body.translation, quat.rotate(body.rotation, vec3.scale(properties.centerOfMass.value, body.size)));

/** A lean that a body must bear without tipping over, as the tangent of its angle: 7 degrees. */
const LEAN = 0.12;

/** How far the centre of mass, at such a height above the contact, should be from the contact's edge. */
export const safeMargin = (heightOfMass: number): number => LEAN * Math.max(0, heightOfMass);

export const centimetres = (meters: number): string => `${(100 * meters).toFixed(1)} cm`;
export const degrees = (radians: number): string => `${((180 * radians) / Math.PI).toFixed(0)} degrees`;
