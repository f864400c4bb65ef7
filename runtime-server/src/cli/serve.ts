/** `scenemaker serve`: runs the server until it is interrupted. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Device, DEVICES } from '../models/index.js';
import { EMBEDDED_PACK } from '../packs.js';
import { createLog, LOG_LEVELS, type LogLevel } from '../server/log.js';
import { DEFAULT_PORT } from '../server/options.js';
import { startServer } from '../server/server.js';
import { parseArguments, parseChoice, parseGigabytes, parseInteger, usageError } from './arguments.js';
import { interrupted } from './interrupted.js';

export const help = `scenemaker serve [options]

Runs the server until it is interrupted. Jobs outlive it: what was not finished goes on when it runs again.

  --host ADDRESS   where to listen; another than loopback needs a token (127.0.0.1)
  --port NUMBER    0 picks a free one (${DEFAULT_PORT})
  --token TEXT     what clients must send; SCENEMAKER_TOKEN does the same, unseen by others on this machine
  --origin URL     a web page that may connect; may be repeated
  --queue URL      redis://HOST:PORT; jobs go to the workers there (see worker), none run here
  --data FOLDER    where jobs are kept (one for each port, under ~/.local/state/scenemaker)
  --ephemeral      jobs end with the server instead
  --no-cache       runs a request again that was answered before
  --pack FOLDER    the model pack (the one that ships)
  --workers N      inference processes, each one job at a time (1)
  --device D       ${DEVICES.join(', ')} (auto); doctor tells what this machine has
  --vram GB        stages that together take more are loaded and released in turn (all stay loaded)
  --threads N      threads for the models (as many as ONNX Runtime picks); with 1 a worker takes one core for all it does
  --log LEVEL      ${LOG_LEVELS.join(', ')} (info); JSON on standard error

The same port answers browsers with the viewer, and /healthz, /readyz and /metrics.
`;

export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArguments(args, {
    host: { type: 'string' },
    port: { type: 'string', default: String(DEFAULT_PORT) },
    token: { type: 'string' },
    origin: { type: 'string', multiple: true },
    queue: { type: 'string' },
    data: { type: 'string' },
    ephemeral: { type: 'boolean', default: false },
    'no-cache': { type: 'boolean', default: false },
    pack: { type: 'string', default: EMBEDDED_PACK },
    workers: { type: 'string', default: '1' },
    device: { type: 'string', default: 'auto' },
    vram: { type: 'string' },
    threads: { type: 'string' },
    log: { type: 'string', default: 'info' },
  });
  if (positionals.length > 0) throw usageError(`serve takes no ${positionals[0]}`, positionals[0]);
  const port = parseInteger(values.port, '--port', 0, 65_535);
  const threads = values.threads === undefined ? undefined : parseInteger(values.threads, '--threads', 1, 256);
  const token = values.token ?? process.env['SCENEMAKER_TOKEN'];
  const data = values.data ?? defaultData(port);
  if (values.ephemeral && values.data !== undefined) throw usageError('--ephemeral keeps no jobs in --data');
  const log = createLog(parseChoice<LogLevel>(values.log, '--log', LOG_LEVELS));
  const server = await startServer({
    inference: {
      packDir: values.pack,
      device: parseChoice<Device>(values.device, '--device', DEVICES),
      ...(threads !== undefined && { threads }),
      ...(values.vram !== undefined && { memoryLimit: parseGigabytes(values.vram, '--vram') }),
    },
    workers: parseInteger(values.workers, '--workers', 1, 64),
    ...(values.host !== undefined && { host: values.host }),
    port,
    ...(token && { token }),
    ...(values.origin && { allowedOrigins: values.origin }),
    ...(values.queue !== undefined && { queue: values.queue }),
    ...(!values.ephemeral && data !== undefined && { data }),
    cache: !values['no-cache'],
    log,
  });
  const { pack, executionProvider } = server.capabilities;
  console.log(`SceneMaker listens at ${server.url} with ${pack} on ${executionProvider}`);
  console.log(`Open ${server.viewerUrl} in a browser`);
  log.info({ url: server.url, pack, executionProvider, data }, 'listening');
  await interrupted();
  log.info('closing');
  await server.close();
}

/** None for a port that is not known beforehand. */
function defaultData(port: number): string | undefined {
  if (port === 0) return undefined;
  const state = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state');
  return join(state, 'scenemaker', String(port));
}
