/** What the fake pipeline does for each seed. `large`: a scene of as many megabytes as objects are wanted. */
export const FAKE = ['finish', 'block', 'exit', 'segfault', 'refuse', 'slow', 'stages', 'wait', 'large'] as const;

export function seedOf(behaviour: (typeof FAKE)[number]): number {
  return FAKE.indexOf(behaviour);
}
