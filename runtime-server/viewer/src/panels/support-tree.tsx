/** What rests on what, as a tree that stands on the ground. */
import type { SceneDescription, SceneObject } from '@scenemaker/sdk';
import type { JSX } from 'preact';
import { nameOf } from '../picture/palette.js';
import { selected } from '../state/view.js';

export function SupportTree({ scene: { objects } }: { scene: SceneDescription }): JSX.Element {
  const on = (support: string | null): SceneObject[] => objects.filter(({ restsOn }) => restsOn === support);
  const floating = on(null);
  return (
    <ul class="support-tree">
      <li>
        <span>Ground</span>
        <Branch objects={on('ground')} on={on} />
      </li>
      {floating.length > 0 && (
        <li>
          <span class="muted">Nothing known</span>
          <Branch objects={floating} on={on} />
        </li>
      )}
    </ul>
  );
}

function Branch({
  objects,
  on,
}: {
  objects: SceneObject[];
  on: (support: string) => SceneObject[];
}): JSX.Element | null {
  if (objects.length === 0) return null;
  return (
    <ul>
      {objects.map((object) => (
        <li key={object.id}>
          <button type="button" class="link" onClick={() => (selected.value = object.id)}>
            {nameOf(object)}
          </button>
          <Branch objects={on(object.id)} on={on} />
        </li>
      ))}
    </ul>
  );
}
