/** Short movements of the view; none for those who asked their system for less of it. */
export interface Motion {
  /** Calls `step` with 0 to 1, eased, until it has called it with 1. A movement of the same name replaces another. */
  run(name: string, milliseconds: number, step: (share: number) => void, delay?: number): void;
  /** To be called before each frame. True while anything moves. */
  advance(now: number): boolean;
  /** Brings everything to its end. */
  finish(): void;
}

interface Movement {
  start: number;
  length: number;
  step: (share: number) => void;
}

const ease = (t: number): number => 1 - (1 - t) ** 3;

export function createMotion(): Motion {
  const movements = new Map<string, Movement>();
  const prefersLess = matchMedia('(prefers-reduced-motion: reduce)');
  return {
    run(name, milliseconds, step, delay = 0) {
      const still = prefersLess.matches;
      if (!still) step(0);
      movements.set(name, { start: performance.now() + (still ? 0 : delay), length: still ? 0 : milliseconds, step });
    },
    advance(now) {
      for (const [name, { start, length, step }] of movements) {
        const share = length === 0 ? 1 : Math.min(1, (now - start) / length);
        if (share < 0) continue;
        step(ease(share));
        if (share === 1) movements.delete(name);
      }
      return movements.size > 0;
    },
    finish() {
      for (const { step } of movements.values()) step(1);
      movements.clear();
    },
  };
}
