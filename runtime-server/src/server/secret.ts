import { createHash, timingSafeEqual } from 'node:crypto';

/** Takes the same time whatever the difference, and whatever the lengths. */
export function sameSecret(expected: string, given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}
