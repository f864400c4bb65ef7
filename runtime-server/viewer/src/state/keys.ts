/** What keys do while a run is shown. */
import { compareAt, comparing, dialog, type Overlay, playing, selected, toggleOverlay } from './view.js';
import type { Run } from './run.js';
import { command } from './commands.js';

export const KEYS: readonly { keys: string; does: string }[] = [
  { keys: 'Space', does: 'Let physics run, or hold it' },
  { keys: 'R', does: 'Put everything back' },
  { keys: 'P', does: 'Push the selected object' },
  { keys: '[ ]', does: 'Select the previous or next object' },
  { keys: 'Esc', does: 'Select nothing' },
  { keys: 'V', does: 'Compare with the picture; ← and → move the divide' },
  { keys: 'C', does: 'Show colliders' },
  { keys: 'T', does: 'Show contacts' },
  { keys: 'M', does: 'Show centres of mass' },
  { keys: 'S', does: 'Show what rests on what' },
  { keys: 'F', does: 'Everything in view' },
  { keys: '← → ↑ ↓ + −', does: 'Turn the scene, nearer, farther' },
  { keys: '?', does: 'This list' },
];

const OVERLAY_KEYS: Readonly<Record<string, Overlay>> = { c: 'colliders', t: 'contacts', m: 'masses', s: 'supports' };
const TURN = Math.PI / 24;

/** Gives what ends it. Keys typed into a field are left alone. */
export function listenForKeys(run: Run): () => void {
  const listen = (event: KeyboardEvent): void => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || dialog.value !== undefined) return;
    const element = target instanceof Element ? target : undefined;
    if (element?.closest('input, select, textarea')) return;
    if (key === ' ' && element?.closest('button, a, summary')) return;
    if (perform(key, run)) event.preventDefault();
  };
  addEventListener('keydown', listen);
  return () => removeEventListener('keydown', listen);
}

function perform(key: string, run: Run): boolean {
  const overlay = OVERLAY_KEYS[key.toLowerCase()];
  if (overlay) {
    toggleOverlay(overlay);
    return true;
  }
  switch (key) {
    case ' ':
      playing.value = run.scene.value !== undefined && !playing.value;
      return true;
    case 'r':
    case 'R':
      command({ kind: 'reset' });
      return true;
    case 'p':
    case 'P':
      if (selected.value !== undefined) command({ kind: 'push', id: selected.value });
      return true;
    case '[':
    case ']':
      selected.value = neighbour(run, key === ']' ? 1 : -1);
      return true;
    case 'Escape':
      selected.value = undefined;
      return true;
    case 'v':
    case 'V':
      comparing.value = run.scene.value !== undefined && !comparing.value;
      return true;
    case 'f':
    case 'F':
      command({ kind: 'frame' });
      return true;
    case '?':
      dialog.value = 'help';
      return true;
    case 'ArrowLeft':
    case 'ArrowRight':
      return sideways(key === 'ArrowRight' ? 1 : -1);
    case 'ArrowUp':
    case 'ArrowDown':
      command({ kind: 'orbit', aside: 0, up: key === 'ArrowUp' ? TURN : -TURN, nearer: 1 });
      return true;
    case '+':
    case '-':
      command({ kind: 'orbit', aside: 0, up: 0, nearer: key === '+' ? 0.9 : 1 / 0.9 });
      return true;
    default:
      return false;
  }
}

function sideways(direction: 1 | -1): boolean {
  if (comparing.value) compareAt.value = Math.min(1, Math.max(0, compareAt.value + 0.05 * direction));
  else command({ kind: 'orbit', aside: -TURN * direction, up: 0, nearer: 1 });
  return true;
}

function neighbour(run: Run, step: 1 | -1): string | undefined {
  const ids = (run.scene.value ?? run.estimated.value)?.objects.map(({ id }) => id) ?? [];
  const at = selected.value === undefined ? -1 : ids.indexOf(selected.value);
  if (at < 0) return step === 1 ? ids[0] : ids.at(-1);
  return ids[(at + step + ids.length) % ids.length];
}
