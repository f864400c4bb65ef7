/** A job that has its turn: run until it has ended or has to wait again, or answered by what another one was answered. */
import { SceneMakerError, toWireError } from '@scenemaker/sdk';
import type { Job } from './job.js';
import { encodeDone, type JobRunner, MAX_RUNS } from './job-queue.js';

/** A runner and what it works on. */
export interface Place {
  runner: JobRunner;
  job?: Job | undefined;
  /** Why its run is being broken off. */
  stop?: 'cancelled' | 'timed-out' | 'closing' | undefined;
}

/** Gives whether there is a scene. Never throws: what fails ends the job, or leaves it waiting where the queue closes. */
export async function runJob(job: Job, place: Place, maxJobSeconds: number): Promise<boolean> {
  let outcome: Outcome;
  do outcome = await runOnce(job, place, maxJobSeconds);
  while (outcome === 'crashed');
  return outcome === 'done';
}

/** Answers a job with what another with the same request was answered. */
export async function repeatAnswer(job: Job, answer: Job): Promise<void> {
  try {
    job.start(true);
    for (const event of answer.answer()) {
      if (event.type === 'done') await job.end(event);
      else job.append(event);
    }
  } catch (thrown) {
    await failJob(job, SceneMakerError.from(thrown));
  }
}

/** A failure that cannot be kept either is told to those who follow. */
export async function failJob(job: Job, error: SceneMakerError): Promise<void> {
  await job.end({ type: 'failed', error: toWireError(error) }).catch(() => {});
}

/** `crashed`: the job runs once more. `left`: it has ended without a scene, or at least has left its place. */
type Outcome = 'done' | 'crashed' | 'left';

async function runOnce(job: Job, place: Place, maxJobSeconds: number): Promise<Outcome> {
  const { runner } = place;
  let unkept: SceneMakerError | undefined;
  const timer = setTimeout(() => {
    place.stop ??= 'timed-out';
    runner.cancel();
  }, maxJobSeconds * 1000);
  try {
    job.start(false);
    const request = await job.request();
    if (place.stop) throw new SceneMakerError('cancelled', 'stopped before it ran');
    const scene = await runner.run(request, (event) => {
      try {
        job.append(event);
      } catch (thrown) {
        unkept ??= SceneMakerError.from(thrown);
        runner.cancel();
      }
    });
    await job.end(encodeDone(scene));
    return 'done';
  } catch (thrown) {
    const error = unkept ?? SceneMakerError.from(thrown);
    if (place.stop === 'closing') job.queue(0);
    else if (place.stop === 'cancelled') await job.end({ type: 'cancelled' });
    else if (place.stop === 'timed-out') await failJob(job, timedOut(maxJobSeconds));
    else if (error.code === 'inference-crashed' && job.runs < MAX_RUNS) return 'crashed';
    else await failJob(job, error);
    return 'left';
  } finally {
    clearTimeout(timer);
  }
}

function timedOut(seconds: number): SceneMakerError {
  return new SceneMakerError('timed-out', `the job ran longer than ${seconds} s, the limit`, { allowed: seconds });
}
