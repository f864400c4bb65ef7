/** The jobs that a queue knows, waiting, running and ended, and which of them answer the same request again. */
import type { Job } from './job.js';

export interface KnownJobsLimits {
  /** Ended jobs that are kept for `resume`, `fetch` and as answers to the same request; the oldest go first. */
  maxKeptJobs: number;
  /** Bytes that their events may take together. */
  maxKeptBytes: number;
}

export class KnownJobs {
  /** In the order of creation. */
  readonly #jobs = new Map<string, Job>();
  /** Finished jobs by what they were asked. */
  readonly #answers = new Map<string, Job>();

  add(job: Job): void {
    this.#jobs.set(job.record.jobId, job);
  }

  get(jobId: string): Job | undefined {
    return this.#jobs.get(jobId);
  }

  all(): Job[] {
    return [...this.#jobs.values()];
  }

  /** A finished job answers from now on whoever asks the same, unless its request has no key. */
  remember(job: Job): void {
    if (job.record.requestKey !== '') this.#answers.set(job.record.requestKey, job);
  }

  answerTo(requestKey: string): Job | undefined {
    return this.#answers.get(requestKey);
  }

  /** Drops ended jobs beyond the limits, and gives them. The newest result is kept, however large. */
  forgetOld({ maxKeptJobs, maxKeptBytes }: KnownJobsLimits): Job[] {
    const ended = this.all().filter((job) => job.ended);
    const forgotten: Job[] = [];
    let bytes = ended.reduce((total, job) => total + job.bytes, 0);
    for (const job of ended) {
      const count = ended.length - forgotten.length;
      if (count === 1 || (count <= maxKeptJobs && bytes <= maxKeptBytes)) break;
      const { jobId, requestKey } = job.record;
      this.#jobs.delete(jobId);
      if (this.#answers.get(requestKey) === job) this.#answers.delete(requestKey);
      bytes -= job.bytes;
      forgotten.push(job);
    }
    return forgotten;
  }
}
