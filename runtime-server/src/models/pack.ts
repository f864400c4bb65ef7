/** A model pack on disk. Every file is checked against the manifest before anything is loaded from it. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SceneMakerError } from '@scenemaker/sdk';
import { EMBEDDED_PACK } from '../packs.js';
import { type PackFile, type PackManifest, type PackStage, parseManifest } from './manifest.js';
import { missing, verifyFile } from './pack-file.js';
import { pinned, readLock } from './pack-lock.js';

export interface ModelPack {
  readonly directory: string;
  readonly manifest: PackManifest;
  /** `name@version`, as written into provenance. */
  readonly label: string;
  /** SHA-256 of the manifest and of what the first pull recorded, which hold those of all files, and of the base's. */
  readonly digest: string;
  /** Serves the stages that this pack does not name. */
  readonly base?: ModelPack;
  /** The pack that a stage is of: this one, or its base where this one does not name the stage. */
  owner(stage: string): ModelPack;
  /** Of this pack itself. */
  stage(stage: string): PackStage;
  file(stage: string, role: string): LocatedFile;
}

export interface LocatedFile extends PackFile {
  /** `path` joined to the pack's folder. */
  location: string;
}

/**
 * Reads `manifest.json` in `directory` and verifies size and SHA-256 of every file that it and its base name. Nothing
 * is fetched. Errors: pack-missing, pack-corrupt.
 */
export async function loadPack(directory: string): Promise<ModelPack> {
  const pack = await readPack(directory);
  await verifyFiles(pack);
  if (pack.base !== undefined) await verifyFiles(pack.base);
  return pack;
}

async function verifyFiles({ directory, manifest }: ModelPack): Promise<void> {
  for (const stage of Object.values(manifest.stages)) {
    for (const file of Object.values(stage.files)) await verifyFile(join(directory, file.path), file);
  }
}

/** Reads the manifest, what its first pull recorded, and the same of the base, and looks at no other file. Errors: pack-missing, pack-corrupt. */
export async function readPack(directory: string): Promise<ModelPack> {
  const manifestPath = join(directory, 'manifest.json');
  let text: string;
  try {
    text = await readFile(manifestPath, 'utf8');
  } catch (cause) {
    throw missing(manifestPath, cause);
  }
  const lock = await readLock(directory);
  const manifest = pinned(parseManifest(text, manifestPath), lock);
  const base = manifest.base === undefined ? undefined : await readPack(EMBEDDED_PACK);
  const digest = createHash('sha256').update(text);
  if (lock !== undefined) digest.update(JSON.stringify(lock));
  if (base !== undefined) digest.update(base.digest);
  return new ReadPack(directory, manifest, digest.digest('hex'), base);
}

class ReadPack implements ModelPack {
  readonly directory: string;
  readonly manifest: PackManifest;
  readonly digest: string;
  readonly base?: ModelPack;

  constructor(directory: string, manifest: PackManifest, digest: string, base?: ModelPack) {
    this.directory = directory;
    this.manifest = manifest;
    this.digest = digest;
    if (base !== undefined) this.base = base;
  }

  get label(): string {
    return `${this.manifest.name}@${this.manifest.version}`;
  }

  owner(stage: string): ModelPack {
    return this.base !== undefined && this.manifest.stages[stage] === undefined ? this.base : this;
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
