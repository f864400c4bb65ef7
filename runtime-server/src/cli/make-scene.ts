/** A request to a settled scene: over the WebSocket to a server, then physics on this side. */
import { connect, type GenerateRequest, type Preview, type Priority, type SceneDescription } from '@scenemaker/sdk';
import type * as Babylon from '@scenemaker/sdk/babylon';
import { settleScene } from '@scenemaker/sdk/physics';
import type { PipelineOptions } from '../pipeline-types.js';
import { startServer } from '../server/server.js';
import type { Progress } from './progress.js';

export type ServerChoice =
  /** One that runs already. */
  | { url: string; token?: string }
  /** One of our own, on loopback, for this request alone. */
  | PipelineOptions;

export interface MakeSceneOptions {
  server: ServerChoice;
  progress: Progress;
  priority?: Priority;
  signal?: AbortSignal;
}

export interface MadeScene {
  /** Settled. */
  scene: SceneDescription;
  depth?: Extract<Preview, { kind: 'depth' }>;
  /** What was found in the picture. */
  segments?: Extract<Preview, { kind: 'segment' }>['segments'];
  deocclusions: Extract<Preview, { kind: 'deocclude' }>[];
  /**
   * The scene as Babylon.js builds it: bodies, and how far the one that moved most got in `seconds`. Absent where
   * `@babylonjs/core` is not installed: nothing else here needs it.
   */
  babylon: { bodies: number; seconds: number; movedMeters: number } | undefined;
  /** Seconds on the wall clock by step, in order. */
  seconds: Record<string, number>;
  /** What went wrong without stopping the job. */
  warnings: string[];
}

/** How stages are called where people read them. */
const STAGE_NAMES = {
  segment: 'segment',
  depth: 'depth',
  deocclude: 'de-occlude',
  shape: 'generate shape',
  pose: 'estimate pose',
  compose: 'compose',
} as const;

/** How long the built scene is watched, simulated seconds. */
const BABYLON_SECONDS = 2;

export async function makeScene(request: GenerateRequest, options: MakeSceneOptions): Promise<MadeScene> {
  const seconds: Record<string, number> = {};
  const made = await withServer(options, seconds, (url, token) => generate(url, token, request, options));
  Object.assign(seconds, made.scene.provenance.seconds);
  const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    options.progress.update(step, 0);
    const begin = performance.now();
    const result = await work();
    seconds[step] = (performance.now() - begin) / 1000;
    options.progress.update(step, 1);
    return result;
  };
  const settled = await timed('physics', () => settleScene(made.scene));
  const builder = await loadBabylon();
  const babylon = builder && (await timed('babylon', () => watchInBabylon(builder, settled)));
  return { ...made, seconds, babylon, scene: settled };
}

async function loadBabylon(): Promise<typeof Babylon | undefined> {
  try {
    return await import('@scenemaker/sdk/babylon');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

async function watchInBabylon({ runHeadless }: typeof Babylon, scene: SceneDescription) {
  const { bodies, movedMeters } = await runHeadless(scene, BABYLON_SECONDS);
  return { bodies, seconds: BABYLON_SECONDS, movedMeters: Math.max(0, ...movedMeters.values()) };
}

/** Runs `work` against the chosen server, and ends the server if it is our own. */
async function withServer<T>(
  { server: choice, progress }: MakeSceneOptions,
  seconds: Record<string, number>,
  work: (url: string, token: string | undefined) => Promise<T>,
): Promise<T> {
  if ('url' in choice) return work(choice.url, choice.token);
  progress.update('load models', 0);
  const begin = performance.now();
  const server = await startServer({ host: '127.0.0.1', port: 0, inference: choice });
  seconds['load models'] = (performance.now() - begin) / 1000;
  progress.update('load models', 1);
  try {
    return await work(server.url, undefined);
  } finally {
    await server.close();
  }
}

/** What comes over the wire. */
type Received = Omit<MadeScene, 'seconds' | 'babylon'>;

async function generate(
  url: string,
  token: string | undefined,
  request: GenerateRequest,
  { progress, signal, priority }: MakeSceneOptions,
): Promise<Received> {
  signal?.throwIfAborted();
  const client = await connect(url, { client: 'scenemaker-cli', ...(token !== undefined && { token }) });
  try {
    const job = client.generate(request, { ...(signal && { signal }), ...(priority && { priority }) });
    const made: Omit<Received, 'scene'> = { deocclusions: [], warnings: [] };
    for await (const event of job) {
      if (event.type === 'queued' && event.position > 0) progress.note(`  waiting behind ${event.position} other jobs`);
      else if (event.type === 'progress') progress.update(STAGE_NAMES[event.stage], event.fraction);
      else if (event.type === 'warning') made.warnings.push(event.message);
      else if (event.type === 'preview') keepPreview(made, event.preview);
    }
    return { ...made, scene: await job.result };
  } finally {
    client.close();
  }
}

function keepPreview(made: Omit<Received, 'scene'>, preview: Preview): void {
  if (preview.kind === 'segment') made.segments = preview.segments;
  else if (preview.kind === 'depth') made.depth = preview;
  else if (preview.kind === 'deocclude') made.deocclusions.push(preview);
}
