import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '@scenemaker/runtime-server';
import { startFakeServer } from '../support/server.js';

const CLIENT = fileURLToPath(new URL('../../samples/agent-python/scenemaker.py', import.meta.url));
const PICTURES = fileURLToPath(new URL('../../samples/pictures/', import.meta.url));

function findPython(): string | undefined {
  return [process.env['SCENEMAKER_PYTHON'], '/usr/bin/python3', 'python3'].find((python) => {
    if (python === undefined) return false;
    try {
      execFileSync(python, ['-c', 'import msgpack, websockets'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

const python = findPython();
if (python === undefined) console.warn('The Python client is not tested: no python3 with msgpack and websockets.');

describe.skipIf(python === undefined)('the Python client', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startFakeServer({ token: 'the secret' });
  });
  afterAll(() => server.close());

  async function run(picture: string, token: string) {
    const client = spawn(python ?? '', [CLIENT, PICTURES + picture, server.url], {
      env: { ...process.env, SCENEMAKER_TOKEN: token },
    });
    let output = '';
    for (const stream of [client.stdout, client.stderr])
      stream.on('data', (data: Buffer) => (output += data.toString()));
    const [status] = (await once(client, 'close')) as [number];
    return { status, output };
  }

  test('gets a scene from a camera frame with depth, longer than one chunk', async () => {
    const { status, output } = await run('rgbd-table.jpg', 'the secret');
    expect(output).toContain('4 objects, metres estimated');
    expect(output).toContain('object-1 box: at -0.200 0.120 0.000, 0.400 m, 24 vertices');
    expect(status).toBe(0);
  });

  test('says what the server refused', async () => {
    const { status, output } = await run('rgbd-table.jpg', 'wrong');
    expect(output).toContain('unauthorized');
    expect(status).toBe(1);
  });
});
