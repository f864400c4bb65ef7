/** Every object as it was seen, and whole, once what hid it is filled in. */
import type { JSX } from 'preact';
import type { Run } from '../state/run.js';
import { hovered, selected } from '../state/view.js';
import { cssColorOf, indexOfId, nameOf } from './palette.js';

export function Crops({ run }: { run: Run }): JSX.Element | null {
  const crops = [...run.crops.value];
  if (crops.length === 0) return null;
  const labelOf = (id: string): string =>
    run.scene.value?.objects.find((object) => object.id === id)?.label ??
    run.segments.value[indexOfId(id)]?.label ??
    '';
  return (
    <section class="crop-strip" aria-label="Objects before and after what hides them is filled in">
      <h3>Seen and filled in</h3>
      <ul>
        {crops.map(([id, { before, after }]) => (
          <li key={id}>
            <button
              type="button"
              aria-pressed={id === selected.value}
              aria-label={`${nameOf({ id, label: labelOf(id) })}, seen and filled in`}
              style={{ '--color': cssColorOf(indexOfId(id)) }}
              onClick={() => (selected.value = id)}
              onPointerEnter={() => (hovered.value = id)}
              onPointerLeave={() => (hovered.value = undefined)}
            >
              <img src={before} alt="" draggable={false} />
              <img src={after} alt="" draggable={false} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
