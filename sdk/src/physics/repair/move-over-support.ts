import { vec3 } from '../../geometry/index.js';
import { marginIn, middleOf, type Point2 } from '../collide/polygon.js';
import { contactOf, topOutline } from './contact.js';
import { centimetres, safeMargin, worldCenterOfMass, type Remedy } from './remedy.js';

/** Less than this, metres, moves nothing. */
const LEAST_MOVE = 1e-4;
/** Share of its size that a body is moved by at most; what hangs out farther rests elsewhere. */
const MAX_SHARE = 0.5;
/** Havok rounds edges: share of its size that a body must be farther in. */
const EDGE_SHARE = 0.2;

/** A body whose centre of mass lies beyond the edge of what carries it is moved in, by just enough to be safe. */
export const moveOverSupport: Remedy = ({ index, entries, support }) => {
  if (support.on === null || support.on < 0) return null;
  const entry = entries[index];
  const below = entries[support.on].body;
  const contact = contactOf(entry.body, below);
  if (!contact) return null;
  const { height } = contact;
  const outline = topOutline(below, height);
  if (outline.length === 0) return null;
  const mass = worldCenterOfMass(entry);
  const from: Point2 = [mass[0], mass[2]];
  const middle = middleOf(outline);
  const wanted = Math.min(safeMargin(mass[1] - height) + EDGE_SHARE * entry.body.size, 0.9 * marginIn(outline, middle));
  if (marginIn(outline, from) >= wanted) return null;
  const towards = (t: number): Point2 => [from[0] + t * (middle[0] - from[0]), from[1] + t * (middle[1] - from[1])];
  // The margin grows all the way to the middle of a convex outline, or nearly so.
  let [low, high] = [0, 1];
  for (let round = 0; round < 20; round++) {
    const t = (low + high) / 2;
    if (marginIn(outline, towards(t)) >= wanted) high = t;
    else low = t;
  }
  const [x, z] = towards(high);
  const way = Math.hypot(x - from[0], z - from[1]);
  if (way < LEAST_MOVE || way > MAX_SHARE * entry.body.size) return null;
  entry.body.translation = vec3.add(entry.body.translation, [x - from[0], 0, z - from[1]]);
  return `moved ${centimetres(way)} in from the edge of its support`;
};
