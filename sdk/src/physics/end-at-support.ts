/**
 * What was not seen of an object ends where it stands.
 *
 * Where distances were measured, what is seen of an object is where it is, and so is the ground. What was made up
 * behind and below may reach through the ground or through what carries it, or end above the ground: then that is
 * wrong, not the place of the object. Where the picture does not show its foot, all that is below what is seen is
 * pressed together or drawn out until it ends there; else what reaches through the ground is drawn up to it, unless
 * the object is seen below it, too.
 */
import { vec3, type Mesh } from '../geometry/index.js';
import type { SceneDescription } from '../scene/index.js';
import { endInSight } from './end-in-sight.js';
import { endedAt, isUnder, lowestOf, placedMesh, redrawnBelow, type Redrawn } from './redraw-below.js';
import { createSilhouettes } from './silhouette.js';
import { isFootSeen, seenAround } from './support-evidence.js';

/** Less than this share of the height is nothing. */
const MIN_SHARE = 1e-3;
/** Objects that are deeper in by more than this share of their height, and are seen below the ground, are elsewhere. */
const MAX_SHARE = 0.25;
/** They are seen there from so far below it on, share of their height. */
const SEEN_BELOW_SHARE = 0.05;
/** What is not seen is made longer by at most this share of the height. */
const MAX_GROWTH = 0.5;
/** An object carries another from this share of that one's columns on that it is seen right below. */
const CARRYING_SHARE = 0.25;

export interface EndedScene {
  description: SceneDescription;
  /** For each object what was done to it, in words; empty: nothing. */
  notes: string[];
}

/** The scene given stays as it was. Where sizes are known, or no ground was seen, nothing is done. */
export function endAtSupport(description: SceneDescription): EndedScene {
  const { scale, ground, objects } = description;
  if (scale.source === 'known-size' || ground.confidence === 0) return { description, notes: objects.map(() => '') };
  const ended = scale.source === 'depth' ? endAsMeasured(description) : endInSight(description);
  return {
    description: { ...description, objects: ended.map((found, i) => found?.object ?? objects[i]) },
    notes: ended.map((found) => found?.note ?? ''),
  };
}

function endAsMeasured(description: SceneDescription): (Redrawn | null)[] {
  const { ground, objects } = description;
  const seen = seenAround(description);
  const silhouettes = createSilhouettes(description);
  const placed = objects.map(placedMesh);
  return objects.map((object, i) => {
    const { min, max } = placed[i].box;
    const height = max[1] - min[1];
    const under = objects.flatMap((_, j) => (j !== i && isUnder(placed[j].box, placed[i].box) ? [j] : []));
    const carriers = under.filter((j) => (seen[i]?.below[j] ?? 0) >= CARRYING_SHARE);
    const middle = [(min[0] + max[0]) / 2, (min[2] + max[2]) / 2] as const;
    const top = Math.max(ground.height, ...carriers.map((j) => surfaceAt(placed[j].mesh, middle)));
    const lowest = lowestOf(silhouettes[i]?.heights(object.pose));
    // The top of what carries it was not seen either.
    const floor = top > ground.height && top < lowest + SEEN_BELOW_SHARE * height ? Math.min(top, lowest) : top;
    const depth = floor - min[1];
    if (Math.abs(depth) <= MIN_SHARE * height) return null;
    if (!isFootSeen(seen[i]) && lowest >= floor) {
      if (depth < 0 && (-depth > MAX_GROWTH * height || under.length > 0)) return null;
      return endedAt(object, placed[i].box, lowest, floor);
    }
    const sunk = ground.height - min[1];
    const isElsewhere = sunk > MAX_SHARE * height && lowest < ground.height - SEEN_BELOW_SHARE * height;
    if (sunk <= MIN_SHARE * height || isElsewhere) return null;
    const note = `its lowest ${((100 * sunk) / height).toFixed(0)} %, below the ground, was cut off`;
    return { object: redrawnBelow(object, ground.height, 0), note };
  });
}

/** How high a mesh reaches at a point of the ground; -Infinity where it is not over it. */
function surfaceAt({ positions, indices }: Mesh, [x, z]: readonly [number, number]): number {
  let highest = -Infinity;
  for (let i = 0; i < indices.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => vec3.at(positions, indices[i + k]));
    const double = (b[0] - a[0]) * (c[2] - a[2]) - (c[0] - a[0]) * (b[2] - a[2]);
    const v = ((x - a[0]) * (c[2] - a[2]) - (c[0] - a[0]) * (z - a[2])) / double;
    const w = ((b[0] - a[0]) * (z - a[2]) - (x - a[0]) * (b[2] - a[2])) / double;
    if (v >= 0 && w >= 0 && v + w <= 1) highest = Math.max(highest, a[1] + v * (b[1] - a[1]) + w * (c[1] - a[1]));
  }
  return highest;
}
