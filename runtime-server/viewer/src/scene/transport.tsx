/** The bar under the scene: physics on the left, what is seen on the right. */
import type { JSX } from 'preact';
import { command } from '../state/commands.js';
import type { Run } from '../state/run.js';
import { beforePhysics, comparing, type Overlay, overlays, playing, selected, toggleOverlay } from '../state/view.js';
import { Button } from '../ui/controls.js';
import { Menu } from '../ui/menu.js';

const SHOWN: readonly { overlay: Overlay; label: string; key: string }[] = [
  { overlay: 'colliders', label: 'Colliders', key: 'C' },
  { overlay: 'contacts', label: 'Contacts', key: 'T' },
  { overlay: 'masses', label: 'Centres of mass', key: 'M' },
  { overlay: 'supports', label: 'Supports', key: 'S' },
];

export function Transport({ run }: { run: Run }): JSX.Element {
  const isReady = run.scene.value !== undefined && run.scene.value.objects.length > 0;
  const isPlaying = playing.value;
  return (
    <div class="transport" role="toolbar" aria-label="Physics and view">
      <div class="group">
        <Button
          icon={isPlaying ? 'pause' : 'play'}
          name={isPlaying ? 'Pause' : 'Play'}
          kind="primary"
          shortcut="Space"
          disabled={!isReady}
          onClick={() => (playing.value = !isPlaying)}
        />
        <Button icon="reset" name="Reset" shortcut="R" disabled={!isReady} onClick={() => command({ kind: 'reset' })} />
        <Button
          icon="push"
          name="Push"
          shortcut="P"
          disabled={!isReady || selected.value === undefined}
          onClick={() => selected.value !== undefined && command({ kind: 'push', id: selected.value })}
        />
        <Button
          class="wide"
          pressed={beforePhysics.value}
          disabled={!isReady}
          name="Before physics"
          onClick={() => (beforePhysics.value = !beforePhysics.value)}
        >
          Before physics
        </Button>
      </div>
      <div class="group">
        <Menu
          name="Show in the scene"
          label={<>Show{overlays.value.size > 0 && <b class="count">{overlays.value.size}</b>}</>}
        >
          {SHOWN.map(({ overlay, label, key }) => (
            <label key={overlay}>
              <input
                type="checkbox"
                checked={overlays.value.has(overlay)}
                disabled={!isReady}
                onChange={() => toggleOverlay(overlay)}
              />
              <span>{label}</span>
              <kbd>{key}</kbd>
            </label>
          ))}
        </Menu>
        <Button
          icon="compare"
          pressed={comparing.value}
          disabled={!isReady || !run.picture}
          name="Compare with the picture"
          shortcut="V"
          onClick={() => (comparing.value = !comparing.value)}
        >
          Compare
        </Button>
        <Button
          icon="frame"
          name="Everything in view"
          shortcut="F"
          disabled={comparing.value}
          onClick={() => command({ kind: 'frame' })}
        />
      </div>
    </div>
  );
}
