/** Brings the files of a pack here that are not here yet. */
import { isAbsolute, join } from 'node:path';
import { SceneMakerError } from '@scenemaker/sdk';
import type { BackendName, PackFile } from '../manifest.js';
import { checkFile, checkFileSize, type FileState } from '../pack-file.js';
import type { ModelPack } from '../pack.js';
import { fetchFile, type FetchOptions } from './fetch-file.js';
import { isAccepted } from './licenses.js';

/** One file of one stage of a pack. */
export interface ListedFile {
  stage: string;
  backend: BackendName;
  role: string;
  file: PackFile;
  /** Its own, its stage's or the pack's. */
  license: string;
  location: string;
  state: FileState['state'];
}

/** Every file the pack names, but for those of its base; `thorough` compares checksums too, not sizes alone. */
export async function listFiles(pack: ModelPack, thorough: boolean): Promise<ListedFile[]> {
  const check = thorough ? checkFile : checkFileSize;
  const listed: ListedFile[] = [];
  for (const [stage, { backend, license, files }] of Object.entries(pack.manifest.stages)) {
    for (const [role, file] of Object.entries(files)) {
      const location = join(pack.directory, file.path);
      const { state } = await check(location, file);
      const own = file.license ?? license ?? pack.manifest.license;
      listed.push({ stage, backend, role, file, license: own, location, state });
    }
  }
  return listed;
}

/**
 * The files that have to be fetched. Errors: bad-request for a licence that is not free and was not accepted;
 * pack-missing for a file without a source.
 */
export function planPull(listed: readonly ListedFile[], accepted: readonly string[]): ListedFile[] {
  const wanted = listed.filter(({ state }) => state !== 'ok');
  const sourceless = wanted.filter(({ file }) => file.source === undefined);
  if (sourceless.length > 0) {
    const paths = sourceless.map(({ location }) => location).join(', ');
    throw new SceneMakerError('pack-missing', `${paths}: not here, and the manifest names no source`, {
      given: sourceless.map(({ file }) => file.path),
    });
  }
  const refused = [...new Set(wanted.map(({ license }) => license))].filter((name) => !isAccepted(name, accepted));
  if (refused.length > 0) {
    const flags = refused.map((name) => `--accept-license "${name}"`).join(' ');
    throw new SceneMakerError(
      'bad-request',
      `${refused.join(' and ')} does not let everybody use the model for everything; whoever may, says ${flags}`,
      { given: accepted, allowed: refused },
    );
  }
  return wanted;
}

/** Errors: those of `fetchFile`. */
export async function pullFile({ file, location }: ListedFile, pack: ModelPack, options: FetchOptions): Promise<void> {
  const { source } = file;
  if (source === undefined) throw new SceneMakerError('internal', `${file.path} was planned without a source`);
  const isPlace = isAbsolute(source) || /^https?:\/\//i.test(source);
  await fetchFile(isPlace ? source : join(pack.directory, source), location, file, options);
}
