/** Licences that let everybody use a model for everything. Any other is taken only when somebody names it. */
const FREE = [
  'Apache-2.0',
  'MIT',
  'MIT-0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  '0BSD',
  'Zlib',
  'Unlicense',
  'CC0-1.0',
  'CC-BY-4.0',
];

/** Whether all of `Apache-2.0 AND MIT` are free; names are compared without regard to case. */
export function isFreeLicense(license: string): boolean {
  return parts(license).every((part) => FREE.some((free) => isSame(free, part)));
}

/** Whether everything in `license` that is not free was named. */
export function isAccepted(license: string, accepted: readonly string[]): boolean {
  return (
    accepted.some((name) => isSame(name, license)) ||
    parts(license).every((part) => isFreeLicense(part) || accepted.some((name) => isSame(name, part)))
  );
}

const parts = (license: string): string[] => license.split(/ +AND +/);
const isSame = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();
