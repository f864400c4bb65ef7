/** The search for the pose that suits the picture best: small steps, as long as each gains something. */

export interface Rated<T> {
  at: T;
  worth: number;
}

export interface Climb<T> {
  worthOf: (at: T) => number;
  /** Where steps of that length lead to; of a negative length the other way. */
  steps: (from: T, length: number) => readonly T[];
  /** Asked where a step would gain; absent: every place is free. */
  isFree?: (at: T) => boolean;
  /** How often steps of one length are tried at most. */
  maxRounds: number;
}

/** What a step must gain. */
const LEAST_GAIN = 1e-3;

/** From the start with steps of each length in turn. */
export function climb<T>(
  start: Rated<T>,
  lengths: readonly number[],
  { worthOf, steps, isFree = () => true, maxRounds }: Climb<T>,
): Rated<T> {
  let best = start;
  for (const length of lengths) {
    for (let round = 0, better = true; better && round < maxRounds; round++) {
      better = false;
      for (const way of [length, -length]) {
        for (const at of steps(best.at, way)) {
          const worth = worthOf(at);
          if (worth > best.worth + LEAST_GAIN && isFree(at)) [best, better] = [{ at, worth }, true];
        }
      }
    }
  }
  return best;
}
