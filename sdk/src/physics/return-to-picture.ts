/**
 * What has given way goes back to where the picture shows it, as far as that disturbs nothing.
 *
 * Bodies leave their silhouettes when they part, get feet and settle. A body that stands on the ground can be moved
 * along it, turned about the vertical and resized about its foot, with all that it carries: under such a similarity
 * contacts, supports and the centre of mass over them stay what they are. So that one is looked for which shows most
 * of the bodies where the picture does, and in which they meet no others.
 */
import { vec3, type Vec3 } from '../geometry/index.js';
import type { Ground, Pose } from '../scene/index.js';
import { climb, type Climb, type Rated } from './climb.js';
import { bodyDistance, createBody, poseOf, type Body } from './collide/body.js';
import { type GroundMove, movedOnGround, UNMOVED } from './ground-move.js';
import { freedomOf } from './separate/cover-mask.js';
import { meanChange } from './separate/place-as-measured.js';
import { OVERLAP_TOLERANCE } from './separate/stay-out.js';
import type { Sight } from './sight.js';
import { carriedBy, type Support } from './support.js';

export interface ReturnInput {
  /** Where they have settled. */
  bodies: readonly Body[];
  ground: Pick<Ground, 'height'>;
  supports: readonly Support[];
  /** As estimated. */
  estimated: readonly Pose[];
  /** Where picture and support put them, before they had to give way. */
  placed: readonly Pose[];
  sight: Pick<Sight, 'measured' | 'confidence' | 'silhouettes'> & { eye: Vec3 };
}

export interface Returned {
  /** The bodies that go back, by index: one that stands on the ground, then all that it carries. */
  members: number[];
  /** About this point of the ground. */
  pivot: Vec3;
  move: GroundMove;
  /** Where they are then, in the order of `members`. */
  poses: Pose[];
}

/** Sums of silhouette IoU: less than this lost is left alone, and less gained not worth a move. */
const LEAST_LOSS = 0.01;
/** Sizes from which the best move is looked for, and parts of the way back to where it was placed. */
const STARTS = [1, 0.93, 0.86, 0.8];
const WAY_PARTS = 8;
/** Steps along the ground, shares of the size, in the logarithm of the size, and in turns, radians: from every start, and then on from the best. */
const STEPS = { rough: [0.16, 0.08], fine: [0.04, 0.02, 0.01] } as const;
/** Rounds of each step at most. */
const MAX_ROUNDS = 6;
/**
 * What counts, beside silhouette IoU lost: the squares of the way, in sizes, of the growth and of the turn; and a
 * distance that was measured, changed by the body's size.
 */
const COSTS = { way: 0.1, growth: 1, turn: 0.5, depth: 1 } as const;

/** Where to go back to, worst first; each group finds those before it where they then are. The bodies given stay as they are. */
export function returnToPicture({ bodies, supports, estimated, ...input }: ReturnInput): Returned[] {
  const { silhouettes } = input.sight;
  const carried = carriedBy(supports);
  const lossOf = (i: number): number =>
    Math.max(0, (silhouettes[i]?.iou(estimated[i]) ?? 0) - (silhouettes[i]?.iou(poseOf(bodies[i])) ?? 0));
  const groups = supports
    .flatMap(({ on }, i) => (on === -1 ? [[i, ...carried[i]]] : []))
    .map((members) => ({ members, loss: members.reduce((sum, i) => sum + lossOf(i), 0) }))
    .filter(({ loss }) => loss > LEAST_LOSS)
    .sort((a, b) => b.loss - a.loss);
  const now = [...bodies];
  return groups.flatMap(({ members }) => {
    const found = wayBack(input, now, members);
    found?.members.forEach((i, k) => (now[i] = createBody(now[i].id, now[i].colliders, found.poses[k])));
    return found ?? [];
  });
}

