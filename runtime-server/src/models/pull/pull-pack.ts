/** Brings the files of a pack here that are not here yet. */
import { isAbsolute, join } from 'node:path';
import { SceneMakerError } from '@scenemaker/sdk';
import type { BackendName, PackFile } from '../manifest.js';
import { checkFile, checkFileSize, type FileState, pinOf } from '../pack-file.js';
import { recordPull } from '../pack-lock.js';
import type { ModelPack } from '../pack.js';
import { describeSource, isUrl, type SourceDescription } from './describe-source.js';
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

/** A file that is to be fetched, and what is known of it before. */
export interface PlannedFile extends ListedFile {
  expected: SourceDescription;
  /** Whether that is of its source, and not of the manifest or an earlier pull. */
  firstUse: boolean;
}

/** Asks the sources of files without a checksum for what they say of them. Errors: those of `describeSource`. */
export async function describeFiles(wanted: readonly ListedFile[], pack: ModelPack): Promise<PlannedFile[]> {
  const planned: PlannedFile[] = [];
  for (const one of wanted) {
    // A file that two stages share is fetched once.
    if (planned.some(({ location }) => location === one.location)) continue;
    const known = pinOf(one.file);
    const expected = known ?? (await describeSource(placeOf(one, pack)));
    planned.push({ ...one, expected, firstUse: known === undefined });
  }
  return planned;
}

/** Records what it found of a file that had no checksum. Errors: those of `fetchFile`; output-unwritable. */
export async function pullFile(planned: PlannedFile, pack: ModelPack, options: FetchOptions): Promise<void> {
  const { file, location, expected, firstUse } = planned;
  const sha256 = await fetchFile(placeOf(planned, pack), location, expected, options);
  if (firstUse) await recordPull(pack.directory, file.path, sourceOf(planned), { bytes: expected.bytes, sha256 });
}

function sourceOf({ file }: ListedFile): string {
  if (file.source !== undefined) return file.source;
  throw new SceneMakerError('internal', `${file.path} was planned without a source`);
}

/** A URL, or a path that is not relative. */
function placeOf(one: ListedFile, { directory }: ModelPack): string {
  const source = sourceOf(one);
  return isUrl(source) || isAbsolute(source) ? source : join(directory, source);
}
