import { quat, vec3 } from '../../geometry/index.js';
import { bottomOf, turnBody } from '../collide/body.js';
import { restingFaces } from './resting-face.js';
import { degrees, type Remedy } from './remedy.js';

const MAX_TILT_RADIANS = (35 * Math.PI) / 180;

/** A body that leans is laid on the nearest face that its centre of mass is above. */
export const layOnFace: Remedy = ({ index, entries }) => {
  const { body, properties } = entries[index];
  const [face] = restingFaces(body, properties.centerOfMass.value, MAX_TILT_RADIANS);
  if (!face || face.lean < 1e-3) return null;
  const before = bottomOf(body);
  turnBody(body, quat.multiply(face.turn, body.rotation));
  body.translation = vec3.add(body.translation, [0, before - bottomOf(body), 0]);
  return `tilted ${degrees(face.lean)} to lie on a face`;
};
