/** Pictures on their way in: chosen, or dropped or pasted anywhere on the page. */
import { signal } from '@preact/signals';
import { type Capture, readCapture } from '../state/capture.js';
import { start } from '../state/runs.js';
import { dialog } from '../state/view.js';

/** A picture is being read and sent. */
export const isSending = signal(false);
/** Files are held over the page. */
export const isOver = signal(false);

export async function send(prepare: () => Promise<Capture>): Promise<void> {
  if (isSending.peek()) return;
  dialog.value = undefined;
  isSending.value = true;
  await start(prepare);
  isSending.value = false;
}

export function sendFiles(files: Iterable<File> | null | undefined): void {
  const given = [...(files ?? [])];
  if (given.length > 0) void send(() => readCapture(given));
}

/** Takes what is dropped and pasted. Gives what ends it. */
export function listenForFiles(): () => void {
  const ending = new AbortController();
  const { signal: until } = ending;
  const over = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    isOver.value = true;
  };
  const leave = ({ relatedTarget }: DragEvent): void => {
    if (relatedTarget === null) isOver.value = false;
  };
  const drop = (event: DragEvent): void => {
    isOver.value = false;
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    sendFiles(event.dataTransfer.files);
  };
  addEventListener('dragover', over, { signal: until });
  addEventListener('dragleave', leave, { signal: until });
  addEventListener('drop', drop, { signal: until });
  addEventListener('paste', ({ clipboardData }) => sendFiles(clipboardData?.files), { signal: until });
  return () => ending.abort();
}
