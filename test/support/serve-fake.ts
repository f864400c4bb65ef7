/**
 * A server in a process of its own, to be killed or interrupted: `serve-fake.ts PORT FOLDER`. Prints its URL and
 * the inference process's id.
 */
import { interrupted } from '../../runtime-server/src/cli/interrupted.js';
import { startFakeServer } from './server.js';

const [port, data] = process.argv.slice(2);
const server = await startFakeServer({ port: Number(port), cache: true, ...(data && { data }) });
console.log(JSON.stringify({ url: server.url, inference: server.inferencePids }));
await interrupted();
await server.close();
