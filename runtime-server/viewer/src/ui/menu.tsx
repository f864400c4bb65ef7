/** A button that opens a list above it; Escape, or a press elsewhere, closes it. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface MenuProps {
  /** Words on the button. */
  label: ComponentChildren;
  /** What the list is for, for those who hear the page. */
  name: string;
  children: ComponentChildren;
}

export function Menu({ label, name, children }: MenuProps): JSX.Element {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const pressed = ({ target }: PointerEvent): void => {
      if (details.current && !details.current.contains(target as Node)) details.current.open = false;
    };
    addEventListener('pointerdown', pressed, { capture: true });
    return () => removeEventListener('pointerdown', pressed, { capture: true });
  }, []);
  return (
    <details
      ref={details}
      class="menu"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !event.currentTarget.open) return;
        event.stopPropagation();
        event.currentTarget.open = false;
        event.currentTarget.querySelector('summary')?.focus();
      }}
    >
      <summary class="button">{label}</summary>
      <div class="menu-body" role="group" aria-label={name}>
        {children}
      </div>
    </details>
  );
}
