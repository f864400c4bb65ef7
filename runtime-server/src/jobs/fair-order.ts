/**
 * Whose turn it is: self-clocked fair queueing (Golestani, INFOCOM 1994). Each waiting job has a tag, the
 * moment on a virtual clock at which it is due; the lowest tag is next. A client's jobs are due one after
 * the other, the higher priority first, so that a client with many jobs waits behind itself, not others
 * behind it; and since every tag is reached in time, no job waits for ever.
 */
import type { Priority } from '@scenemaker/sdk';

/** How much of its client's turn a job takes. */
export const TURN = { high: 0.25, normal: 1, low: 4 } as const satisfies Record<Priority, number>;

export interface Waiting {
  readonly client: string;
  readonly priority: Priority;
}

interface Line<Job> {
  /** The tag of the job that left last, or the clock when the line formed. */
  from: number;
  jobs: Job[];
}

export class FairOrder<Job extends Waiting> {
  readonly #lines = new Map<string, Line<Job>>();
  /** The tag of the job that left last. */
  #clock = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  countOf(client: string): number {
    return this.#lines.get(client)?.jobs.length ?? 0;
  }

  add(job: Job): void {
    const line = this.#lines.get(job.client) ?? { from: 0, jobs: [] };
    if (line.jobs.length === 0) line.from = Math.max(line.from, this.#clock);
    const before = line.jobs.findIndex((other) => TURN[other.priority] > TURN[job.priority]);
    line.jobs.splice(before < 0 ? line.jobs.length : before, 0, job);
    this.#lines.set(job.client, line);
    this.#count++;
  }

  /** Whether it was waiting. */
  remove(job: Job): boolean {
    const jobs = this.#lines.get(job.client)?.jobs ?? [];
    const index = jobs.indexOf(job);
    if (index < 0) return false;
    jobs.splice(index, 1);
    this.#count--;
    return true;
  }

  /** Removes and gives the job that is next. */
  take(): Job | undefined {
    const [first] = this.#tagged();
    if (!first) return undefined;
    this.remove(first.job);
    this.#clock = first.tag;
    const line = this.#lines.get(first.job.client);
    if (line) line.from = first.tag;
    for (const [client, { from, jobs }] of this.#lines) {
      if (jobs.length === 0 && from <= this.#clock) this.#lines.delete(client);
    }
    return first.job;
  }

  /** All that wait, the next one first. */
  list(): Job[] {
    return this.#tagged().map(({ job }) => job);
  }

  #tagged(): { job: Job; tag: number }[] {
    const tagged: { job: Job; tag: number }[] = [];
    for (const { from, jobs } of this.#lines.values()) {
      let tag = from;
      for (const job of jobs) tagged.push({ job, tag: (tag += TURN[job.priority]) });
    }
    // Equal tags keep the order in which their lines formed.
    return tagged.sort((a, b) => a.tag - b.tag);
  }
}
