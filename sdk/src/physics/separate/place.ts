/** Puts each body where picture and depth say that it stands, before anything is asked of its neighbours. */
import type { Vec3 } from '../../geometry/index.js';
import { coverMasks } from './cover-mask.js';
import { placeAsMeasured, type MeasuredInput } from './place-as-measured.js';
import { placeInSight } from './place-in-sight.js';

export interface PlaceInput extends MeasuredInput {
  /** Where the picture was taken from; null: the picture has no say. */
  eye: Vec3 | null;
  /** Whether distances were measured. */
  measured: boolean;
  /** As estimated. */
  sizes: readonly number[];
}

export interface Places {
  /** What each body was put on, or was claimed to rest on, as `Support.on`. */
  on: (number | undefined)[];
  /** Those that the picture shows in the air: they need a stand. */
  hanging: Set<number>;
}

/** Moves and resizes the bodies. */
export function placeBodies({ eye, measured, ...input }: PlaceInput): Places {
  if (!eye) return { on: [...input.evidence.claims], hanging: new Set() };
  if (measured) return placeAsMeasured(input);
  coverMasks({ ...input, eye });
  return placeInSight({ ...input, eye });
}
