/** What a person changes about the objects found, until it is sent as hints for another run. */
import { signal } from '@preact/signals';
import type { GenerateRequest, ObjectHint } from '@scenemaker/sdk';
import type { Run, Segment } from './run.js';

/** Pixels of the upright picture. */
export type Added =
  | { kind: 'point'; x: number; y: number }
  | { kind: 'box'; x0: number; y0: number; x1: number; y1: number }
  | { kind: 'words'; words: string };

export interface Corrections {
  /** Masks not wanted, by their position. */
  dropped: ReadonlySet<number>;
  added: readonly Added[];
}

export const NO_CORRECTIONS: Corrections = { dropped: new Set(), added: [] };

/** Undefined: nothing is being corrected. */
export const corrections = signal<Corrections | undefined>(undefined);

export function toggleDropped(index: number): void {
  const { dropped, added } = corrections.value ?? NO_CORRECTIONS;
  const next = new Set(dropped);
  if (!next.delete(index)) next.add(index);
  corrections.value = { dropped: next, added };
}

export function add(added: Added): void {
  const present = corrections.value ?? NO_CORRECTIONS;
  corrections.value = { ...present, added: [...present.added, added] };
}

export function removeAdded(index: number): void {
  const present = corrections.value ?? NO_CORRECTIONS;
  corrections.value = { ...present, added: present.added.filter((_, i) => i !== index) };
}

export const changesNothing = ({ dropped, added }: Corrections): boolean => dropped.size === 0 && added.length === 0;

/** The same picture with the objects as corrected: what stays by its mask, what is new as it was pointed out. */
export function correctedRequest(
  { request, segments }: { request: Run['request']; segments: { value: readonly Segment[] } },
  changes: Corrections,
): GenerateRequest | undefined {
  if (!request) return undefined;
  const kept = segments.value.filter((_, index) => !changes.dropped.has(index)).map(hintOf);
  return { ...request, objects: [...kept, ...changes.added.map(addedHint)] };
}

function hintOf({ mask, label }: Segment): ObjectHint {
  return { mask, ...(label !== '' && label !== 'object' && { words: label }) };
}

function addedHint(added: Added): ObjectHint {
  switch (added.kind) {
    case 'point':
      return { points: [[added.x, added.y]] };
    case 'box':
      return { box: [added.x0, added.y0, added.x1, added.y1] };
    case 'words':
      return { words: added.words };
  }
}
