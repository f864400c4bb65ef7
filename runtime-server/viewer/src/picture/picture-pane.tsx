/** The picture with its masks or its depth, and the tools that correct the masks. */
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { corrections, NO_CORRECTIONS } from '../state/corrections.js';
import { isWaiting, type Run } from '../state/run.js';
import { Button, Choice } from '../ui/controls.js';
import { CorrectionBar } from './correction-bar.js';
import { Crops } from './crops.js';
import { DepthLayer } from './depth-layer.js';
import { MaskLayer } from './mask-layer.js';

type Layer = 'picture' | 'masks' | 'depth';

export function PicturePane({ run }: { run: Run }): JSX.Element {
  const layer = useSignal<Layer>('masks');
  const { picture, segments, depth } = run;
  const size = useComputed(() => {
    const mask = segments.value[0]?.mask;
    return picture ?? (mask && { width: mask.width, height: mask.height });
  });
  const isCorrecting = corrections.value !== undefined;
  const canCorrect = run.request !== undefined && (segments.value.length > 0 || !isWaiting(run));

  if (!size.value) {
    return (
      <section class="pane picture" aria-label="Picture">
        <p class="empty">This browser does not have the picture of this job. What the server found in it follows.</p>
      </section>
    );
  }
  const { width, height } = size.value;
  return (
    <section class="pane picture" aria-label="Picture">
      <header class="pane-bar">
        <Choice
          name="What is shown over the picture"
          value={isCorrecting ? 'masks' : layer.value}
          options={[
            { value: 'picture', label: 'Picture', disabled: isCorrecting },
            { value: 'masks', label: 'Masks' },
            { value: 'depth', label: 'Depth', disabled: isCorrecting || depth.value === undefined },
          ]}
          onChange={(value) => (layer.value = value)}
        />
        {!isCorrecting && (
          <Button icon="edit" disabled={!canCorrect} onClick={() => (corrections.value = NO_CORRECTIONS)}>
            Correct
          </Button>
        )}
      </header>
      <div class="picture-space" style={{ '--ratio': width / height }}>
        <div class="picture-frame">
          {picture && <img src={picture.url} alt={`The picture ${run.name}`} draggable={false} />}
          {(isCorrecting || layer.value === 'masks') && <MaskLayer run={run} width={width} height={height} />}
          {!isCorrecting && layer.value === 'depth' && depth.value && (
            <DepthLayer depth={depth.value} scale={run.estimated.value?.scale} />
          )}
        </div>
      </div>
      {isCorrecting ? <CorrectionBar run={run} /> : <Crops run={run} />}
      {!isCorrecting && run.warnings.value.length > 0 && <Warnings messages={run.warnings.value} />}
    </section>
  );
}

function Warnings({ messages }: { messages: readonly string[] }): JSX.Element {
  return (
    <details class="warnings">
      <summary>
        {messages.length} {messages.length === 1 ? 'note' : 'notes'} from the server
      </summary>
      <ul>
        {messages.map((message) => (
          <li key={message}>{message}</li>
        ))}
      </ul>
    </details>
  );
}
