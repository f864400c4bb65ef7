/** The objects found, and all about the one that is selected. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { cssColorOf, indexOfId, nameOf } from '../picture/palette.js';
import { undoEdit } from '../state/edit-scene.js';
import { isWaitingForPlace, objectsSoFar } from '../state/provisional.js';
import { isWaiting, type Run } from '../state/run.js';
import { hovered, selected } from '../state/view.js';
import { length, mass } from '../ui/measures.js';
import { Button } from '../ui/controls.js';
import { ObjectForm } from './object-form.js';

export function ObjectsPanel({ run }: { run: Run }): JSX.Element {
  const objects = objectsSoFar(run);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-pressed=true]')?.scrollIntoView({ block: 'nearest' });
  }, [selected.value]);
  if (objects.length === 0) {
    return (
      <p class="empty">
        {isWaiting(run) ? 'Objects are listed here as soon as they have a shape.' : 'There are no objects.'}
      </p>
    );
  }
  const chosen = objects.find((object) => object.id === selected.value && !isWaitingForPlace(run, object));
  return (
    <>
      <ul class="objects" ref={list}>
        {objects.map((object) => (
          <li key={object.id}>
            <button
              type="button"
              aria-pressed={object.id === selected.value}
              data-hovered={object.id === hovered.value}
              onClick={() => (selected.value = object.id === selected.value ? undefined : object.id)}
              onPointerEnter={() => (hovered.value = object.id)}
              onPointerLeave={() => (hovered.value = undefined)}
            >
              <i style={{ background: cssColorOf(indexOfId(object.id)) }} />
              <span>{nameOf(object)}</span>
              <small>
                {isWaitingForPlace(run, object)
                  ? 'not in its place yet'
                  : `${length(object.pose.size)} · ${mass(object.properties.massKg.value)}`}
              </small>
            </button>
          </li>
        ))}
      </ul>
      {run.past.value.length > 0 && (
        <div class="row">
          <Button icon="undo" shortcut="Z" disabled={run.phase.value !== 'ready'} onClick={() => undoEdit(run)}>
            Take back the last edit
          </Button>
        </div>
      )}
      {chosen ? (
        <ObjectForm key={chosen.id} run={run} object={chosen} />
      ) : (
        <p class="empty">
          Select an object, here, in the picture or in the scene, to see and change what is known of it.
        </p>
      )}
    </>
  );
}
