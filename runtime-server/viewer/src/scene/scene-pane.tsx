/** The scene: 3D, what is still going on, and the controls of physics and of what is seen. */
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { isWaiting, type Run } from '../state/run.js';
import { nameOf } from '../picture/palette.js';
import { onCommand } from '../state/commands.js';
import { sceneSoFar } from '../state/provisional.js';
import { beforePhysics, comparing, hovered, overlays, playing, selected, theme } from '../state/view.js';
import { Compare } from './compare.js';
import { Progress } from './progress.js';
import type { SceneView } from './scene-view.js';
import { Transport } from './transport.js';

export function ScenePane({ run }: { run: Run }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useSignal<SceneView | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  /** What can be shown of the run so far. */
  const shown = useComputed(() => sceneSoFar(run));

  useEffect(() => {
    let made: SceneView | undefined;
    let isGone = false;
    // Babylon is the larger part of the page, and needed no earlier.
    import('./scene-view.js')
      .then(({ createSceneView }) => {
        if (isGone || !canvas.current) return;
        made = createSceneView(canvas.current, {
          onSelect: (id) => (selected.value = id),
          onHover: (id) => (hovered.value = id),
          onPlay: () => (playing.value = true),
        });
        view.value = made;
      })
      .catch(() => (problem.value = 'The scene cannot be drawn: this browser gives the page no WebGL.'));
    return () => {
      isGone = true;
      made?.dispose();
    };
  }, []);

  useSignalEffect(() => {
    const description = shown.value;
    const settled = description !== undefined && description === run.scene.value;
    if (!description || !view.value) return;
    playing.value = beforePhysics.value = false;
    view.value
      .show(description, settled)
      .catch(() => (problem.value = 'The scene could not be built; try another browser.'));
  });
  useSignalEffect(() => view.value?.setPlaying(playing.value));
  useSignalEffect(() => view.value?.select(selected.value));
  useSignalEffect(() => view.value?.setOverlays(overlays.value));
  useSignalEffect(() => view.value?.setTheme(theme.value));
  useSignalEffect(() => view.value?.setFromPicture(comparing.value));
  useSignalEffect(() => {
    const poses = new Map(run.estimated.value?.objects.map(({ id, pose }) => [id, pose]));
    if (beforePhysics.value) playing.value = false;
    if (run.scene.peek()) view.peek()?.showPoses(beforePhysics.value ? poses : undefined);
  });
  useEffect(
    () =>
      onCommand((given) => {
        const target = view.peek();
        if (!target) return;
        switch (given.kind) {
          case 'reset':
            playing.value = beforePhysics.value = false;
            return target.reset();
          case 'frame':
            return target.frameAll();
          case 'push':
            playing.value = true;
            return target.push(given.id);
          case 'orbit':
            return target.orbitBy(given.aside, given.up, given.nearer);
        }
      }),
    [],
  );

  const over = shown.value?.objects.find(({ id }) => id === hovered.value);
  return (
    <section class="pane scene" aria-label="Scene" data-comparing={comparing.value}>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label={`The scene in 3D, ${shown.value?.objects.length ?? 0} objects`}
        data-playing={playing.value}
      />
      {comparing.value && run.picture && <Compare picture={run.picture} />}
      {over && !comparing.value && <p class="hover-name">{nameOf(over)}</p>}
      {problem.value && (
        <p class="empty" role="alert">
          {problem.value}
        </p>
      )}
      {(isWaiting(run) || run.error.value) && <Progress run={run} />}
      {run.phase.value === 'ready' && run.scene.value?.objects.length === 0 && (
        <p class="empty">Nothing was found in this picture. Correct the masks to point out what you want.</p>
      )}
      {shown.value && shown.value.objects.length > 0 && <Transport run={run} />}
    </section>
  );
}
