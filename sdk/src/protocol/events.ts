/** What a job reports, in the order in which it happens. */
import * as v from 'valibot';
import {
  bytesSchema,
  finite,
  float32Schema,
  meshSchema,
  poseSchema,
  runLengthMaskSchema,
  sceneDescriptionSchema,
  sceneObjectSchema,
} from '../scene/schema.js';
import { wireErrorSchema } from './wire-error.js';

const describe = v.description;
const share = v.pipe(finite, v.minValue(0), v.maxValue(1));

/** The model stages in their order, then putting the scene together. */
export const PROGRESS_STAGES = ['segment', 'depth', 'deocclude', 'shape', 'pose', 'compose'] as const;
export type ProgressStage = (typeof PROGRESS_STAGES)[number];

export const previewSchema = v.variant('kind', [
  v.pipe(
    v.object({
      kind: v.literal('segment'),
      segments: v.array(v.object({ mask: runLengthMaskSchema, label: v.string(), score: share })),
    }),
    describe('The masks found, at the size of the picture; once more where measured depth has put them right.'),
  ),
  v.pipe(
    v.object({
      kind: v.literal('depth'),
      width: v.pipe(v.number(), v.integer(), v.minValue(1)),
      height: v.pipe(v.number(), v.integer(), v.minValue(1)),
      depth: float32Schema,
    }),
    describe(
      'Depth, row by row, NaN where there is none; metres if scale is measured. Made smaller for large pictures.',
    ),
  ),
  v.pipe(
    v.object({
      kind: v.literal('deocclude'),
      objectId: v.string(),
      window: v.object({ x: finite, y: finite, side: finite }),
      before: v.pipe(bytesSchema, describe('PNG with alpha: the visible pixels.')),
      after: v.pipe(bytesSchema, describe('PNG with alpha: the whole object.')),
    }),
    describe('One object before and after what hides it is filled in; the window is in pixels of the picture.'),
  ),
  v.pipe(
    v.object({
      kind: v.literal('shape'),
      objectId: v.string(),
      label: v.string(),
      mesh: v.pipe(meshSchema, describe('Closed, of few triangles, without a texture.')),
      pose: poseSchema,
    }),
    describe(
      'One object as soon as it has a shape, about where the picture shows it; its `object` event follows, with the final mesh and pose. The world is near to that of the scene, not the same.',
    ),
  ),
]);

export const jobEventSchema = v.variant('type', [
  v.pipe(
    v.object({ type: v.literal('queued'), position: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
    describe(
      'Waiting; position is how many jobs are ahead. Sent again whenever it changes, and when a server that is shut down puts a running job back.',
    ),
  ),
  v.pipe(
    v.object({
      type: v.literal('started'),
      fromCache: v.exactOptional(
        v.pipe(v.boolean(), describe('The same request was answered before: its events are repeated.')),
      ),
    }),
    describe(
      'The job left the queue. A second time: its run was broken off and begins again; what the first run gave is void.',
    ),
  ),
  v.pipe(
    v.object({ type: v.literal('progress'), stage: v.picklist(PROGRESS_STAGES), fraction: share }),
    describe('How far one stage is, 0 to 1.'),
  ),
  v.pipe(v.object({ type: v.literal('preview'), preview: previewSchema }), describe('Something to look at meanwhile.')),
  v.pipe(
    v.object({ type: v.literal('object'), object: sceneObjectSchema }),
    describe('An object whose mesh and pose are final; physics has not run.'),
  ),
  v.pipe(
    v.object({ type: v.literal('warning'), message: v.string(), objectId: v.exactOptional(v.string()) }),
    describe('Something went wrong that does not end the job, such as an object that had to be left out.'),
  ),
  v.pipe(v.object({ type: v.literal('done'), scene: sceneDescriptionSchema }), describe('The last event: the scene.')),
  v.pipe(
    v.object({ type: v.literal('failed'), error: wireErrorSchema }),
    describe('The last event: why there is no scene.'),
  ),
  v.pipe(v.object({ type: v.literal('cancelled') }), describe('The last event: someone cancelled the job.')),
]);

export type Preview = v.InferOutput<typeof previewSchema>;
export type JobEvent = v.InferOutput<typeof jobEventSchema>;
export type JobEventType = JobEvent['type'];

/** Whether no event follows this one. */
export function isFinal({ type }: { type: JobEventType }): boolean {
  return type === 'done' || type === 'failed' || type === 'cancelled';
}
