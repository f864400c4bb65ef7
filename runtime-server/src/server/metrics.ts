/** What Prometheus may ask for at /metrics. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { isFinal } from '@scenemaker/sdk';
import type { JobCounts, JobObserver } from '../jobs/job-queue.js';

export interface Metrics {
  observe: JobObserver;
  /** A message was refused with this code. */
  refused: (code: string) => void;
  /** In the text format of Prometheus. */
  text: () => Promise<string>;
  contentType: string;
}

export interface MetricSources {
  counts: () => Promise<JobCounts>;
  connections: () => number;
  unfinishedBytes: () => number;
}

export function createMetrics({ counts, connections, unfinishedBytes }: MetricSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const events = new Counter({
    name: 'scenemaker_job_events_total',
    help: 'Events of jobs, by type; done, failed and cancelled count ended jobs.',
    labelNames: ['type'],
    registers,
  });
  const errors = new Counter({
    name: 'scenemaker_refused_total',
    help: 'Messages that were refused, by error code.',
    labelNames: ['code'],
    registers,
  });
  const seconds = new Histogram({
    name: 'scenemaker_job_seconds',
    help: 'From the start of a job to its end.',
    labelNames: ['outcome'],
    buckets: [0.1, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1800, 3600],
    registers,
  });
  const jobs = gauge('scenemaker_jobs', 'Jobs that wait and that run.', ['state']);
  const open = gauge('scenemaker_connections', 'Open WebSockets.');
  const unfinished = gauge('scenemaker_unfinished_message_bytes', 'Bytes of messages that are not complete yet.');

  function gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers });
  }

  const starts = new Map<string, number>();
  return {
    observe({ jobId }, type) {
      events.inc({ type });
      if (type === 'started') starts.set(jobId, performance.now());
      if (!isFinal({ type })) return;
      const start = starts.get(jobId);
      if (start !== undefined) seconds.observe({ outcome: type }, (performance.now() - start) / 1000);
      starts.delete(jobId);
    },
    refused: (code) => errors.inc({ code }),
    async text() {
      const { waiting, running } = await counts();
      jobs.set({ state: 'waiting' }, waiting);
      jobs.set({ state: 'running' }, running);
      open.set(connections());
      unfinished.set(unfinishedBytes());
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
