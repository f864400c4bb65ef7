import { describe, expect, test } from 'vitest';
import { isAccepted, isFreeLicense } from '../../../../runtime-server/src/models/pull/licenses.js';

describe('a licence', () => {
  test.each(['MIT', 'Apache-2.0', 'apache-2.0', 'MIT AND Apache-2.0'])('%s is free', (license) => {
    expect(isFreeLicense(license)).toBe(true);
    expect(isAccepted(license, [])).toBe(true);
  });

  test.each([
    'CC-BY-NC-4.0',
    'FLUX.1 [dev] Non-Commercial License',
    'MIT AND CC-BY-NC-4.0',
    'Stability AI Community License',
    'proprietary',
    'unknown',
    'MIT OR CC-BY-NC-4.0',
  ])('%s is taken only when it is named', (license) => {
    expect(isAccepted(license, [])).toBe(false);
    expect(isAccepted(license, ['MIT', 'Apache-2.0'])).toBe(false);
    expect(isAccepted(license, [license])).toBe(true);
  });

  test('of several, those that are not free are named', () => {
    expect(isAccepted('MIT AND CC-BY-NC-4.0', ['cc-by-nc-4.0'])).toBe(true);
    expect(isAccepted('OpenRAIL AND CC-BY-NC-4.0', ['CC-BY-NC-4.0'])).toBe(false);
  });
});
