/** What keys do while a run is shown. */
import { compareAt, comparing, dialog, type Overlay, playing, selected, toggleOverlay } from './view.js';
import type { Run } from './run.js';
import { command } from './commands.js';
import { undoEdit } from './edit-scene.js';

interface Key {
  /** As `KeyboardEvent.key` has them, letters in lower case. */
  readonly presses: readonly string[];
  /** As the list of keys shows them. */
  readonly shown: string;
  readonly does: string;
  run(run: Run, key: string): void;
}

const TURN = Math.PI / 24;

export const KEYS: readonly Key[] = [
  {
    presses: [' '],
    shown: 'Space',
    does: 'Let physics run, or hold it',
    run: ({ scene }) => (playing.value = scene.value !== undefined && !playing.value),
  },
  { presses: ['r'], shown: 'R', does: 'Put everything back', run: () => command({ kind: 'reset' }) },
  { presses: ['p'], shown: 'P', does: 'Push the selected object', run: pushSelected },
  {
    presses: ['[', ']'],
    shown: '[ ]',
    does: 'Select the previous or next object',
    run: (run, key) => (selected.value = neighbour(run, key === ']' ? 1 : -1)),
  },
  { presses: ['Escape'], shown: 'Esc', does: 'Select nothing', run: () => (selected.value = undefined) },
  {
    presses: ['v'],
    shown: 'V',
    does: 'Compare with the picture; ← and → move the divide',
    run: ({ scene }) => (comparing.value = scene.value !== undefined && !comparing.value),
  },
  overlayKey('c', 'colliders', 'Show colliders'),
  overlayKey('t', 'contacts', 'Show contacts'),
  overlayKey('m', 'masses', 'Show centres of mass'),
  overlayKey('s', 'supports', 'Show what rests on what'),
  { presses: ['z'], shown: 'Z', does: 'Take back the last edit', run: undoEdit },
  { presses: ['f'], shown: 'F', does: 'Everything in view', run: () => command({ kind: 'frame' }) },
  {
    presses: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', '+', '-'],
    shown: '← → ↑ ↓ + −',
    does: 'Turn the scene, nearer, farther',
    run: (_, key) => look(key),
  },
  { presses: ['?'], shown: '?', does: 'This list', run: () => (dialog.value = 'help') },
];

/** Gives what ends it. Keys typed into a field are left alone. */
export function listenForKeys(run: Run): () => void {
  const listen = (event: KeyboardEvent): void => {
    const { target, ctrlKey, metaKey, altKey } = event;
    const isCommand = ctrlKey || metaKey;
    if (altKey || (isCommand && event.key !== 'z') || dialog.value !== undefined) return;
    const element = target instanceof Element ? target : undefined;
    if (element?.closest('input, select, textarea')) return;
    if (event.key === ' ' && element?.closest('button, a, summary')) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const pressed = KEYS.find(({ presses }) => presses.includes(key));
    if (!pressed) return;
    pressed.run(run, key);
    event.preventDefault();
  };
  addEventListener('keydown', listen);
  return () => removeEventListener('keydown', listen);
}

function overlayKey(key: string, overlay: Overlay, does: string): Key {
  return { presses: [key], shown: key.toUpperCase(), does, run: () => toggleOverlay(overlay) };
}

function pushSelected(): void {
  if (selected.value !== undefined) command({ kind: 'push', id: selected.value });
}

function look(key: string): void {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowRight':
      return sideways(key === 'ArrowRight' ? 1 : -1);
    case 'ArrowUp':
    case 'ArrowDown':
      return command({ kind: 'orbit', aside: 0, up: key === 'ArrowUp' ? TURN : -TURN, nearer: 1 });
    default:
      return command({ kind: 'orbit', aside: 0, up: 0, nearer: key === '+' ? 0.9 : 1 / 0.9 });
  }
}

function sideways(direction: 1 | -1): void {
  if (comparing.value) compareAt.value = Math.min(1, Math.max(0, compareAt.value + 0.05 * direction));
  else command({ kind: 'orbit', aside: -TURN * direction, up: 0, nearer: 1 });
}

function neighbour(run: Run, step: 1 | -1): string | undefined {
  const ids = (run.scene.value ?? run.estimated.value)?.objects.map(({ id }) => id) ?? [];
  const at = selected.value === undefined ? -1 : ids.indexOf(selected.value);
  if (at < 0) return step === 1 ? ids[0] : ids.at(-1);
  return ids[(at + step + ids.length) % ids.length];
}
