/** How far a run is, or why it ended without a scene. */
import type { JSX } from 'preact';
import { objectsSoFar } from '../state/provisional.js';
import { type Run, type Step, stepsOf } from '../state/run.js';
import { start } from '../state/runs.js';
import { connection } from '../state/server.js';
import { Button } from '../ui/controls.js';
import { Icon } from '../ui/icons.js';
import { Notice } from '../ui/notice.js';

const STEPS: Readonly<Record<Step, string>> = {
  segment: 'Find the objects',
  depth: 'Measure the depth',
  deocclude: 'Fill in what is hidden',
  shape: 'Give each a shape',
  pose: 'Put each in its place',
  compose: 'Put the scene together',
  settle: 'Settle it with physics',
};

export function Progress({ run }: { run: Run }): JSX.Element {
  const error = run.error.value;
  if (error) return <Ended run={run} error={error} />;
  const ahead = run.queuePosition.value;
  if (run.phase.value === 'queued') {
    return (
      <div class="progress" role="status">
        <p class="progress-title">
          {ahead === 0 ? 'Waiting for the server…' : `Waiting; ${ahead} ${ahead === 1 ? 'job is' : 'jobs are'} ahead`}
        </p>
        <Lost />
        <Cancel run={run} />
      </div>
    );
  }
  const steps = stepsOf(run);
  const active = steps.findIndex(({ share }) => share < 1);
  const share = steps[active]?.share ?? 0;
  const isSmall = objectsSoFar(run).length > 0;
  return (
    <div class="progress" data-small={isSmall}>
      <p class="progress-title" role="status">
        {run.scene.value ? 'Settling again…' : STEPS[steps[active]?.step ?? 'settle']}
      </p>
      {run.phase.value === 'running' && <Lost />}
      {isSmall && share > 0 && <progress value={share} aria-label="This step" />}
      <ol>
        {steps.map(({ step, share }, index) => (
          <li key={step} data-state={share === 1 ? 'done' : index === active ? 'active' : 'ahead'}>
            {share === 1 ? <Icon name="check" /> : <i />}
            <span>{STEPS[step]}</span>
            {share > 0 && share < 1 && <progress value={share} aria-label={STEPS[step]} />}
          </li>
        ))}
      </ol>
      {run.phase.value === 'running' && <Cancel run={run} />}
    </div>
  );
}

function Lost(): JSX.Element | null {
  if (connection.value !== 'lost') return null;
  return <p role="alert">The server does not answer. This page tries again by itself.</p>;
}

function Cancel({ run }: { run: Run }): JSX.Element {
  return (
    <Button kind="quiet" onClick={() => run.job.cancel()}>
      Cancel
    </Button>
  );
}

function Ended({ run, error }: { run: Run; error: NonNullable<Run['error']['value']> }): JSX.Element {
  const { request, name } = run;
  const again = request && (
    <Button icon="reset" onClick={() => void start(async () => ({ name, request }))}>
      Try again
    </Button>
  );
  return (
    <div class="progress">
      {error.code === 'cancelled' ? <p class="progress-title">This job was cancelled.</p> : <Notice error={error} />}
      {again}
    </div>
  );
}
