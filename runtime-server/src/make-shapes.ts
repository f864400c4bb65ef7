/**
 * From what is seen of each object to its mesh: de-occlusion, then shape. Each runs for every object by itself
 * (`through-stage.ts`); one that fails is left out.
 */
import { setImmediate } from 'node:timers/promises';
import type { massProperties } from '@scenemaker/sdk';
import type { FoundObjects } from './find-objects.js';
import { EFFORT, type Job } from './pipeline-job.js';
import type { Layout } from './scene-layout.js';
import { observedBody, worldOf } from './scene-world.js';
import { liesFlat } from './stages/ground.js';
import { sharedMask } from './stages/mask-ops.js';
import { freePixels, occludersOf, visibleFraction } from './stages/occluders.js';
import type { DeoccludeOutput, Mask, Segment, ShapeOutput } from './stages/stage.js';
import type { FlatCharts } from './textures/unwrap.js';
import { throughStage } from './through-stage.js';

/** Fewer observed points than this do not say where an object is. */
const FEWEST_POINTS = 16;
/** In the preview of a shape: about 25 kB with its colours. */
const PREVIEW_TRIANGLES = 1000;

/** One object on its way through the stages. */
export interface Draft {
  id: string;
  segment: Segment;
  points: Float32Array;
  visibleFraction: number;
  /** That the de-occlusion is right. */
  confidence: number;
  shape: ShapeOutput;
  /** Of its mesh, computed while the models are at other objects; charts if it is to have a texture. */
  mass: Promise<ReturnType<typeof massProperties>>;
  charts: Promise<FlatCharts> | undefined;
}

interface Whole {
  id: string;
  index: number;
  deoccluded: DeoccludeOutput;
}

export async function makeShapes(job: Job, { segments, depth, layout: laidOut }: FoundObjects): Promise<Draft[]> {
  const { input, stages, request, report, compute } = job;
  const { seed, quality, maxTriangles, textureSize } = request.options;
  const { picture } = input;
  const occluders = occludersOf(
    segments.map(({ mask }) => mask),
    depth,
    picture.width,
    picture.height,
  ).map(sharedMask);
  // Of all objects one stage, then the other: stages that do not fit into memory together change places once.
  const wholes = await deocclude(job, segments, occluders, laidOut);
  const layout = await laidOut;
  const roughly = worldOf(
    layout,
    wholes.map(({ index }) => observedBody(segments[index], layout.points[index], layout)),
    request,
  );
  return throughStage(wholes, stages.shape.batch, async ({ id, index, deoccluded }, place, inTurn) => {
    const segment = segments[index];
    try {
      const { object, window, confidence } = deoccluded;
      const { intrinsics, up } = layout;
      const points = layout.points[index];
      const shape = await report.timed(
        'shape',
        async (context) =>
          stages.shape.run(
            {
              object,
              window,
              intrinsics,
              up,
              points,
              measured: layout.depthGiven,
              ...(segment.solids && { solids: segment.solids }),
              free: sharedMask(freePixels(segment.mask, occluders[index])),
              maxTriangles,
            },
            { seed: seed + index, effort: EFFORT[quality], compute, inTurn, ...context },
          ),
        { index: place, count: wholes.length },
      );
      const { mesh, place: seen, geometry } = shape;
      // Behind what the poses wait for, which the stage has asked for, or does when this was the last object.
      const turn = setImmediate();
      const charts = textureSize > 0 ? turn.then(() => compute.flattenCharts(mesh)) : undefined;
      const mass = turn.then(() => compute.massProperties(mesh));
      for (const later of [charts, mass]) later?.catch(() => {}); // Thrown where it is waited for.
      report.previewLater(async () => {
        await turn;
        const coarse = await compute.coarseMesh((await geometry)?.outline ?? mesh, PREVIEW_TRIANGLES);
        return { kind: 'shape', objectId: id, label: segment.label, mesh: coarse, pose: roughly.place(seen) };
      });
      return {
        id,
        segment,
        points: shape.points ?? points,
        visibleFraction: visibleFraction(segment.mask, deoccluded),
        confidence,
        shape,
        mass,
        charts,
      };
    } catch (error) {
      return report.leaveOut(id, segment.label, error);
    }
  });
}

function deocclude(
  { input, stages, request, report, compute }: Job,
  segments: readonly Segment[],
  occluders: readonly Mask[],
  layout: Promise<Layout>,
): Promise<Whole[]> {
  const { picture, scale } = input;
  const { seed, quality } = request.options;
  return throughStage(segments, stages.deocclude.batch, async (segment, index, inTurn) => {
    const id = `object-${index + 1}`;
    try {
      const words =
        (segment.hint === undefined ? undefined : request.objects?.[segment.hint].deoccludeWords) ?? segment.label;
      const deoccluded = await report.timed(
        'deocclude',
        async (context) =>
          stages.deocclude.run(
            { picture, visible: segment.mask, hidden: occluders[index], words },
            { seed: seed + index, effort: EFFORT[quality], compute, inTurn, ...context },
          ),
        { index, count: segments.length },
      );
      mustHavePlace(segment, index, await layout);
      const { object, window, before } = deoccluded;
      const full = { x: window.x / scale, y: window.y / scale, side: window.side / scale };
      report.preview({ kind: 'deocclude', objectId: id, window: full, before, after: object });
      return { id, index, deoccluded };
    } catch (error) {
      return report.leaveOut(id, segment.label, error);
    }
  });
}

/** Throws a RangeError for what cannot be placed, or is no object. */
function mustHavePlace(segment: Segment, index: number, { points, ground, depthGiven }: Layout): void {
  if (points[index].length / 3 < FEWEST_POINTS) throw new RangeError('too few of its points have a depth');
  // Estimated depth is too soft to tell.
  if (segment.hint === undefined && depthGiven && ground && liesFlat(ground, points[index]))
    throw new RangeError('it is as flat as a pattern or a shadow on the ground; a hint keeps it');
}
