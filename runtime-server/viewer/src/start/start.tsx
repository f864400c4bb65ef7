/** Where a picture comes in: dropped, pasted, chosen, taken, or one of the samples. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { refusal } from '../state/runs.js';
import { readSample, SAMPLES } from '../state/samples.js';
import { client, connection } from '../state/server.js';
import { dialog } from '../state/view.js';
import { Button } from '../ui/controls.js';
import { Icon } from '../ui/icons.js';
import { Notice } from '../ui/notice.js';
import { isOver, isSending, send, sendFiles } from './intake.js';

const ACCEPTED = 'image/jpeg,image/png,image/webp,image/avif,application/json';

export function Start(): JSX.Element {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <div class="start" data-over={isOver.value}>
      <div class="intro">
        <h2>One picture in. A scene that stands up.</h2>
        <p>
          The objects in your picture become separate solid things with weight and friction, placed where you see them
          and settled by physics. Push them, correct them, take them to your simulator.
        </p>
      </div>
      <div class="drop" aria-busy={isSending.value}>
        <Icon name="picture" />
        <p class="drop-title">{isSending.value ? 'Sending the picture…' : 'Drop a picture here'}</p>
        <div class="row">
          <Button icon="upload" kind="primary" onClick={() => chooser.current?.click()}>
            Choose a picture
          </Button>
          <Button icon="camera" onClick={() => (dialog.value = 'camera')}>
            Use the camera
          </Button>
        </div>
        <p class="muted small">
          Or paste one. A depth map and a camera document dropped with it are used:{' '}
          <code>mug.jpg, mug.depth.png, mug.json</code>
        </p>
        <input
          ref={chooser}
          type="file"
          hidden
          multiple
          accept={ACCEPTED}
          aria-label="Picture files"
          onChange={({ currentTarget }) => {
            sendFiles(currentTarget.files);
            currentTarget.value = '';
          }}
        />
      </div>
      {refusal.value && <Notice error={refusal.value} />}
      <section class="samples" aria-label="Sample pictures">
        <h3>Or try one of these</h3>
        <ul>
          {SAMPLES.map((sample) => (
            <li key={sample.title}>
              <button type="button" onClick={() => void send(() => readSample(sample))} disabled={isSending.value}>
                <img src={sample.picture} alt="" loading="lazy" decoding="async" />
                <span>{sample.title}</span>
                <small>{sample.note}</small>
              </button>
            </li>
          ))}
        </ul>
      </section>
      <ServerLine />
    </div>
  );
}

/** Who will do the work, and where the picture goes. */
function ServerLine(): JSX.Element {
  switch (connection.value) {
    case 'ready': {
      const { pack, executionProvider } = client.value?.capabilities ?? { pack: '', executionProvider: '' };
      return (
        <p class="server-line">
          <span class="dot good" /> {location.host} · {pack} on {executionProvider} · pictures stay on this server
        </p>
      );
    }
    case 'connecting':
      return (
        <p class="server-line">
          <span class="dot" /> Connecting to {location.host}…
        </p>
      );
    case 'lost':
    case 'needs-token':
      return (
        <p class="server-line" role="alert">
          <span class="dot bad" /> {location.host} does not answer yet. <code>npx scenemaker serve</code> starts it;
          this page connects by itself.
        </p>
      );
  }
}
