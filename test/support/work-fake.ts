/** A worker in a process of its own, to be killed: `work-fake.ts REDIS-URL`. Prints a line when it takes jobs. */
import { startWorker } from '../../runtime-server/src/jobs/start-worker.js';
import { FAKE_INFERENCE } from './server.js';

await startWorker(process.argv[2] ?? '', FAKE_INFERENCE, { maxJobSeconds: 600, lockMillis: 2000 });
console.log('ready');
