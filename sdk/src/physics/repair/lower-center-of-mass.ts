import { quat, vec3 } from '../../geometry/index.js';
import { bottomOf } from '../collide/body.js';
import { centimetres, worldCenterOfMass, type Remedy } from './remedy.js';

/** A body that stands, but is too top-heavy, gets a heavier foot: half way from its centre of mass to its bottom. */
export const lowerCenterOfMass: Remedy = ({ index, entries }) => {
  const entry = entries[index];
  const { body, properties } = entry;
  const center = worldCenterOfMass(entry);
  const drop = (center[1] - bottomOf(body)) / 2;
  if (!(drop > 0)) return null;
  const lowered = vec3.addScaled(center, vec3.UP, -drop);
  const local = quat.rotate(quat.conjugate(body.rotation), vec3.sub(lowered, body.translation));
  entry.properties = { ...properties, centerOfMass: { value: vec3.scale(local, 1 / body.size), source: 'computed' } };
  return `centre of mass lowered by ${centimetres(drop)}`;
};