function wayBack(
  { ground, placed, sight }: Pick<ReturnInput, 'ground' | 'placed' | 'sight'>,
  bodies: readonly Body[],
  members: number[],
): Returned | null {
  const { eye, measured, silhouettes, confidence } = sight;
  const root = bodies[members[0]];
  const pivot: Vec3 = [root.translation[0], ground.height, root.translation[2]];
  const from = members.map((i) => poseOf(bodies[i]));
  const others = bodies.filter((_, i) => !members.includes(i));
  const distances = bodies.map(({ translation }) => vec3.distance(translation, eye));
  const depths = members.map((i) => (measured ? silhouettes[i]?.depths(placed[i]) : undefined));

  const worthOf = (move: GroundMove): number => {
    const way = vec3.length(move.by) / root.size;
    let worth = -(COSTS.way * way ** 2 + COSTS.growth * Math.log(move.factor) ** 2 + COSTS.turn * move.turn ** 2);
    members.forEach((i, k) => {
      const [silhouette, before] = [silhouettes[i], depths[k]];
      if (!silhouette) return;
      const pose = movedOnGround(from[k], pivot, move);
      const away = vec3.distance(pose.translation, eye);
      worth += silhouette.iou(pose, (j) => !members.includes(j) && away < distances[j]);
      if (before) worth -= (COSTS.depth * meanChange(before, silhouette.depths(pose))) / root.size;
    });
    return worth;
  };
  const isFree = (move: GroundMove): boolean =>
    members.every((i, k) => {
      const body = createBody('', bodies[i].colliders, movedOnGround(from[k], pivot, move));
      return others.every((other) => bodyDistance(body, other, -OVERLAP_TOLERANCE) === null);
    });

  const resizes = members.every((i) => freedomOf(confidence[i]) > 0);
  const steps = stepsOf({ unit: root.size, pivot, eye, resizes });
  const search = { worthOf, isFree, steps, maxRounds: MAX_ROUNDS };
  const seen = placed[members[0]].translation;
  const way: Vec3 = [seen[0] - pivot[0], 0, seen[2] - pivot[2]];
  const [roughly] = (resizes ? STARTS : [1])
    .flatMap((factor) => startAt(factor, way, search) ?? [])
    .map((start) => climb(start, STEPS.rough, search))
    .sort((a, b) => b.worth - a.worth);
  const best = roughly && climb(roughly, STEPS.fine, search);
  if (!best || best.worth <= worthOf(UNMOVED) + LEAST_LOSS) return null;
  return { members, pivot, move: best.at, poses: from.map((pose) => movedOnGround(pose, pivot, best.at)) };
}

interface Search {
  /** Size of the body on the ground. */
  unit: number;
  pivot: Vec3;
  eye: Vec3;
  resizes: boolean;
}

/** As far on the way back as is free at that size; null where it is so nowhere. */
function startAt(
  factor: number,
  way: Vec3,
  { worthOf, isFree }: Required<Pick<Climb<GroundMove>, 'worthOf' | 'isFree'>>,
): Rated<GroundMove> | null {
  for (let part = WAY_PARTS; part >= 0; part--) {
    const at = { by: vec3.scale(way, part / WAY_PARTS), turn: 0, factor };
    if (isFree(at)) return { at, worth: worthOf(at) };
  }
  return null;
}

/** Steps along the ground, in turn and in size. */
function stepsOf({ unit, pivot, eye, resizes }: Search): Climb<GroundMove>['steps'] {
  const ray: Vec3 = [pivot[0] - eye[0], 0, pivot[2] - eye[2]];
  const [away, distance] = [vec3.normalize(ray, [0, 0, 1]), Math.max(vec3.length(ray), unit)];
  const across = vec3.cross(away, vec3.UP);
  return ({ by, turn, factor }, share) => {
    const [aside, farther] = [across, away].map((way) => vec3.addScaled(by, way, share * unit));
    const moved = [
      { by: aside, turn, factor },
      { by: farther, turn, factor },
      { by, turn: turn + share, factor },
    ];
    if (!resizes) return moved;
    // Farther away and larger it looks as large as before.
    const inSight = { by: farther, turn, factor: factor * (1 + (share * unit) / distance) };
    return [...moved, { by, turn, factor: factor * Math.exp(share) }, inSight];
  };
}
