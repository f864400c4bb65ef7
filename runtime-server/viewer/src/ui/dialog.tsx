/** A dialog of the browser's own: it takes the focus, closes on Escape and gives the focus back. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { dialog } from '../state/view.js';
import { Button } from './controls.js';

interface DialogProps {
  title: string;
  children: ComponentChildren;
  onClose?: () => void;
}

export function Dialog({ title, children, onClose = () => (dialog.value = undefined) }: DialogProps): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  return (
    <dialog
      ref={element}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => event.target === element.current && element.current?.close()}
    >
      <div class="dialog-body">
        <header class="row">
          <h2>{title}</h2>
          <Button icon="close" name="Close" kind="quiet" onClick={() => element.current?.close()} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
