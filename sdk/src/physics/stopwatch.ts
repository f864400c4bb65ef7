/** Seconds on the wall clock by step. */
export interface Stopwatch {
  /** Adds the time since the last lap to the step's. */
  lap(step: string): void;
  laps(): Record<string, number>;
}

export function createStopwatch(): Stopwatch {
  const seconds: Record<string, number> = {};
  let last = performance.now();
  return {
    lap(step) {
      const now = performance.now();
      seconds[step] = (seconds[step] ?? 0) + (now - last) / 1000;
      last = now;
    },
    laps: () => ({ ...seconds }),
  };
}
