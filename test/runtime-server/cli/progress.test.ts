import { expect, test } from 'vitest';
import { createProgress } from '../../../runtime-server/src/cli/progress.js';

/** A stream that keeps what is written, with a clock that is set by hand. */
function record(isTTY: boolean) {
  const written: string[] = [];
  const clock = { millis: 0 };
  const stream = { isTTY, columns: 80, write: (text: string) => written.push(text) };
  return { written, clock, progress: createProgress(stream, () => clock.millis) };
}

test('where there is no terminal, each step is one line when it is done', () => {
  const { written, clock, progress } = record(false);
  progress.update('segment', 0);
  progress.update('segment', 0.5);
  clock.millis = 1500;
  progress.update('segment', 1);
  progress.update('segment', 1);
  progress.end();
  expect(written).toEqual(['  segment             1.5 s\n']);
});

test('on a terminal, one line changes and gives way to lines that stay', () => {
  const { written, clock, progress } = record(true);
  progress.update('segment', 0.5);
  expect(written.at(-1)).toMatch(/\r.*segment.*█+░+ 50 %$/);
  clock.millis = 10;
  progress.update('segment', 0.6);
  expect(written).toHaveLength(1);
  clock.millis = 200;
  progress.update('segment', 1);
  expect(written.at(-1)).toMatch(/segment +0\.2 s\n$/);
  progress.note('a note');
  expect(written.at(-1)).toMatch(/a note\n$/);
  progress.end();
  expect(written.at(-1)).not.toContain('\n');
});

test('a line never wraps', () => {
  const written: string[] = [];
  const stream = { isTTY: true, columns: 30, write: (text: string) => written.push(text) };
  createProgress(stream).update('a step with a long name', 0.5);
  // Control characters at the start take no room.
  expect(written.join('').length).toBeLessThan(30 + 5);
});
