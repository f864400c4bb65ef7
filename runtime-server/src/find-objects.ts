/** What is in the picture and where: segments; and depth, camera, gravity and ground, given or estimated. */
import { fullMask, type Job } from './pipeline-job.js';
import { layOut, type Layout, type LayoutInput } from './scene-layout.js';
import { firmEdges } from './stages/depth-edges.js';
import { sharedMask } from './stages/mask-ops.js';
import { masksInDepth } from './stages/masks-in-depth.js';
import type { DepthOutput, Segment } from './stages/stage.js';

/** Progress of a segment stage from which on it mostly works on what its model gave. */
const MASKS_DRAWN = 0.7;

export interface FoundObjects {
  /** Put right by depth that was measured. */
  segments: Segment[];
  /** z for each pixel, as the layout has it. */
  depth: Float32Array;
  /** Wanted when the first object has been through the next stage. */
  layout: Promise<Layout>;
}

export async function findObjects(job: Job): Promise<FoundObjects> {
  let estimating: Promise<DepthOutput> | undefined;
  const estimate = (): Promise<DepthOutput> => {
    estimating ??= estimateDepth(job);
    estimating.catch(() => {}); // Thrown where it is waited for.
    return estimating;
  };
  // What segmenting computes after its model goes on beside that of depth.
  const drawn = await segment(job, (fraction) => fraction >= MASKS_DRAWN && void estimate());
  const { request, input, report, compute } = job;
  const { seed, maxObjects } = request.options;
  const { picture, depth, up } = input;
  return report.timed('depth', async () => {
    const { edgeReach, ...known } = await estimate();
    report.depth(known.depth, input);
    const { width, height } = picture;
    const inputWith = (segments: readonly Segment[]): LayoutInput => {
      const masks = segments.map(({ mask }) => mask);
      return {
        ...known,
        depth: depth ?? firmEdges(known.depth, masks, edgeReach ?? 0),
        width,
        height,
        depthGiven: depth !== undefined,
        upGiven: up !== undefined,
        masks,
        seed,
      };
    };
    const found = (segments: Segment[]): FoundObjects => {
      const given = inputWith(segments);
      const layout = compute.layOut(given);
      layout.catch(() => {}); // Thrown where it is waited for.
      return { segments, depth: given.depth, layout };
    };
    if (depth === undefined) return found(shared(drawn));
    const { intrinsics, ground } = layOut(inputWith(drawn));
    const measured = masksInDepth(drawn, { depth, width, height, intrinsics }, ground, ({ label }) =>
      report.warn(`${label} was left out: its mask shows the ground; a hint keeps it`),
    );
    const segments = shared(measured.slice(0, Math.max(maxObjects, input.hints.length)));
    preview(segments, job);
    return found(segments);
  });
}

/** What is given of depth, camera and gravity, and what the model says of the rest. */
async function estimateDepth({ request, input, stages }: Job): Promise<DepthOutput> {
  const { picture, depth, intrinsics, up } = input;
  if (depth !== undefined && intrinsics !== undefined && up !== undefined) return { depth, intrinsics, up };
  const { seed } = request.options;
  return {
    ...(await stages.depth.run({ picture, ...(intrinsics && { intrinsics }) }, { seed })),
    ...(depth && { depth }),
    ...(intrinsics && { intrinsics }),
    ...(up && { up }),
  };
}

const shared = (segments: readonly Segment[]): Segment[] =>
  segments.map((segment) => ({ ...segment, mask: sharedMask(segment.mask) }));

async function segment(job: Job, onProgress: (fraction: number) => void): Promise<Segment[]> {
  const { request, input, stages, report } = job;
  const { seed, maxObjects } = request.options;
  const { picture, hints } = input;
  const segments = await report.timed('segment', async (context) =>
    stages.segment.run(
      { picture, hints, maxObjects },
      {
        seed,
        onNote: (message) => report.warn(message),
        onProgress(fraction) {
          context.onProgress(fraction);
          onProgress(fraction);
        },
      },
    ),
  );
  hints.forEach(({ words }, hint) => {
    const what = words === undefined ? '' : `, "${words}"`;
    if (!segments.some((found) => found.hint === hint)) report.warn(`nothing was found for hint ${hint + 1}${what}`);
  });
  preview(segments, job);
  return segments;
}

function preview(segments: readonly Segment[], { report, input }: Job): void {
  report.preview({
    kind: 'segment',
    segments: segments.map(({ mask, label, score }) => ({ mask: fullMask(mask, input), label, score })),
  });
}
