/**
 * Who each body stands on, and how far away it therefore is.
 *
 * A picture does not say how far away a thing is: a large one afar looks like a small one near. What it stands on
 * says it. So each body is tried on the ground and on every other body, moved in its line of sight until it stands
 * there, which leaves its silhouette as it is; the support that asks for the least change is taken.
 */
import { vec3 } from '../../geometry/index.js';
import { bottomOf, poseOf, scaleAbout, turnBody } from '../collide/body.js';
import type { GroundPlane } from '../collide/overlaps.js';
import { gapTo, type Evidence } from '../support.js';
import { freedomOf, type CoverInput } from './cover-mask.js';
import { placingOrder, standingCost } from './place-costs.js';
import type { Places } from './place.js';
import { isShownInAir } from './unseen-stand.js';

export interface SightInput extends CoverInput {
  ground: GroundPlane | null;
  /** As estimated. */
  sizes: readonly number[];
  evidence: Evidence;
}

/**
 * An object's size is estimated to within this factor, unless its pose is sure. How nearly sure does not matter: it
 * tells how well the picture is matched, and a thing twice as large and as far away matches it as well.
 */
const MAX_FACTOR = 1.7;

/** Sizes from which the way to a support that is not flat is looked for. */
const STARTS = [1, 0.92, 1.08, 0.84, 1.18, 0.75];
const STEPS = 4;
/** Nearer than this share of its size a body touches. */
const TOUCHING_SHARE = 0.01;

/** What sizing a body by a factor e costs, in shares of it that differ from the picture. */
const SIZE_COST = 0.4;

interface Place {
  /** As `Support.on`. */
  on: number;
  /** Silhouette IoU there. */
  shown: number;
  factor: number;
  /** Metres up, after resizing. */
  rise: number;
  cost: number;
}

/** Moves and resizes the bodies that the picture shows. */
export function placeInSight(input: SightInput): Places {
  const { bodies, ground, eye, silhouettes, evidence } = input;
  const on = bodies.map((_, i) => evidence.claims[i]);
  const placed: number[] = [];
  const hanging = new Set<number>();
  for (const i of placingOrder(bodies, evidence)) {
    if (silhouettes[i]) {
      const [here, ...places] = placesOf(input, i, placed);
      const best = places.reduce((least, place) => (place.cost < least.cost ? place : least), here);
      if (ground && (on[i] ?? -1) === -1 && isShownInAir(here.shown, best.shown)) {
        hanging.add(i);
        on[i] = -1;
      } else {
        scaleAbout(bodies[i], eye, best.factor);
        bodies[i].translation = vec3.addScaled(bodies[i].translation, vec3.UP, best.rise);
        if (best.cost < Infinity) on[i] = best.on;
      }
    }
    placed.push(i);
  }
  return { on, hanging };
}

/** Where a body could stand; the first is where it is. */
function placesOf(input: SightInput, i: number, placed: readonly number[]): [Place, ...Place[]] {
  const { bodies, ground, confidence, eye, silhouettes, sizes, evidence } = input;
  const body = bodies[i];
  const { rotation, translation, size } = body;
  const freedom = freedomOf(confidence[i]);
  const limit = freedom > 0 ? MAX_FACTOR : 1;
  const grown = size / sizes[i];
  const claimed = evidence.claims[i];
  const shown = silhouettes[i]?.iou({ rotation, translation, size }) ?? 0;
  const places: [Place, ...Place[]] = [{ on: -1, shown, factor: 1, rise: 0, cost: Infinity }];
  const resize = (factor: number): void => {
    Object.assign(body, { translation, size });
    scaleAbout(body, eye, factor);
  };
  const gapAt = (on: number): number | null =>
    on < 0 ? (ground ? bottomOf(body) - ground.height : null) : gapTo(body, bodies[on]);
  for (const on of [-1, ...placed]) {
    if (claimed !== undefined && on !== claimed) continue;
    for (const start of on < 0 || limit === 1 ? [1] : STARTS) {
      let factor = start;
      resize(factor);
      let gap = gapAt(on);
      for (let step = 0; step < STEPS && gap !== null && Math.abs(gap) > 1e-4 * size; step++) {
        // Where it would touch if what it stands on were level.
        const above = eye[1] - bottomOf(body);
        const next = Math.min(limit / grown, Math.max(1 / limit / grown, factor * (1 + gap / above)));
        if (!(above > 0) || next === factor) break;
        factor = next;
        resize(factor);
        gap = gapAt(on);
      }
      if (gap === null) continue;
      body.translation = vec3.addScaled(body.translation, vec3.UP, -gap);
      const shownThere = silhouettes[i]?.iou(poseOf(body)) ?? 0;
      const cost =
        shown -
        shownThere +
        SIZE_COST * Math.abs(Math.log(factor * grown)) +
        standingCost({ bodies, placed, evidence }, i, on);
      places.push({ on, shown: shownThere, factor, rise: -gap, cost });
      if (Math.abs(gap) < TOUCHING_SHARE * size && start === 1) break;
    }
  }
  Object.assign(body, { translation, size });
  turnBody(body, rotation);
  return places;
}
