/** A run: its picture, its scene, and what is to be known about them. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Details } from './panels/details.js';
import { PicturePane } from './picture/picture-pane.js';
import { ScenePane } from './scene/scene-pane.js';
import { corrections } from './state/corrections.js';
import { listenForKeys } from './state/keys.js';
import { objectsSoFar } from './state/provisional.js';
import { isWaiting, type Run } from './state/run.js';
import { beforePhysics, comparing, type Pane, pane, playing, selected } from './state/view.js';
import { Icon, type IconName } from './ui/icons.js';

const TABS: readonly { value: Pane; label: string; icon: IconName }[] = [
  { value: 'picture', label: 'Picture', icon: 'picture' },
  { value: 'scene', label: 'Scene', icon: 'cube' },
  { value: 'details', label: 'Details', icon: 'list' },
];

export function Workbench({ run }: { run: Run }): JSX.Element {
  useEffect(() => {
    selected.value = undefined;
    corrections.value = undefined;
    playing.value = comparing.value = beforePhysics.value = false;
    pane.value = 'scene';
    return listenForKeys(run);
  }, [run]);
  return (
    <div
      class="workbench"
      data-pane={pane.value}
      data-phase={run.phase.value}
      data-empty={isWaiting(run) && objectsSoFar(run).length === 0}
    >
      <PicturePane run={run} />
      <ScenePane run={run} />
      <Details run={run} />
      <nav class="tabs" aria-label="Panes">
        {TABS.map(({ value, label, icon }) => (
          <button type="button" key={value} aria-pressed={pane.value === value} onClick={() => (pane.value = value)}>
            <Icon name={icon} />
            {label}
          </button>
        ))}
      </nav>
    </div>
  );
}
