/**
 * The contract between the pipeline and whoever runs it: the inference process, the command line
 * and tests.
 */
import type {
  GenerateOptions,
  Mesh,
  ObjectHint,
  Pose,
  RigidTransform,
  RunLengthMask,
  SceneDescription,
  SceneObject,
} from '@scenemaker/sdk';
import type { Device } from './models/devices.js';
import type { DeviceTrial } from './models/trial.js';
import type { Intrinsics, PictureWithAlpha, StageName, Window } from './stages/stage.js';

/** The five models, in their order, each ready to run. */
export interface Pipeline {
  readonly info: PipelineInfo;
  /**
   * Makes a scene without physics: colliders are empty and `restsOn` is null.
   * A picture in which nothing is found gives a scene with a ground and no objects.
   * Throws a SceneMakerError for bad input; an object that cannot be made is left out.
   */
  run(request: PipelineRequest, hooks?: PipelineHooks): Promise<SceneDescription>;
  dispose(): Promise<void>;
}

export interface PipelineOptions {
  /** The folder with `manifest.json`. */
  packDir: string;
  /** Threads within one operator. Default: what ONNX Runtime picks. */
  threads?: number;
  /** Threads for what is computed of each object without models; without them this one does it. */
  helpers?: number;
  /** Where the models run; cpu. */
  device?: Device;
  /** Stages that together take more than this are loaded and released in turn, bytes; without it all stay loaded. */
  memoryLimit?: number;
}

export interface PipelineInfo {
  /** Model pack, `name@version`. */
  pack: string;
  /** Of all files of the pack: another one, other results. */
  digest: string;
  executionProvider: string;
  /** Devices that were tried before it, and why each was not taken. */
  refusedDevices: DeviceTrial[];
  /** Ways to point out an object that this pipeline understands. */
  hints: (keyof ObjectHint)[];
}

export interface PipelineRequest {
  /** The encoded picture; `input/picture.ts` decodes and checks it. */
  picture: Uint8Array;
  depth?: DepthMap;
  intrinsics?: Intrinsics;
  /** Camera (x right, y down, z forward) to world (right-handed, y up), metres. */
  cameraToWorld?: RigidTransform;
  /** Of the camera above the ground, metres. */
  cameraHeightMeters?: number;
  /** Which objects to make; absent or empty: all that are found. */
  objects?: ObjectHint[];
  options: Required<GenerateOptions>;
}

/** At the picture's size, row by row; NaN or <= 0 where there is none. */
export interface DepthMap {
  width: number;
  height: number;
  /** z along the optical axis, metres. */
  data: Float32Array;
}

/** What a run reports while it runs. Called synchronously, in order, from the pipeline's process. */
export interface PipelineHooks {
  onProgress?: (progress: PipelineProgress) => void;
  onPreview?: (preview: PipelinePreview) => void;
  /** Each object once, when its mesh and pose are final. */
  onObject?: (object: SceneObject) => void;
  /** Something was left out, and why. */
  onWarning?: (warning: PipelineWarning) => void;
}

export interface PipelineWarning {
  /** The object that was left out; absent when none was found for a hint. */
  objectId?: string;
  /** One sentence. */
  message: string;
}

export interface PipelineProgress {
  stage: StageName | 'compose';
  /** 0 to 1 within the stage. */
  fraction: number;
}

export type PipelinePreview =
  | { kind: 'segment'; segments: { mask: RunLengthMask; label: string; score: number }[] }
  /** At the picture's size; NaN where there is none. */
  | { kind: 'depth'; depth: DepthMap }
  /** The object in its window, before and after what hides it is filled in. */
  | { kind: 'deocclude'; objectId: string; window: Window; before: PictureWithAlpha; after: PictureWithAlpha }
  /** The object's mesh with fewer triangles and without a texture, roughly placed in the world, metres. */
  | { kind: 'shape'; objectId: string; label: string; mesh: Mesh; pose: Pose };
