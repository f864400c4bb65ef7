import { expect, test } from 'vitest';
import { fuzzSessions } from '../../support/fuzz.js';

/** A million were run once: SCENEMAKER_FUZZ_CASES=1000000. */
const CASES = Number(process.env['SCENEMAKER_FUZZ_CASES'] ?? 100_000);
const SEED = Number(process.env['SCENEMAKER_FUZZ_SEED'] ?? 1);

test(
  `${CASES} hostile frames (seed ${SEED}) are answered with messages of the protocol, and no defect`,
  async () => {
    const { sessions, answers, codes, closedWith } = await fuzzSessions(CASES, SEED);
    expect([...codes]).toEqual(expect.arrayContaining(['bad-request', 'job-unknown']));
    expect([...codes]).not.toContain('internal');
    expect(closedWith).toContain(4400);
    expect([1000, 4400]).toEqual(expect.arrayContaining([...closedWith]));
    expect(sessions).toBeGreaterThan(CASES / 100);
    expect(answers).toBeGreaterThan(CASES / 2);
  },
  CASES * 6,
);
