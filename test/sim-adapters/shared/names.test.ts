import { expect, test } from 'vitest';
import { safeNames } from '../../../sim-adapters/src/shared/names.js';

test('safe ids stay as they are', () => {
  expect(safeNames(['object-1', 'Mug_2'])).toEqual(['object-1', 'Mug_2']);
});

test('spaces, quotes, slashes, accents and other scripts become letters, digits and underscores', () => {
  const ids = ['my "best" mug', '../etc/passwd', 'tasse à café', '杯子', '', '1st', '-x-', 'a'.repeat(500), '\u0000'];
  const names = safeNames(ids);
  for (const name of names) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9_-]{0,70}$/);
  expect(names.slice(0, 3)).toEqual(['my_best_mug', 'etc_passwd', 'tasse_a_cafe']);
});

test('no two names are alike, whatever the case', () => {
  const names = safeNames(['Mug', 'mug', 'mug_2', 'mug!', '杯', '子']);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
});

test('names with a meaning of their own are left to it', () => {
  expect(safeNames(['world', 'CON', 'ground'])).toEqual(['object_world', 'object_CON', 'object_ground']);
});

test('identifiers without hyphens', () => {
  expect(safeNames(['object-1'], '')).toEqual(['object_1']);
});
