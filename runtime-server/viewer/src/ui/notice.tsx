/** Something went wrong: what, and what to do about it. */
import type { ErrorCode, SceneMakerError } from '@scenemaker/sdk';
import type { ComponentChildren, JSX } from 'preact';
import { Icon } from './icons.js';

/** What helps, where the message does not say. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  'image-unreadable': 'Choose a JPEG, PNG, WebP or AVIF picture.',
  'image-truncated': 'The file is not complete; copy it again.',
  'image-too-large': 'Choose a smaller picture.',
  'image-animated': 'Choose a picture that does not move.',
  'depth-invalid': 'Leave the depth map out, or give one of the size of the picture.',
  'queue-full': 'The server is busy; try again in a while.',
  'rate-limited': 'Wait a moment and try again.',
  'timed-out': 'Try fewer objects or a smaller picture.',
  'job-unknown': 'The server no longer has this job; start again from the picture.',
  'connection-lost': 'Is the server running? `npx scenemaker serve` starts it.',
  unauthorized: 'Enter the token that the server was started with.',
  'inference-crashed': 'Try again; if it happens again, look at what the server logs.',
};

export function Notice({ error, children }: { error: SceneMakerError; children?: ComponentChildren }): JSX.Element {
  const advice = ADVICE[error.code];
  // A file's name stays as it is.
  const message = error.message.replace(/^[a-z](?=[a-z]* )/u, (letter) => letter.toUpperCase());
  return (
    <div class="notice" role="alert">
      <Icon name="warning" />
      <div>
        <p>{/[.!?]$/u.test(message) ? message : `${message}.`}</p>
        {advice && <p class="muted">{advice}</p>}
        {children && <p class="row">{children}</p>}
      </div>
    </div>
  );
}
