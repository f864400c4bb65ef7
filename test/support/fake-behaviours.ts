/** What the fake pipeline does for each seed. */
export const FAKE = ['finish', 'block', 'exit', 'segfault', 'refuse', 'slow', 'stages', 'wait'] as const;

export function seedOf(behaviour: (typeof FAKE)[number]): number {
  return FAKE.indexOf(behaviour);
}
