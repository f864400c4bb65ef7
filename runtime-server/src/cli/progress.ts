/** Progress on a terminal: one line that changes, or, where the output is no terminal, a line for each step. */

export interface Progress {
  /** `fraction` of `step`, 0 to 1. Steps may overlap. */
  update(step: string, fraction: number): void;
  /** A line that stays. */
  note(text: string): void;
  /** Removes the changing line. */
  end(): void;
}

/** What of a stream is needed here. */
export interface ProgressStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const BAR = 24;
const NAME = 16;
const CLEAR = '\r\u001b[2K';
/** The changing line is drawn no more often, milliseconds. */
const REDRAW_MILLIS = 80;

export function createProgress(stream: ProgressStream, now: () => number = () => performance.now()): Progress {
  const live = stream.isTTY === true;
  const started = new Map<string, number>();
  const finished = new Set<string>();
  let drawn = -Infinity;
  const line = (text: string): void => void stream.write(`${live ? CLEAR : ''}${text}\n`);
  return {
    update(step, fraction) {
      if (finished.has(step)) return;
      const begin = started.get(step) ?? now();
      started.set(step, begin);
      const seconds = (now() - begin) / 1000;
      if (fraction >= 1) {
        finished.add(step);
        line(`  ${step.padEnd(NAME)} ${seconds.toFixed(1).padStart(6)} s`);
        drawn = -Infinity;
      } else if (live && now() - drawn >= REDRAW_MILLIS) {
        drawn = now();
        const filled = Math.floor(BAR * Math.max(0, fraction));
        const bar = '█'.repeat(filled) + '░'.repeat(BAR - filled);
        const text = `  ${step.padEnd(NAME)} ${seconds.toFixed(1).padStart(6)} s  ${bar} ${Math.floor(100 * fraction)} %`;
        stream.write(CLEAR + text.slice(0, Math.max(20, (stream.columns ?? 80) - 1)));
      }
    },
    note: line,
    end() {
      if (live) stream.write(CLEAR);
    },
  };
}
