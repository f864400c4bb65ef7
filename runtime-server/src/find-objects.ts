/** What is in the picture and where: segments; and depth, camera, gravity and ground, given or estimated. */
import { fullMask, type Job } from './pipeline-job.js';
import { layOut, type Layout, type LayoutInput } from './scene-layout.js';
import { sharedMask } from './stages/mask-ops.js';
import { masksInDepth } from './stages/masks-in-depth.js';
import type { Segment } from './stages/stage.js';

export interface FoundObjects {
  /** Put right by depth that was measured. */
  segments: Segment[];
  /** z for each pixel, as the layout has it. */
  depth: Float32Array;
  /** Wanted when the first object has been through the next stage. */
  layout: Promise<Layout>;
}

export async function findObjects(job: Job): Promise<FoundObjects> {
  const drawn = await segment(job);
  const { request, input, stages, report, compute } = job;
  const { seed, maxObjects } = request.options;
  const { picture, depth, intrinsics, up } = input;
  return report.timed('depth', async (context) => {
    const given = { ...(depth && { depth }), ...(intrinsics && { intrinsics }), ...(up && { up }) };
    const estimate =
      depth !== undefined && intrinsics !== undefined && up !== undefined
        ? { depth, intrinsics, up }
        : {
            ...(await stages.depth.run({ picture, ...(intrinsics && { intrinsics }) }, { seed, ...context })),
            ...given,
          };
    report.depth(estimate.depth, input);
    const { width, height } = picture;
    const inputWith = (segments: readonly Segment[]): LayoutInput => ({
      ...estimate,
      width,
      height,
      depthGiven: depth !== undefined,
      upGiven: up !== undefined,
      masks: segments.map(({ mask }) => mask),
      seed,
    });
    const layout = layOut(inputWith(drawn));
    if (depth === undefined) return { segments: shared(drawn), depth: layout.depth, layout: Promise.resolve(layout) };
    const scene = { depth, width, height, intrinsics: layout.intrinsics };
    const measured = masksInDepth(drawn, scene, layout.ground, ({ label }) =>
      report.warn(`${label} was left out: its mask shows the ground; a hint keeps it`),
    );
    const segments = shared(measured.slice(0, Math.max(maxObjects, input.hints.length)));
    preview(segments, job);
    const again = compute.layOut(inputWith(segments));
    again.catch(() => {}); // Thrown where it is waited for.
    return { segments, depth, layout: again };
  });
}

const shared = (segments: readonly Segment[]): Segment[] =>
  segments.map((segment) => ({ ...segment, mask: sharedMask(segment.mask) }));

async function segment(job: Job): Promise<Segment[]> {
  const { request, input, stages, report } = job;
  const { seed, maxObjects } = request.options;
  const { picture, hints } = input;
  const segments = await report.timed('segment', async (context) =>
    stages.segment.run({ picture, hints, maxObjects }, { seed, onNote: (message) => report.warn(message), ...context }),
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
