/** `scenemaker serve`: runs the server until it is interrupted. */
import { EMBEDDED_PACK } from '../packs.js';
import { DEFAULT_PORT } from '../server/options.js';
import { startServer } from '../server/server.js';
import { parseArguments, parseInteger, usageError } from './arguments.js';

export const SERVE_HELP = `scenemaker serve [options]

Runs the server until it is interrupted.

  --host ADDRESS   where to listen; another than loopback needs a token (127.0.0.1)
  --port NUMBER    0 picks a free one (${DEFAULT_PORT})
  --token TEXT     what clients must send; SCENEMAKER_TOKEN does the same, unseen by others on this machine
  --origin URL     a web page that may connect; may be repeated
  --pack FOLDER    the model pack (the one that ships)
  --threads N      threads for the models (as many as ONNX Runtime picks)
`;

export async function serve(args: string[]): Promise<void> {
  const { values, positionals } = parseArguments(args, {
    host: { type: 'string' },
    port: { type: 'string', default: String(DEFAULT_PORT) },
    token: { type: 'string' },
    origin: { type: 'string', multiple: true },
    pack: { type: 'string', default: EMBEDDED_PACK },
    threads: { type: 'string' },
  });
  if (positionals.length > 0) throw usageError(`serve takes no ${positionals[0]}`, positionals[0]);
  const port = parseInteger(values.port, '--port', 0, 65_535);
  const threads = values.threads === undefined ? undefined : parseInteger(values.threads, '--threads', 1, 256);
  const token = values.token ?? process.env['SCENEMAKER_TOKEN'];
  const server = await startServer({
    inference: { packDir: values.pack, ...(threads !== undefined && { threads }) },
    ...(values.host !== undefined && { host: values.host }),
    port,
    ...(token && { token }),
    ...(values.origin && { allowedOrigins: values.origin }),
  });
  console.log(`SceneMaker listens at ${server.url} with ${server.info.pack} on ${server.info.executionProvider}`);
  await interrupted();
  await server.close();
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
