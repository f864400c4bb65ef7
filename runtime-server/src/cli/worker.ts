/** `scenemaker worker`: runs jobs of a queue that servers on any machine fill. */
import { SERVER_DEFAULTS } from '../server/options.js';
import { startWorker } from '../jobs/start-worker.js';
import { type Device, DEVICES } from '../models/index.js';
import { EMBEDDED_PACK } from '../packs.js';
import { createLog, logJobs, LOG_LEVELS, type LogLevel } from '../server/log.js';
import { parseArguments, parseChoice, parseGigabytes, parseInteger, usageError } from './arguments.js';
import { interrupted } from './interrupted.js';

export const help = `scenemaker worker --queue URL [options]

Runs jobs, one at a time, that servers put on a queue (scenemaker serve --queue URL), until it is interrupted.
A job whose worker ends goes to another one.

  --queue URL      redis://HOST:PORT
  --pack FOLDER    the model pack (the one that ships); the same for all workers
  --device D       ${DEVICES.join(', ')} (auto)
  --vram GB        stages that together take more are loaded and released in turn (all stay loaded)
  --threads N      threads for the models (as many as ONNX Runtime picks); with 1 a worker takes one core for all it does
  --log LEVEL      ${LOG_LEVELS.join(', ')} (info); JSON on standard error
`;

export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArguments(args, {
    queue: { type: 'string' },
    pack: { type: 'string', default: EMBEDDED_PACK },
    device: { type: 'string', default: 'auto' },
    vram: { type: 'string' },
    threads: { type: 'string' },
    log: { type: 'string', default: 'info' },
  });
  if (positionals.length > 0) throw usageError(`worker takes no ${positionals[0]}`, positionals[0]);
  if (values.queue === undefined) throw usageError('give the queue with --queue redis://HOST:PORT');
  const threads = values.threads === undefined ? undefined : parseInteger(values.threads, '--threads', 1, 256);
  const log = createLog(parseChoice<LogLevel>(values.log, '--log', LOG_LEVELS));
  const running = await startWorker(
    values.queue,
    {
      packDir: values.pack,
      device: parseChoice<Device>(values.device, '--device', DEVICES),
      ...(threads !== undefined && { threads }),
      ...(values.vram !== undefined && { memoryLimit: parseGigabytes(values.vram, '--vram') }),
    },
    { maxJobSeconds: SERVER_DEFAULTS.maxJobSeconds, observe: logJobs(log) },
  );
  console.log(`SceneMaker works for ${values.queue} with ${running.info.pack} on ${running.info.executionProvider}`);
  await interrupted();
  await running.close();
}
