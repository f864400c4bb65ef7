/** The page: a bar at the top, and below it the start or a run. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { CameraDialog } from './start/camera-dialog.js';
import { HelpDialog } from './panels/help-dialog.js';
import { JobsDialog } from './panels/jobs-dialog.js';
import { isOver, listenForFiles } from './start/intake.js';
import { Start } from './start/start.js';
import { TokenForm } from './start/token-form.js';
import { close, current, refusal } from './state/runs.js';
import { connection } from './state/server.js';
import { dialog, theme, toggleTheme } from './state/view.js';
import { Button } from './ui/controls.js';
import { Notice } from './ui/notice.js';
import { Workbench } from './workbench.js';

export function App(): JSX.Element {
  const run = current.value;
  useEffect(listenForFiles, []);
  return (
    <>
      <header class="top">
        <h1>
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M16 3 28 10v12l-12 7L4 22V10z" />
            <path d="M16 16 28 10v12l-12 7z" />
            <path d="M16 16 4 10l12-7 12 7z" />
          </svg>
          SceneMaker
        </h1>
        {run && <p class="run-name">{run.name}</p>}
        <nav aria-label="Main">
          {run && (
            <Button icon="plus" class="new-picture" onClick={close}>
              New picture
            </Button>
          )}
          <Button icon="list" name="Jobs" kind="quiet" onClick={() => (dialog.value = 'jobs')} />
          <Button
            icon={theme.value === 'dark' ? 'sun' : 'moon'}
            name={theme.value === 'dark' ? 'Light colours' : 'Dark colours'}
            kind="quiet"
            onClick={toggleTheme}
          />
          <Button icon="help" name="Help" kind="quiet" shortcut="?" onClick={() => (dialog.value = 'help')} />
        </nav>
      </header>
      <main>
        {connection.value === 'needs-token' ? <TokenForm /> : run ? <Workbench key={run.jobId} run={run} /> : <Start />}
      </main>
      {run && isOver.value && <p class="drop-veil">Drop it: another scene is made of it</p>}
      {run && refusal.value && (
        <aside class="toast">
          <Notice error={refusal.value} />
          <Button icon="close" name="Dismiss" kind="quiet" onClick={() => (refusal.value = undefined)} />
        </aside>
      )}
      {dialog.value === 'jobs' && <JobsDialog />}
      {dialog.value === 'camera' && <CameraDialog />}
      {dialog.value === 'help' && <HelpDialog />}
    </>
  );
}
