/**
 * What each stage of the pipeline takes and gives.
 *
 * A stage knows nothing of the others: it is handed pictures, points and meshes, never another
 * model's tensors, so that each can be replaced by a larger public model (the paper's section 3).
 *
 *   segment ─► depth ─► de-occlude ─► generate shape ─► estimate pose
 *
 * Camera frame: x right, y down, z forward. World frame: right-handed, y up.
 */
import type { Compute } from '../compute/tasks.js';
import type { Mesh, Pose, Vec3 } from '@scenemaker/sdk';
import type { Picture } from '@scenemaker/sdk/render';
import type { StageName } from '../models/manifest.js';
import type { MeshGeometry } from './mesh-geometry.js';

export { STAGE_NAMES, type StageName } from '../models/manifest.js';
export type { Picture };

/** Runs work when that of all who asked before has ended. */
export type InTurn = <Made>(work: () => Promise<Made>) => Promise<Made>;

/** Waits for nobody. */
export const atOnce: InTurn = (work) => work();

/** One model stage. `run` may be called again and again; `dispose` frees its sessions. */
export interface Stage<Input, Output> {
  readonly name: StageName;
  /** So many runs at once cost less than one after the other; absent: 1. */
  readonly batch?: number;
  run(input: Input, context: StageContext): Promise<Output>;
  dispose(): Promise<void>;
}

export interface StageContext {
  /** Seeds everything random in the stage. */
  seed: number;
  /** Multiplies the number of sampling steps; 1 is what the pack recommends. */
  effort?: number;
  /** Called with 0 to 1 as the stage gets on. */
  onProgress?: (fraction: number) => void;
  /** What is computed of each object by itself, without models, may go to other threads; by default it does not. */
  compute?: Compute;
  /** Runs the models of one object one after the other before those of the next that goes through the stage. */
  inTurn?: InTurn;
  /** Told, in one sentence, what of the input was not understood. */
  onNote?: (message: string) => void;
}

/** A colour picture with coverage: stride 4 (r, g, b, a), not premultiplied. */
export interface PictureWithAlpha {
  width: number;
  height: number;
  data: Uint8Array;
}

/** One byte a pixel, 0 or 1, row by row. */
export interface Mask {
  width: number;
  height: number;
  data: Uint8Array;
}

/** Pinhole intrinsics in pixels; pixel centres at half integers. */
export interface Intrinsics {
  fx: number;
  fy: number;
  cx: number;
  cy: number;
}

/** A square window of the picture in pixels; it may reach over the border. */
export interface Window {
  x: number;
  y: number;
  side: number;
}

export interface SegmentInput {
  picture: Picture;
  /** Which objects to look for. Absent: whatever is found. */
  hints?: SegmentHint[];
  /** The best this many are kept; hinted objects always are. */
  maxObjects?: number;
}

/** One object that somebody pointed out, in pixels of the picture. What is given together must agree. */
export interface SegmentHint {
  mask?: Mask;
  /** x0, y0, x1, y1; the upper ends are exclusive. */
  box?: readonly [number, number, number, number];
  /** x, y on the object. */
  points?: readonly (readonly [number, number])[];
  /** What it is and looks like: `the red mug`. Alone they find the object that fits best, or none. */
  words?: string;
}

export interface Segment {
  /** At the picture's size. Masks of one result do not overlap. */
  mask: Mask;
  label: string;
  /** 0 to 1. */
  score: number;
  /** Which of the hints asked for it; absent when it was found without one. */
  hint?: number;
  /** Absent where the stage cannot tell. */
  solids?: SolidLikelihoods;
}

/** How likely something is a simple solid that stands upright, 0 to 1, by what it looks like. */
export interface SolidLikelihoods {
  /** Round about its axis. */
  round: number;
  box: number;
}

export type SegmentOutput = Segment[];

export interface DepthInput {
  picture: Picture;
  /** Of the camera, where it is known. */
  intrinsics?: Intrinsics;
}

export interface DepthOutput {
  /** z along the optical axis for each pixel, up to scale; NaN where there is none (sky). */
  depth: Float32Array;
  intrinsics: Intrinsics;
  /** Unit vector against gravity, camera frame. */
  up: Vec3;
  /** Over how many pixels near and far blend at an edge; absent for depth that is sharp. */
  edgeReach?: number;
  /** Where the model estimates it. */
  metersPerUnit?: number;
}

export interface DeoccludeInput {
  picture: Picture;
  /** The object's visible pixels. */
  visible: Mask;
  /** 1 where something in front could hide the object. Outside the picture counts as hidden too. */
  hidden: Mask;
  /** Words that steer what is filled in; may be empty. */
  words: string;
}

export interface DeoccludeOutput {
  /** The whole object on nothing. */
  object: PictureWithAlpha;
  /** Where `object` lies in the picture. */
  window: Window;
  /** The visible pixels on nothing, in the same window: what the model was given. */
  before: PictureWithAlpha;
  /** The overlap over union, 0 to 1, that the model itself expects between its silhouette and the true one. */
  confidence: number;
}

export interface ShapeInput {
  object: PictureWithAlpha;
  window: Window;
  intrinsics: Intrinsics;
  up: Vec3;
  /** Observed surface points of the object, camera frame, stride 3. */
  points: Float32Array;
  /** Whether the points were measured; estimated ones say less of the shape. */
  measured: boolean;
  /** Of the segment it is made of. */
  solids?: SolidLikelihoods;
  /** 1 where the picture shows that the object is not: neither its pixels nor any that could hide it. */
  free?: Mask;
  /** Of the mesh, at most; as many as a request gets that asks for no number. */
  maxTriangles?: number;
}

export interface ShapeOutput {
  /** Closed, coloured, canonical space (longest side 1, box centred), y against gravity. */
  mesh: Mesh;
  /** 0 to 1. */
  score: number;
  /**
   * Where the mesh lies by the picture it was made from, before a pose is estimated: in the frame of
   * `PoseEstimate.pose`, in the units of the points.
   */
  place: Pose;
  /** Where the points that were observed lie on this shape (camera frame, stride 3), if it knows better than they do. */
  points?: Float32Array;
  /** Of the mesh, where it is computed in advance for the pose stage. */
  geometry?: Promise<MeshGeometry>;
}

export interface PoseObject {
  mesh: Mesh;
  mask: Mask;
  /** Observed surface points, camera frame, stride 3. */
  points: Float32Array;
  /** As `ShapeOutput` has it. */
  geometry?: Promise<MeshGeometry>;
}

export interface PoseInput {
  picture: Picture;
  intrinsics: Intrinsics;
  up: Vec3;
  objects: PoseObject[];
  /** Told of each object's number and pose when it is known, if the stage knows some before others. */
  onEstimate?: (index: number, estimate: PoseEstimate) => void;
}

export interface PoseEstimate {
  /**
   * Canonical space to the upright camera frame: origin at the camera, y against gravity, z
   * towards the viewer (the optical axis without its pitch is -z), in the units of the points.
   */
  pose: Pose;
  /** How well it explains the points and the mask, 0 to 1. */
  score: number;
  /** What the pose was made from, for those who measure what each step gains: a blind draw, and the best of all drawn. */
  drawn?: { first: Pose; best: Pose };
}

export type PoseOutput = PoseEstimate[];

/** One of each: what the pipeline runs. */
export interface Stages {
  segment: Stage<SegmentInput, SegmentOutput>;
  depth: Stage<DepthInput, DepthOutput>;
  deocclude: Stage<DeoccludeInput, DeoccludeOutput>;
  shape: Stage<ShapeInput, ShapeOutput>;
  pose: Stage<PoseInput, PoseOutput>;
}
