/**
 * What is done about a body that topples or drifts when left alone. Each remedy changes as little as it can,
 * says what it did, and is tried only after those before it have failed. None pins a body.
 */
import { convexHull, quat, vec3, type Vec3 } from '../geometry/index.js';
import { bottomOf, turnBody, type Body } from './collide/body.js';
import { footprint } from './collide/overlaps.js';
import type { SettleBody } from './settle.js';
import type { Support } from './support.js';

export interface RepairContext {
  entry: SettleBody;
  bodies: readonly SettleBody[];
  support: Support;
}

/** Returns what was done, in words, or null when it does not apply. */
export type Remedy = (context: RepairContext) => string | null;

const worldCenterOfMass = ({ body, properties }: SettleBody): Vec3 =>
  vec3.add(body.translation, quat.rotate(body.rotation, vec3.scale(properties.centerOfMass.value, body.size)));

/** A body whose centre of mass lies beyond the edge of what carries it is moved over it, by enough to be safe. */
export const moveOverSupport: Remedy = ({ entry, bodies, support }) => {
  if (support.on === null || support.on < 0) return null;
  const [minX, minZ, maxX, maxZ] = footprint(bodies[support.on].body);
  const center = worldCenterOfMass(entry);
  const [ownMinX, ownMinZ, ownMaxX, ownMaxZ] = footprint(entry.body);
  const inward = (value: number, low: number, high: number, own: number): number => {
    // A third of its own width, since the support's outline is not its box; not past the middle of a small support.
    const margin = Math.min(0.25 * (high - low), 0.35 * own);
    return Math.min(high - margin, Math.max(low + margin, value)) - value;
  };
  const by: Vec3 = [
    inward(center[0], minX, maxX, ownMaxX - ownMinX),
    0,
    inward(center[2], minZ, maxZ, ownMaxZ - ownMinZ),
  ];
  const way = vec3.length(by);
  if (way < 1e-4 || way > entry.body.size) return null;
  entry.body.translation = vec3.add(entry.body.translation, by);
  return `moved ${(way * 100).toFixed(1)} cm in from the edge of its support`;
};

/** A body that leans is laid on the face that its centre of mass is above, if that is at most 35 degrees away. */
export const layOnFace: Remedy = ({ entry }) => {
  const { body, properties } = entry;
  const face = restingFace(body, properties.centerOfMass.value);
  if (!face || face.lean < 1e-3 || face.lean > (35 * Math.PI) / 180) return null;
  const turn = quat.between(quat.rotate(body.rotation, face.normal), [0, -1, 0]);
  const before = bottomOf(body);
  turnBody(body, quat.multiply(turn, body.rotation));
  body.translation = vec3.add(body.translation, [0, before - bottomOf(body), 0]);
  return `tilted ${((face.lean * 180) / Math.PI).toFixed(0)} degrees to lie on a face`;
};

/** The hull's face nearest to facing down among those that the centre of mass projects into. */
function restingFace(body: Body, centerOfMass: Vec3): { normal: Vec3; lean: number } | null {
  const points = body.pieces.flatMap((piece) => {
    const out = new Float64Array(3);
    const found: number[] = [];
    for (let i = 0; i < 200; i++) {
      // A spiral over the sphere: evenly spread directions find every corner that matters.
      const y = 1 - (2 * (i + 0.5)) / 200;
      const angle = i * 2.399963;
      const radius = Math.sqrt(1 - y * y);
      piece.support(radius * Math.cos(angle), y, radius * Math.sin(angle), out);
      found.push(out[0], out[1], out[2]);
    }
    return found;
  });
  const hull = convexHull(points);
  if (!hull) return null;
  const center = quat.rotate(body.rotation, vec3.scale(centerOfMass, body.size));
  let best: { normal: Vec3; lean: number } | null = null;
  for (let i = 0; i < hull.indices.length; i += 3) {
    const corners = [0, 1, 2].map((k) => vec3.at(hull.positions, hull.indices[i + k]));
    const normal = vec3.normalize(vec3.cross(vec3.sub(corners[1], corners[0]), vec3.sub(corners[2], corners[0])));
    const lean = Math.acos(Math.min(1, Math.max(-1, -normal[1])));
    if (best && lean >= best.lean) continue;
    const foot = vec3.addScaled(center, normal, vec3.dot(normal, vec3.sub(corners[0], center)));
    const inside = [0, 1, 2].every((k) => {
      const edge = vec3.sub(corners[(k + 1) % 3], corners[k]);
      return vec3.dot(vec3.cross(edge, vec3.sub(foot, corners[k])), normal) >= 0;
    });
    if (inside) best = { normal: quat.rotate(quat.conjugate(body.rotation), normal), lean };
  }
  return best;
}

/** A body that stands, but too top-heavy, gets a heavier foot: half way from its centre of mass to its bottom. */
export const lowerCenterOfMass: Remedy = ({ entry }) => {
  const { body, properties } = entry;
  // What rolled is round, and has no foot.
  if (body.colliders.every((collider) => collider.kind === 'sphere')) return null;
  const center = worldCenterOfMass(entry);
  const drop = (center[1] - bottomOf(body)) / 2;
  if (drop <= 0) return null;
  const lowered: Vec3 = vec3.addScaled(center, [0, -1, 0], drop);
  const local = quat.rotate(quat.conjugate(body.rotation), vec3.sub(lowered, body.translation));
  entry.properties = {
    ...properties,
    centerOfMass: { value: vec3.scale(local, 1 / body.size), source: 'computed' },
  };
  return `centre of mass lowered by ${(drop * 100).toFixed(1)} cm`;
};

/** In the order in which they are tried. */
export const REMEDIES: readonly Remedy[] = [moveOverSupport, layOnFace, lowerCenterOfMass];
