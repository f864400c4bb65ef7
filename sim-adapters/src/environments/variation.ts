/** Starts that differ: groups of things are shifted and turned a little, where nothing comes to overlap. */
import { createRandom, type Pose, quat, type Random, type SceneDescription, vec3, type Vec3 } from '@scenemaker/sdk';
import { bodyDistance, createBody, type Body } from '@scenemaker/sdk/physics';
import { GROUND_NAME, indexScene, supportsOf } from '@scenemaker/sdk/queries';

export interface Variation {
  /** The farthest a group is shifted along the ground, metres. */
  meters: number;
  /** The most it is turned about the vertical, radians. */
  radians: number;
}

export const VARIATION_DEFAULTS: Variation = { meters: 0.02, radians: 0.2 };

/** Each try may go half as far as the one before. */
const TRIES = 6;

/**
 * A pose for each object of the scene. What stands on the ground moves, together with all that rests on it;
 * things that rest on several others keep them together. A group that has no room stays. The same seed gives
 * the same poses.
 */
export function varyPoses(scene: SceneDescription, seed: number, { meters, radians }: Variation): Pose[] {
  const random = createRandom(seed);
  const index = indexScene(scene);
  const bodies = [...index.bodies];
  for (const group of groupsOnGround(supportsOf(index), scene)) {
    for (let reach = 1, tries = 0; tries < TRIES; tries++, reach /= 2) {
      const moved = moveGroup(
        group.map((i) => bodies[i]),
        random,
        reach * meters,
        reach * radians,
      );
      const others = bodies.filter((_, i) => !group.includes(i));
      if (!moved.every((body) => staysOnGround(body, scene) && isClear(body, others))) continue;
      group.forEach((i, k) => (bodies[i] = moved[k]));
      break;
    }
  }
  return bodies.map(({ rotation, translation, size }) => ({ rotation, translation, size }));
}

/** Objects that are linked by resting on each other; the groups that touch the ground. */
function groupsOnGround(supports: Map<string, string[]>, { objects }: SceneDescription): number[][] {
  const ids = objects.map(({ id }) => id);
  const group = new Map(ids.map((id) => [id, id]));
  const rootOf = (id: string): string => {
    let root = id;
    for (let up = group.get(root); up !== undefined && up !== root; up = group.get(root)) root = up;
    return root;
  };
  for (const [id, on] of supports)
    for (const other of on) if (other !== GROUND_NAME) group.set(rootOf(id), rootOf(other));
  const members = new Map<string, number[]>();
  for (const [i, id] of ids.entries()) members.set(rootOf(id), [...(members.get(rootOf(id)) ?? []), i]);
  return Array.from(members.values()).filter((linked) =>
    linked.some((i) => supports.get(ids[i])?.includes(GROUND_NAME)),
  );
}

function moveGroup(bodies: readonly Body[], random: Random, meters: number, radians: number): Body[] {
  const angle = random.range(0, 2 * Math.PI);
  const way = meters * Math.sqrt(random.next());
  const turn = quat.fromAxisAngle(vec3.UP, random.range(-radians, radians));
  const shift: Vec3 = [way * Math.cos(angle), 0, way * Math.sin(angle)];
  const center = vec3.scale(
    bodies.reduce((sum, { translation }) => vec3.add(sum, translation), vec3.ZERO),
    1 / bodies.length,
  );
  return bodies.map(({ id, colliders, rotation, translation, size }) =>
    createBody(id, colliders, {
      rotation: quat.multiply(turn, rotation),
      translation: vec3.add(vec3.add(center, shift), quat.rotate(turn, vec3.sub(translation, center))),
      size,
    }),
  );
}

const staysOnGround = ({ translation }: Body, { ground }: SceneDescription): boolean =>
  Math.abs(translation[0] - ground.center[0]) <= ground.halfExtent &&
  Math.abs(translation[2] - ground.center[1]) <= ground.halfExtent;

const isClear = (body: Body, others: readonly Body[]): boolean =>
  others.every((other) => bodyDistance(body, other, 0) === null);
