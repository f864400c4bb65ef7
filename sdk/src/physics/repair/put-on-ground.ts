import type { Remedy } from './remedy.js';

export interface PutOnGround {
  /** What each body is known to rest on, as `Support.on`; changed in place. */
  claims: (number | undefined)[];
  /** Puts one body back where it was before the engine had its say, and then where it stands by `claims`; false where nothing shows where that is. */
  replace: (index: number) => boolean;
}

/** What falls off another, whatever is done about it, was not standing there: it is put on the ground. */
export const putOnGround =
  ({ claims, replace }: PutOnGround): Remedy =>
  ({ index, entries, support: { on } }) => {
    if (on === null || on < 0) return null;
    const claimed = claims[index];
    claims[index] = -1;
    if (replace(index)) return `fell off ${entries[on].body.id}: put on the ground`;
    claims[index] = claimed;
    return null;
  };
