/** The jobs of this browser that the server still holds. */
import type { JobState, JobSummary } from '@scenemaker/sdk';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { findRequest } from '../state/history.js';
import { cancel, current, open } from '../state/runs.js';
import { connection, jobs, refreshJobs } from '../state/server.js';
import { dialog } from '../state/view.js';
import { Button } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';

const REFRESH_MILLISECONDS = 1500;

const STATES: Readonly<Record<JobState, string>> = {
  queued: 'Waiting',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export function JobsDialog(): JSX.Element {
  useEffect(() => {
    void refreshJobs();
    const timer = setInterval(() => void refreshJobs(), REFRESH_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
  return (
    <Dialog title="Jobs">
      {connection.value === 'lost' && <p role="alert">The server does not answer; this page connects by itself.</p>}
      {jobs.value.length === 0 ? (
        <p class="empty">No jobs yet. Those you start from this browser are listed here while the server holds them.</p>
      ) : (
        <ul class="jobs">
          {jobs.value.map((job) => (
            <JobRow key={job.jobId} job={job} />
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function JobRow({ job }: { job: JobSummary }): JSX.Element {
  const name = useSignal('Scene');
  const thumbnail = useSignal<string | undefined>(undefined);
  useEffect(() => {
    let url: string | undefined;
    void findRequest(job.jobId).then(
      (kept) => {
        if (!kept) return;
        name.value = kept.name;
        thumbnail.value = url = URL.createObjectURL(new Blob([kept.request.picture as Uint8Array<ArrayBuffer>]));
      },
      () => {},
    );
    return () => url !== undefined && URL.revokeObjectURL(url);
  }, [job.jobId]);

  const isOpen = job.state === 'queued' || job.state === 'running';
  return (
    <li>
      <button
        type="button"
        class="job"
        aria-current={current.value?.jobId === job.jobId}
        onClick={() => {
          dialog.value = undefined;
          void open(job.jobId);
        }}
      >
        {thumbnail.value ? <img src={thumbnail.value} alt="" /> : <i />}
        <span>
          <b>{name.value}</b>
          <small>
            {new Date(job.createdAt).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}
          </small>
        </span>
        <em data-state={job.state}>
          {STATES[job.state]}
          {job.state === 'queued' && job.queuePosition > 0 ? `, ${job.queuePosition} ahead` : ''}
        </em>
      </button>
      {isOpen && <Button icon="close" name={`Cancel ${name.value}`} kind="quiet" onClick={() => void cancel(job)} />}
    </li>
  );
}
