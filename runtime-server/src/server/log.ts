/** Structured logs: one JSON object a line on standard error. */
import { createHash } from 'node:crypto';
import { type Logger, pino } from 'pino';
import { isFinal } from '@scenemaker/sdk';
import type { JobObserver } from '../jobs/job-queue.js';

export type { Logger };

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export function createLog(level: LogLevel): Logger {
  return pino({ level, base: { pid: process.pid } }, pino.destination({ fd: 2, sync: true }));
}

/** Whoever knows a client's id may list its jobs, so that logs hold only this of it. */
function shortClient(client: string): string {
  return createHash('sha256').update(client).digest('hex').slice(0, 8);
}

export function logJobs(log: Logger): JobObserver {
  return ({ jobId, client }, event) => {
    const level = event === 'started' || isFinal({ type: event }) ? 'info' : 'debug';
    log[level]({ jobId, client: shortClient(client), event }, `job ${event}`);
  };
}
