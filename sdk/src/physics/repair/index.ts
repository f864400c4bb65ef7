/** Remedies in the order in which they are tried. */
import { flattenContact } from './flatten-contact.js';
import { layOnFace } from './lay-on-face.js';
import { lowerCenterOfMass } from './lower-center-of-mass.js';
import { moveOverSupport } from './move-over-support.js';
import type { Remedy } from './remedy.js';

export { flattenContact } from './flatten-contact.js';
export { putOnGround } from './put-on-ground.js';
export type { Remedy, RepairContext } from './remedy.js';

export const REMEDIES: readonly Remedy[] = [moveOverSupport, flattenContact, lowerCenterOfMass, layOnFace];
