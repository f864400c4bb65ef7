/** Puts the bodies of a scene where they stand, apart from each other, and keeps what is to be said of it. */
import { createBody, poseOf, type Body } from '../collide/body.js';
import { physicalProperties } from '../mass.js';
import type { PreparedScene } from '../prepare.js';
import { degrees } from '../repair/remedy.js';
import type { Pose } from '../../scene/index.js';
import type { Sight } from '../sight.js';
import { findSupports, type Support } from '../support.js';
import { placeBodies } from './place.js';
import { separate } from './solver.js';
import { standUpright } from './stay-upright.js';
import { addStand } from './unseen-stand.js';

/** Changes the bodies of the scene that it was made of. To be called in this order. */
export interface Arrangement {
  /** Lays flat faces on the level. */
  standUpright(): void;
  /** Moves each body to where it stands by the picture, sizes it, and weighs it anew. */
  place(): void;
  /** Grounds and parts the bodies, and gives stands to what hangs in the air; returns what each rests on. */
  part(): Support[];
  /** The same after bodies were changed; the picture has no say any more. */
  regroup(): Support[];
  /** Puts one body back where it was parted from the others, and places it anew by its claim; false where the picture does not show it. */
  replace(index: number): boolean;
  /** Weighs a body of another size anew; a centre of mass that was lowered stays so. */
  reweigh(index: number): void;
  /** Where the picture and what each body stands on put it, before it had to give way. */
  readonly placed: readonly Pose[];
  /** What each body is known to rest on, as `Support.on`; may be changed before a body is placed anew. */
  readonly claims: (number | undefined)[];
  /** What was done to each body, in words. */
  readonly said: readonly (readonly string[])[];
}

const SAID_OF_STAND = 'the picture shows it in the air: it got a stand that is not seen';
/** A change of size is worth a word from this share on. */
const SAID_FACTOR = 0.01;

export function createArrangement(
  { ground, objects, entries, notes, masses, overrides }: PreparedScene,
  { eye, measured, confidence, silhouettes, evidence }: Sight,
): Arrangement {
  const said = notes.map((note) => (note === '' ? [] : [note]));
  const claims = [...evidence.claims];
  const sizes = entries.map(({ body }) => body.size);
  const placed = entries.map(({ body }) => poseOf(body));
  let parted = placed;

  const bodies = (): Body[] => entries.map(({ body }) => body);
  const input = () => ({ bodies: bodies(), ground, confidence, silhouettes, eye, measured });
  const claimed = () => ({ ...evidence, claims });
  const weigh = (i: number): void => {
    entries[i].properties = physicalProperties(objects[i].label, masses[i], entries[i].body.size, overrides[i]);
  };
  let hanging: ReadonlySet<number> = new Set();
  const giveStands = (of: ReadonlySet<number>): void => {
    for (const i of of) {
      addStand(
        entries[i].body,
        ground.height,
        bodies().filter((_, j) => j !== i),
      );
      said[i].push(SAID_OF_STAND);
    }
  };

  return {
    claims,
    said,
    placed,
    standUpright() {
      entries.forEach(({ body, properties }, i) => {
        const lean = standUpright(body, properties.centerOfMass.value, silhouettes[i]);
        if (lean > 0.05) said[i].push(`stood upright by ${degrees(lean)}`);
      });
    },
    place() {
      const places = placeBodies({ ...input(), sizes, evidence });
      places.on.forEach((on, i) => (claims[i] = on));
      hanging = places.hanging;
      entries.forEach(({ body }, i) => {
        const factor = body.size / sizes[i];
        if (Math.abs(factor - 1) > SAID_FACTOR)
          said[i].push(`sized to ${(100 * factor).toFixed(0)} % by the picture and what it rests on`);
        if (factor !== 1) weigh(i);
        placed[i] = poseOf(body);
      });
    },
    part() {
      separate({ ...input(), hanging, evidence: claimed() });
      // Last, so that no stand is in the way of what is seen.
      giveStands(hanging);
      const supports = findSupports(bodies(), ground, claimed());
      supports.forEach(({ on }, i) => (claims[i] = on ?? undefined));
      parted = entries.map(({ body }) => poseOf(body));
      return supports;
    },
    regroup: () => separate({ ...input(), eye: null, evidence: claimed() }),
    replace(index) {
      if (!eye || !silhouettes[index]) return false;
      entries[index].body = createBody(objects[index].id, objects[index].colliders, parted[index]);
      const alone = silhouettes.map((silhouette, k) => (k === index ? silhouette : null));
      giveStands(placeBodies({ ...input(), sizes, silhouettes: alone, evidence: claimed() }).hanging);
      weigh(index);
      placed[index] = poseOf(entries[index].body);
      return true;
    },
    reweigh(index) {
      const { centerOfMass } = entries[index].properties;
      weigh(index);
      entries[index].properties = { ...entries[index].properties, centerOfMass };
    },
  };
}
