/**
 * Where things are to each other, in words.
 *
 * Left, right, in front and behind are as seen by a camera, in its frame turned level:
 *
 *             behind                  right    the camera's x axis, laid level
 *               |                     behind   level and away from the camera
 *       left -- o -- right
 *               |
 *           in front
 *               ^ camera
 */
import { quat, vec3, type Vec3 } from '../geometry/index.js';
import { bodyDistance, type Body } from '../physics/collide/body.js';
import type { Camera } from '../scene/index.js';
import { supportsOf } from './contacts.js';
import { shareInside, shareCovered } from './enclosure.js';
import { GROUND_NAME, type SceneIndex } from './scene-index.js';

export const RELATIONS = ['left', 'right', 'in-front', 'behind', 'on', 'under', 'inside', 'near'] as const;
export type Relation = (typeof RELATIONS)[number];

export interface Related {
  id: string;
  /** How well the word fits, above 0 to 1. */
  score: number;
}

export interface RelationOptions {
  /** Whose left and right. Absent: the scene's main camera. */
  camera?: Camera;
  /** Largest gap between things that are near each other, metres. Absent: half the mean of their two sizes. */
  nearMeters?: number;
}

/**
 * The objects that are left of, on, inside, ... the object `name` (an id or an unambiguous label), the best first.
 * What is `on` the ground can be asked, too: `ground` is a name for that relation alone.
 *
 *  - left, right, in-front, behind: its middle lies beyond the other on that side, within 60 degrees of straight, and
 *    neither carries the other; the score is the cosine of that angle
 *  - on: it rests on the other; by way of things between, the score falls as 1/2, 1/3, ...
 *  - under: the other is on it, or hides at least half of it from above
 *  - inside: the other carries it, stands round it and has at least half of it in its hull
 *  - near: the gap is small; 1 where they touch
 *
 * @throws SceneMakerError `bad-request` for a name that no or several objects have.
 */
export function whatIs(index: SceneIndex, relation: Relation, name: string, options: RelationOptions = {}): Related[] {
  const view = createView(index, options);
  const target = name === GROUND_NAME && relation === 'on' ? GROUND : index.find(name);
  return index.bodies
    .map(({ id }, i) => ({ id, score: i === target ? 0 : scoreOf(view, relation, i, target) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
}

/** All that can be said of the object `name`: in which relation it stands to which others. */
export function relationsOf(
  index: SceneIndex,
  name: string,
  options: RelationOptions = {},
): { relation: Relation; to: string; score: number }[] {
  const view = createView(index, options);
  const object = index.find(name);
  const others = Array.from(index.bodies.keys()).filter((other) => other !== object);
  return RELATIONS.flatMap((relation) =>
    (relation === 'on' ? [...others, GROUND] : others).flatMap((other) => {
      const score = scoreOf(view, relation, object, other);
      return score > 0 ? [{ relation, to: nameOf(index, other), score }] : [];
    }),
  );
}

/** In place of an object's index. */
const GROUND = -1;

const nameOf = ({ bodies }: SceneIndex, i: number): string => (i === GROUND ? GROUND_NAME : bodies[i].id);

/** What is worked out once for all pairs. */
interface View {
  index: SceneIndex;
  camera: Camera;
  nearMeters: number | undefined;
  supports: Map<string, string[]>;
}

const createView = (index: SceneIndex, { camera, nearMeters }: RelationOptions): View => ({
  index,
  camera: camera ?? index.scene.cameras[0],
  nearMeters,
  supports: supportsOf(index),
});

/** How well "a is left of b" fits, 0 where it does not. Only for `on` may `b` be the ground. */
function scoreOf({ index, camera, nearMeters, supports }: View, relation: Relation, a: number, b: number): number {
  if (relation === 'on') return restsOnScore(supports, nameOf(index, a), nameOf(index, b));
  const [body, other] = [index.bodies[a], index.bodies[b]];
  switch (relation) {
    case 'left':
    case 'right':
    case 'behind':
    case 'in-front':
      return carries(supports, body.id, other.id) ? 0 : besideScore(body, other, directionOf(camera, relation));
    case 'under': {
      const covered = shareCovered(index, a, b);
      return Math.max(covered >= 0.5 ? covered : 0, restsOnScore(supports, other.id, body.id));
    }
    case 'inside':
      return shareInside(index, a, b);
    case 'near': {
      const limit = nearMeters ?? (sizeOf(body) + sizeOf(other)) / 4;
      const found = bodyDistance(body, other, limit);
      return found ? 1 - Math.max(0, found.distance) / limit : 0;
    }
  }
}

/** 1 where `above` rests on `below`, 1/2 where it rests on something that does, and so on. */
function restsOnScore(supports: Map<string, string[]>, above: string, below: string): number {
  const seen = new Set([above]);
  let layer = [above];
  for (let steps = 1; layer.length > 0; steps++) {
    layer = layer.flatMap((id) => supports.get(id) ?? []).filter((id) => !seen.has(id));
    if (layer.includes(below)) return 1 / steps;
    for (const id of layer) seen.add(id);
  }
  return 0;
}

/** Whether one of the two carries the other, by way of things between, too. */
const carries = (supports: Map<string, string[]>, a: string, b: string): boolean =>
  restsOnScore(supports, a, b) > 0 || restsOnScore(supports, b, a) > 0;

/** Level unit vector of the world. */
function directionOf(
  { cameraToWorld: { rotation } }: Camera,
  relation: 'left' | 'right' | 'behind' | 'in-front',
): Vec3 {
  const [x, , z] = quat.rotate(rotation, [1, 0, 0]);
  const right = vec3.normalize([x, 0, z], [1, 0, 0]);
  const away = vec3.cross(vec3.UP, right);
  switch (relation) {
    case 'right':
      return right;
    case 'left':
      return vec3.scale(right, -1);
    case 'behind':
      return away;
    case 'in-front':
      return vec3.scale(away, -1);
  }
}

const LEAST_COSINE = 0.5;

function besideScore(body: Body, other: Body, direction: Vec3): number {
  const offset = vec3.sub(middleOf(body), middleOf(other));
  const level: Vec3 = [offset[0], 0, offset[2]];
  const along = vec3.dot(level, direction);
  const cosine = along / Math.max(vec3.length(level), 1e-9);
  return along > reachOf(other, direction) && cosine >= LEAST_COSINE ? cosine : 0;
}

const middleOf = ({ translation, extent }: Body): Vec3 => [
  translation[0] + (extent[0] + extent[3]) / 2,
  translation[1] + (extent[1] + extent[4]) / 2,
  translation[2] + (extent[2] + extent[5]) / 2,
];

/** From the middle of the body's box to its farthest point along a unit vector. */
function reachOf(body: Body, direction: Vec3): number {
  const farthest = new Float64Array(3);
  const middle = vec3.sub(middleOf(body), body.translation);
  const reaches = body.pieces.map((piece) => {
    piece.support(...direction, farthest);
    return vec3.dot(vec3.sub(vec3.at(farthest, 0), middle), direction) + piece.radius;
  });
  return Math.max(...reaches);
}

const sizeOf = ({ extent }: Body): number =>
  Math.max(extent[3] - extent[0], extent[4] - extent[1], extent[5] - extent[2]);
