/** Small graphs with the signatures of large models (test/fixtures/large-models), as packs. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { loadPack, type ModelPack } from '../../runtime-server/src/models/index.js';
import type { Picture } from '../../runtime-server/src/stages/stage.js';

const FOLDER = fileURLToPath(new URL('../fixtures/large-models', import.meta.url));

export const largeModel = (name: string): string => join(FOLDER, name);

interface StageOfPack {
  backend: string;
  /** Paths within the fixtures' folder, by role. */
  files?: Record<string, string>;
  settings?: Record<string, unknown>;
}

/** A pack in a folder of its own until the test ends, on top of the one that ships. */
export async function packOf(stages: Record<string, StageOfPack>): Promise<ModelPack> {
  const folder = await mkdtemp(join(tmpdir(), 'large-'));
  onTestFinished(async () => rm(folder, { recursive: true }));
  const described = await Promise.all(
    Object.entries(stages).map(async ([name, { files = {}, ...stage }]) => {
      const located = Object.entries(files).map(async ([role, path]) => [role, await place(path, folder)] as const);
      return [name, { ...stage, files: Object.fromEntries(await Promise.all(located)) }] as const;
    }),
  );
  const manifest = {
    format: 1,
    name: 'large',
    version: '1.0.0',
    license: 'MIT',
    base: 'embedded',
    stages: Object.fromEntries(described),
  };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return loadPack(folder);
}

async function place(path: string, folder: string): Promise<{ path: string; bytes: number; sha256: string }> {
  const bytes = await readFile(largeModel(path));
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await copyFile(largeModel(path), join(folder, path));
  return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Base64 of little-endian float32, as the golden files have it. */
export function floats(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer);
}

/** The picture that `make_goldens.py` makes. */
export function stripes(width: number, height: number): Picture {
  return { width, height, data: Uint8Array.from({ length: 3 * width * height }, (_, i) => ((i * 7919) >> 4) & 255) };
}
