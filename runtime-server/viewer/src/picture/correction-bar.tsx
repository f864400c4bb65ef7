/** What was corrected so far, words for what is missing, and the way to another run. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import {
  add,
  type Added,
  changesNothing,
  correctedRequest,
  corrections,
  NO_CORRECTIONS,
  removeAdded,
  toggleDropped,
} from '../state/corrections.js';
import type { Run } from '../state/run.js';
import { start } from '../state/runs.js';
import { Button } from '../ui/controls.js';
import { Icon } from '../ui/icons.js';
import { nameOf } from './palette.js';

export function CorrectionBar({ run }: { run: Run }): JSX.Element {
  const words = useSignal('');
  const changes = corrections.value ?? NO_CORRECTIONS;
  const typed = words.value.trim();
  // Words that nobody pressed Add for are meant, too.
  const all =
    typed === '' ? changes : { ...changes, added: [...changes.added, { kind: 'words' as const, words: typed }] };
  const request = correctedRequest(run, all);
  const isEmpty = request?.objects?.length === 0;

  const rerun = (): void => {
    // What is still under way would be of no use any more.
    if (request) void start(async () => ({ name: run.name, request })).then(() => run.job.cancel());
  };
  return (
    <div class="correction">
      <p>
        <b>Click an object to drop it, elsewhere to add one.</b> Drag a box around what was missed, or say what it is.
      </p>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed !== '') add({ kind: 'words', words: typed });
          words.value = '';
        }}
      >
        <input
          type="text"
          maxLength={200}
          placeholder="red mug"
          aria-label="Words for an object"
          value={words.value}
          onInput={({ currentTarget }) => (words.value = currentTarget.value)}
        />
        <button type="submit" class="button" disabled={typed === ''}>
          Add
        </button>
      </form>
      {!changesNothing(changes) && (
        <ul class="chips">
          {[...changes.dropped].map((index) => (
            <li key={`dropped-${index}`}>
              <Chip
                text={`Drop ${nameOf({ id: `object-${index + 1}`, label: run.segments.value[index]?.label ?? '' })}`}
                onRemove={() => toggleDropped(index)}
              />
            </li>
          ))}
          {changes.added.map((added, index) => (
            <li key={`added-${index}`}>
              <Chip text={`Add ${describe(added)}`} onRemove={() => removeAdded(index)} />
            </li>
          ))}
        </ul>
      )}
      <div class="row end">
        {isEmpty && <small class="muted">Keep or add at least one object.</small>}
        <Button kind="quiet" onClick={() => (corrections.value = undefined)}>
          Cancel
        </Button>
        <Button kind="primary" disabled={changesNothing(all) || isEmpty} onClick={rerun}>
          Make the scene again
        </Button>
      </div>
    </div>
  );
}

function Chip({ text, onRemove }: { text: string; onRemove: () => void }): JSX.Element {
  return (
    <button type="button" class="chip" aria-label={`Take back: ${text}`} onClick={onRemove}>
      {text}
      <Icon name="close" />
    </button>
  );
}

function describe(added: Added): string {
  switch (added.kind) {
    case 'point':
      return `what is at ${Math.round(added.x)}, ${Math.round(added.y)}`;
    case 'box':
      return `what is in the box of ${Math.round(added.x1 - added.x0)} × ${Math.round(added.y1 - added.y0)}`;
    case 'words':
      return `“${added.words}”`;
  }
}
