/** One picture on its way to a scene: what the server has told so far, and what physics made of it. */
import { type Signal, signal } from '@preact/signals';
import {
  type GenerateRequest,
  type Preview,
  PROGRESS_STAGES,
  type ProgressStage,
  type SceneDescription,
  SceneMakerError,
  type SceneObject,
  type GenerationJob,
  type JobEvent,
} from '@scenemaker/sdk';
import { settle } from '../work/work.js';
import { shapeAlone } from './provisional.js';

type PreviewOf<Kind extends Preview['kind']> = Extract<Preview, { kind: Kind }>;
export type Segment = PreviewOf<'segment'>['segments'][number];
export type DepthPreview = PreviewOf<'depth'>;
/** Addresses of the pictures of one object, visible pixels and whole. */
export interface Crop {
  before: string;
  after: string;
}

export type Phase = 'queued' | 'running' | 'settling' | 'ready' | 'failed' | 'cancelled';

/** The picture as the browser shows it; size as it stands upright. */
export interface ShownPicture {
  url: string;
  width: number;
  height: number;
}

export interface Run {
  readonly jobId: string;
  readonly name: string;
  /** Absent where this browser does not hold what was asked. */
  readonly request: GenerateRequest | undefined;
  readonly picture: ShownPicture | undefined;
  readonly phase: Signal<Phase>;
  readonly queuePosition: Signal<number>;
  readonly fractions: Signal<Partial<Record<ProgressStage, number>>>;
  /** In the order of the objects: the first is `object-1`. */
  readonly segments: Signal<readonly Segment[]>;
  readonly depth: Signal<DepthPreview | undefined>;
  readonly crops: Signal<ReadonlyMap<string, Crop>>;
  /** Shapes that have been made, roughly placed, by id: nothing but mesh and pose is known of them. */
  readonly shapes: Signal<ReadonlyMap<string, SceneObject>>;
  /** Final but for physics. */
  readonly objects: Signal<readonly SceneObject[]>;
  /** As the server made it, before physics. */
  readonly estimated: Signal<SceneDescription | undefined>;
  /** Settled, with whatever was edited since. */
  readonly scene: Signal<SceneDescription | undefined>;
  /** The scene before each edit, oldest first. */
  readonly past: Signal<readonly SceneDescription[]>;
  readonly warnings: Signal<readonly string[]>;
  readonly error: Signal<SceneMakerError | undefined>;
  readonly job: GenerationJob;
}

export interface RunInput {
  job: GenerationJob;
  name: string;
  request: GenerateRequest | undefined;
  picture: ShownPicture | undefined;
}

/** Follows the job to its end. */
export function createRun({ job, name, request, picture }: RunInput): Run {
  const run: Run = {
    job,
    jobId: job.jobId,
    name,
    request,
    picture,
    phase: signal<Phase>('queued'),
    queuePosition: signal(0),
    fractions: signal({}),
    segments: signal([]),
    depth: signal(undefined),
    crops: signal(new Map()),
    shapes: signal(new Map()),
    objects: signal([]),
    estimated: signal(undefined),
    scene: signal(undefined),
    past: signal([]),
    warnings: signal([]),
    error: signal(undefined),
  };
  void follow(run);
  return run;
}

export const isWaiting = ({ phase }: Run): boolean => ['queued', 'running', 'settling'].includes(phase.value);

async function follow(run: Run): Promise<void> {
  try {
    for await (const event of run.job) accept(run, event);
    const estimated = await run.job.result;
    run.estimated.value = estimated;
    run.phase.value = 'settling';
    run.scene.value = await settle(estimated);
    run.phase.value = 'ready';
  } catch (thrown) {
    const error = SceneMakerError.from(thrown);
    run.error.value = error;
    run.phase.value = error.code === 'cancelled' ? 'cancelled' : 'failed';
  }
}

function accept(run: Run, event: JobEvent): void {
  switch (event.type) {
    case 'queued':
      run.phase.value = 'queued';
      run.queuePosition.value = event.position;
      return;
    case 'started':
      startOver(run);
      return;
    case 'progress':
      run.fractions.value = { ...run.fractions.value, [event.stage]: event.fraction };
      return;
    case 'preview':
      showPreview(run, event.preview);
      return;
    case 'object':
      run.objects.value = [...run.objects.value, event.object];
      return;
    case 'warning':
      run.warnings.value = [...run.warnings.value, event.message];
      return;
    // `result` says the same, with the error.
    case 'done':
    case 'failed':
    case 'cancelled':
      return;
  }
}

/** A second start makes void what the first one gave. */
function startOver(run: Run): void {
  run.phase.value = 'running';
  run.fractions.value = {};
  run.segments.value = [];
  run.depth.value = undefined;
  run.crops.value = new Map();
  run.shapes.value = new Map();
  run.objects.value = [];
  run.warnings.value = [];
}

function showPreview(run: Run, preview: Preview): void {
  switch (preview.kind) {
    case 'segment':
      run.segments.value = preview.segments;
      return;
    case 'depth':
      run.depth.value = preview;
      return;
    case 'deocclude': {
      const crop = { before: pngUrl(preview.before), after: pngUrl(preview.after) };
      run.crops.value = new Map([...run.crops.value, [preview.objectId, crop]]);
      return;
    }
    case 'shape':
      run.shapes.value = new Map([...run.shapes.value, [preview.objectId, shapeAlone(preview)]]);
      return;
  }
}

const pngUrl = (bytes: Uint8Array): string =>
  URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'image/png' }));

export type Step = ProgressStage | 'settle';

/** What a run goes through, in words, with the share that is done, 0 to 1. */
export function stepsOf(run: Run): { step: Step; share: number }[] {
  const { fractions, phase } = run;
  return [
    ...PROGRESS_STAGES.map((step) => ({ step, share: fractions.value[step] ?? 0 })),
    { step: 'settle' as const, share: phase.value === 'ready' ? 1 : 0 },
  ];
}
