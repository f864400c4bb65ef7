/** Starting, opening and closing runs. */
import { signal } from '@preact/signals';
import { type GenerateRequest, type JobSummary, SceneMakerError } from '@scenemaker/sdk';
import type { Capture } from './capture.js';
import { findRequest, keepRequest } from './history.js';
import { createRun, type Run, type ShownPicture } from './run.js';
import { openServer, refreshJobs } from './server.js';

/** What is shown; undefined: the start page. */
export const current = signal<Run | undefined>(undefined);
/** Why the last attempt to start or open one came to nothing. */
export const refusal = signal<SceneMakerError | undefined>(undefined);

/** Of this visit, so that one opened again is where it was. */
const known = new Map<string, Run>();

/** Sends what `prepare` gives to the server and shows the run; what goes wrong is said in `refusal`. */
export async function start(prepare: () => Promise<Capture>): Promise<void> {
  await attempt(async () => {
    const { name, request } = await prepare();
    const server = await openServer();
    const { maxPictureBytes, maxPicturePixels } = server.limits;
    if (request.picture.length > maxPictureBytes) {
      throw new SceneMakerError('image-too-large', `the picture has more than ${megabytes(maxPictureBytes)}`);
    }
    const picture = await showPicture(request);
    if (picture && picture.width * picture.height > maxPicturePixels) {
      const size = `${picture.width} × ${picture.height}`;
      throw new SceneMakerError('image-too-large', `${size} is more than ${maxPicturePixels / 1e6} megapixels`);
    }
    const job = server.generate(request);
    await keepRequest({ jobId: job.jobId, name, request, createdAt: Date.now() }).catch(() => {});
    show(createRun({ job, name, request, picture }));
    void refreshJobs();
  });
}

/** Shows a job that the server knows, from its first event on. */
export async function open(jobId: string): Promise<void> {
  await attempt(async () => {
    const seen = known.get(jobId);
    if (seen && seen.error.value?.code !== 'connection-lost') return show(seen);
    const server = await openServer();
    const kept = await findRequest(jobId).catch(() => undefined);
    const request = kept?.request;
    const picture = request && (await showPicture(request));
    show(createRun({ job: server.follow(jobId), name: kept?.name ?? 'Scene', request, picture }));
  });
}

/** Cancels a job, shown or not. */
export async function cancel({ jobId, lastEvent }: JobSummary): Promise<void> {
  await attempt(async () => {
    const followed = known.get(jobId)?.job;
    if (followed && !followed.ended) return followed.cancel();
    const job = (await openServer()).follow(jobId, lastEvent);
    job.cancel();
    await job.result.catch(() => {});
  });
  await refreshJobs();
}

export function close(): void {
  current.value = undefined;
  history.replaceState(null, '', location.pathname);
}

function show(run: Run): void {
  known.set(run.jobId, run);
  current.value = run;
  history.replaceState(null, '', `#job=${run.jobId}`);
}

async function attempt(work: () => Promise<void>): Promise<void> {
  refusal.value = undefined;
  try {
    await work();
  } catch (thrown) {
    refusal.value = SceneMakerError.from(thrown);
  }
}

/** Undefined where the browser cannot read what the server may; it stands upright as the server sees it. */
async function showPicture({ picture }: GenerateRequest): Promise<ShownPicture | undefined> {
  const blob = new Blob([picture as Uint8Array<ArrayBuffer>]);
  try {
    const { width, height } = await createImageBitmap(blob, { imageOrientation: 'from-image' });
    return { url: URL.createObjectURL(blob), width, height };
  } catch {
    return undefined;
  }
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
