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

/** Moves and resizes the bodies; returns what each was put on, or was claimed to rest on. */
export function placeBodies({ eye, measured, ...input }: PlaceInput): readonly (number | undefined)[] {
  if (!eye) return input.evidence.claims;
  if (measured) return placeAsMeasured(input);
  coverMasks({ ...input, eye });
  return placeInSight({ ...input, eye });
}
