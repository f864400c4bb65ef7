/** A model pack on disk. Every file is checked against the manifest before anything is loaded from it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SceneMakerError } from '@scenemaker/sdk';
import { type PackFile, type PackManifest, type PackStage, parseManifest } from './manifest.js';

export interface ModelPack {
  readonly directory: string;
  readonly manifest: PackManifest;
  /** `name@version`, as written into provenance. */
  readonly label: string;
  /** SHA-256 of the manifest, which holds those of all files. */
  readonly digest: string;
  stage(stage: string): PackStage;
  file(stage: string, role: string): LocatedFile;
}

export interface LocatedFile extends PackFile {
  /** `path` joined to the pack's folder. */
  location: string;
}

/** Reads `manifest.json` in `directory` and verifies size and SHA-256 of every file it names. */
export async function loadPack(directory: string): Promise<ModelPack> {
  const manifestPath = join(directory, 'manifest.json');
  let text: string;
  try {
    text = await readFile(manifestPath, 'utf8');
  } catch (cause) {
    throw missing(manifestPath, cause);
  }
  const manifest = parseManifest(text, manifestPath);
  for (const stage of Object.values(manifest.stages)) {
    for (const file of Object.values(stage.files)) await verifyFile(join(directory, file.path), file);
  }
  return new LoadedPack(directory, manifest, createHash('sha256').update(text).digest('hex'));
}

class LoadedPack implements ModelPack {
  readonly directory: string;
  readonly manifest: PackManifest;

  readonly digest: string;

  constructor(directory: string, manifest: PackManifest, digest: string) {
    this.directory = directory;
    this.digest = digest;
    this.manifest = manifest;
  }

  get label(): string {
    return `${this.manifest.name}@${this.manifest.version}`;
  }

  stage(stage: string): PackStage {
    const found = this.manifest.stages[stage];
    if (found !== undefined) return found;
    throw new SceneMakerError('pack-corrupt', `pack ${this.label} has no stage ${stage}`, {
      given: Object.keys(this.manifest.stages),
      allowed: stage,
    });
  }

  file(stage: string, role: string): LocatedFile {
    const files = this.stage(stage).files;
    const found = files[role];
    if (found !== undefined) return { ...found, location: join(this.directory, found.path) };
    throw new SceneMakerError('pack-corrupt', `pack ${this.label}: stage ${stage} has no file ${role}`, {
      given: Object.keys(files),
      allowed: role,
    });
  }
}

async function verifyFile(location: string, expected: PackFile): Promise<void> {
  let bytes: number;
  try {
    const status = await stat(location);
    if (!status.isFile()) throw new Error('not a file');
    bytes = status.size;
  } catch (cause) {
    throw missing(location, cause);
  }
  if (bytes !== expected.bytes) {
    throw new SceneMakerError('pack-corrupt', `${location} has ${bytes} bytes, the manifest says ${expected.bytes}`, {
      given: bytes,
      allowed: expected.bytes,
    });
  }
  const sha256 = await hashFile(location);
  if (sha256 !== expected.sha256) {
    throw new SceneMakerError(
      'pack-corrupt',
      `${location} has SHA-256 ${sha256}, the manifest says ${expected.sha256}`,
      {
        given: sha256,
        allowed: expected.sha256,
      },
    );
  }
}

async function hashFile(location: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(location)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function missing(location: string, cause: unknown): SceneMakerError {
  return new SceneMakerError('pack-missing', `${location} does not exist or cannot be read`, {
    given: location,
    cause,
  });
}
