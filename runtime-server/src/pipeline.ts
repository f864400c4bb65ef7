/**
 * The order of the stages (paper, section 3.1 and Figure 3):
 *
 *   picture ─► segment ─► depth ─► de-occlude ─► generate shape ─► estimate pose ─► compose
 *
 * Composing puts the objects into the world and the picture onto them, as textures.
 * De-occlusion and shape run for each object by itself (`through-stage.ts`), pose for all objects together. What the
 * request gives replaces what would be estimated. An object that fails is left out; the others are delivered.
 */
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Camera, Mesh, Pose, SceneDescription, SceneObject } from '@scenemaker/sdk';
import { disposeStages, openStages } from './backends/index.js';
import { defaultProperties, groundSquare } from './compose.js';
import { createPool } from './compute/pool.js';
import { type Compute, computeHere } from './compute/tasks.js';
import { chooseDevice, loadPack } from './models/index.js';
import { type PipelineInput, preparePipelineInput, scaleIntrinsics } from './pipeline-input.js';
import { createReporter, type Reporter } from './pipeline-report.js';
import type { Pipeline, PipelineHooks, PipelineInfo, PipelineOptions, PipelineRequest } from './pipeline-types.js';
import { type Layout, layOut } from './scene-layout.js';
import { observedBody, worldOf } from './scene-world.js';
import { liesFlat } from './stages/ground.js';
import { encodeMask, resizeMask } from './stages/mask-ops.js';
import { masksInDepth } from './stages/masks-in-depth.js';
import { freePixels, occludersOf, visibleFraction } from './stages/occluders.js';
import type { Mask, Picture, PoseEstimate, Segment, ShapeOutput, Stages } from './stages/stage.js';
import type { FlatCharts } from './textures/unwrap.js';
import { throughStage } from './through-stage.js';

/** Sampling effort for each quality, where 1 is what the pack recommends. */
const EFFORT = { fast: 0.5, standard: 1, best: 2 } as const;
/** Fewer observed points than this do not say where an object is. */
const FEWEST_POINTS = 16;
/** In the preview of a shape: about 25 kB with its colours. */
const PREVIEW_TRIANGLES = 1000;

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Loads and verifies the pack and opens every stage. Errors: pack-missing, pack-corrupt. */
export async function createPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { packDir, threads, helpers = 0, device = 'cpu', memoryLimit } = options;
  const pack = await loadPack(packDir);
  const choice = await chooseDevice(device);
  const stages = await openStages(pack, {
    device: choice.device,
    ...(threads !== undefined && { threads }),
    ...(memoryLimit !== undefined && { memoryLimit }),
  });
  const pool = helpers > 0 ? createPool(helpers) : undefined;
  const about = { digest: pack.digest, executionProvider: choice.device, refusedDevices: choice.refused };
  const pipeline = assemblePipeline(stages, pack.label, about, pool?.compute);
  return {
    info: pipeline.info,
    run: (request, hooks) => pipeline.run(request, hooks),
    async dispose() {
      await pipeline.dispose();
      await pool?.close();
    },
  };
}

/** A pipeline of any stages; `pack` names where they come from, `name@version`. */
export function assemblePipeline(
  stages: Stages,
  pack: string,
  about: Partial<PipelineInfo> = {},
  compute: Compute = computeHere,
): Pipeline {
  return new ScenePipeline(stages, pack, about, compute);
}

/** One object on its way through the stages. */
interface Draft {
  id: string;
  segment: Segment;
  points: Float32Array;
  visibleFraction: number;
  /** That the de-occlusion is right. */
  confidence: number;
  shape: ShapeOutput;
  /** Of its mesh, if it is to have a texture: cut while the models are at other objects. */
  charts: Promise<FlatCharts> | undefined;
}

class ScenePipeline implements Pipeline {
  readonly info: PipelineInfo;
  readonly #stages: Stages;
  readonly #compute: Compute;

  constructor(stages: Stages, pack: string, about: Partial<PipelineInfo>, compute: Compute) {
    this.info = {
      pack,
      digest: '',
      executionProvider: 'cpu',
      refusedDevices: [],
      hints: ['mask', 'box', 'points', 'words', 'deoccludeWords', 'sizeMeters'],
      ...about,
    };
    this.#stages = stages;
    this.#compute = compute;
  }

  async run(request: PipelineRequest, hooks: PipelineHooks = {}): Promise<SceneDescription> {
    const report = createReporter(hooks);
    const input = await preparePipelineInput(request);
    const found = await this.#segment(input, request, report);
    const { segments, layout } = await this.#layOut(input, found, request, report);
    const drafts = await this.#shapes(input, segments, layout, request, report);
    const estimates = await this.#poses(input, drafts, layout, request, report);
    await report.previewed();
    const scene = await report.timed('compose', async ({ onProgress }) =>
      this.#compose(input, drafts, estimates, layout, request, report, onProgress),
    );
    return { ...scene, provenance: { ...scene.provenance, seconds: report.seconds() } };
  }

  async dispose(): Promise<void> {
    await disposeStages(this.#stages);
  }

  async #segment(input: PipelineInput, request: PipelineRequest, report: Reporter): Promise<Segment[]> {
    const { seed, maxObjects } = request.options;
    const segments = await report.timed('segment', async (context) =>
      this.#stages.segment.run(
        { picture: input.picture, hints: input.hints, maxObjects },
        { seed, onNote: (message) => report.warn(message), ...context },
      ),
    );
    input.hints.forEach(({ words }, hint) => {
      const what = words === undefined ? '' : `, "${words}"`;
      if (!segments.some((segment) => segment.hint === hint))
        report.warn(`nothing was found for hint ${hint + 1}${what}`);
    });
    this.#previewSegments(segments, input, report);
    return segments;
  }

  #previewSegments(segments: Segment[], input: PipelineInput, report: Reporter): void {
    report.preview({
      kind: 'segment',
      segments: segments.map(({ mask, label, score }) => ({ mask: this.#fullMask(mask, input), label, score })),
    });
  }

  /** Depth, camera, gravity and ground: given, or estimated; and the segments, put right by depth that was measured. */
  async #layOut(
    input: PipelineInput,
    segments: Segment[],
    request: PipelineRequest,
    report: Reporter,
  ): Promise<{ segments: Segment[]; layout: Layout }> {
    const { seed, maxObjects } = request.options;
    const { picture, depth, intrinsics, up } = input;
    return report.timed('depth', async (context) => {
      const given = { ...(depth && { depth }), ...(intrinsics && { intrinsics }), ...(up && { up }) };
      const estimate =
        depth !== undefined && intrinsics !== undefined && up !== undefined
          ? { depth, intrinsics, up }
          : {
              ...(await this.#stages.depth.run({ picture, ...(intrinsics && { intrinsics }) }, { seed, ...context })),
              ...given,
            };
      report.depth(estimate.depth, input);
      const layOutOf = (of: readonly Segment[]): Layout =>
        layOut({
          ...estimate,
          picture,
          depthGiven: depth !== undefined,
          upGiven: up !== undefined,
          masks: of.map(({ mask }) => mask),
          seed,
        });
      const layout = layOutOf(segments);
      if (depth === undefined) return { segments, layout };
      const { width, height } = picture;
      const scene = { depth, width, height, intrinsics: layout.intrinsics };
      const measured = masksInDepth(segments, scene, layout.ground, ({ label }) =>
        report.warn(`${label} was left out: its mask shows the ground; a hint keeps it`),
      );
      const kept = measured.slice(0, Math.max(maxObjects, input.hints.length));
      this.#previewSegments(kept, input, report);
      return { segments: kept, layout: layOutOf(kept) };
    });
  }

  async #shapes(
    input: PipelineInput,
    segments: Segment[],
    layout: Layout,
    request: PipelineRequest,
    report: Reporter,
  ): Promise<Draft[]> {
    const { picture } = input;
    const { seed, quality, maxTriangles, textureSize } = request.options;
    const effort = EFFORT[quality];
    const masks = segments.map(({ mask }) => mask);
    const occluders = occludersOf(masks, layout.depth, picture.width, picture.height);
    // Of all objects one stage, then the other: stages that do not fit into memory together change places once.
    const wholes = await throughStage(segments, this.#stages.deocclude.batch, async (segment, index, inTurn) => {
      const id = `object-${index + 1}`;
      try {
        const points = layout.points[index];
        if (points.length / 3 < FEWEST_POINTS) throw new RangeError('too few of its points have a depth');
        // Estimated depth is too soft to tell.
        const { ground } = layout;
        if (segment.hint === undefined && layout.depthGiven && ground && liesFlat(ground, points))
          throw new RangeError('it is as flat as a pattern or a shadow on the ground; a hint keeps it');
        const words =
          (segment.hint === undefined ? undefined : request.objects?.[segment.hint].deoccludeWords) ?? segment.label;
        const deoccluded = await report.timed(
          'deocclude',
          async (context) =>
            this.#stages.deocclude.run(
              { picture, visible: segment.mask, hidden: occluders[index], words },
              { seed: seed + index, effort, compute: this.#compute, inTurn, ...context },
            ),
          { index, count: segments.length },
        );
        const { object, window, before } = deoccluded;
        const full = { x: window.x / input.scale, y: window.y / input.scale, side: window.side / input.scale };
        report.preview({ kind: 'deocclude', objectId: id, window: full, before, after: object });
        return { id, index, deoccluded };
      } catch (error) {
        return report.leaveOut(id, segment.label, error);
      }
    });
    const roughly = worldOf(
      layout,
      wholes.map(({ index }) => observedBody(segments[index], layout.points[index], layout)),
      request,
    );
    return throughStage(wholes, this.#stages.shape.batch, async ({ id, index, deoccluded }, place, inTurn) => {
      const segment = segments[index];
      try {
        const { object, window, confidence } = deoccluded;
        const { intrinsics, up } = layout;
        const points = layout.points[index];
        const free = freePixels(segment.mask, occluders[index]);
        const shape = await report.timed(
          'shape',
          async (context) =>
            this.#stages.shape.run(
              {
                object,
                window,
                intrinsics,
                up,
                points,
                measured: layout.depthGiven,
                ...(segment.solids && { solids: segment.solids }),
                free,
                maxTriangles,
              },
              { seed: seed + index, effort, compute: this.#compute, inTurn, ...context },
            ),
          { index: place, count: wholes.length },
        );
        const { mesh, place: seen } = shape;
        const fraction = visibleFraction(segment.mask, deoccluded);
        // Behind what the poses wait for, which the stage has asked for, or does when this was the last object.
        const turn = setImmediate();
        const charts = textureSize > 0 ? turn.then(() => this.#compute.flattenCharts(mesh)) : undefined;
        charts?.catch(() => {}); // Thrown where it is waited for.
        report.previewLater(async () => {
          await turn;
          const coarse = await this.#compute.coarseMesh(mesh, PREVIEW_TRIANGLES);
          return { kind: 'shape', objectId: id, label: segment.label, mesh: coarse, pose: roughly.place(seen) };
        });
        return { id, segment, points: shape.points ?? points, visibleFraction: fraction, confidence, shape, charts };
      } catch (error) {
        return report.leaveOut(id, segment.label, error);
      }
    });
  }

  async #poses(
    input: PipelineInput,
    drafts: Draft[],
    layout: Layout,
    request: PipelineRequest,
    report: Reporter,
  ): Promise<PoseEstimate[]> {
    const { seed, quality } = request.options;
    const { intrinsics, up } = layout;
    const objects = drafts.map(({ segment: { mask }, points, shape: { mesh, geometry } }) => ({
      mesh,
      mask,
      points,
      ...(geometry && { geometry }),
    }));
    return report.timed('pose', async (context) =>
      this.#stages.pose.run(
        { picture: input.picture, intrinsics, up, objects },
        { seed, effort: EFFORT[quality], compute: this.#compute, ...context },
      ),
    );
  }

  async #compose(
    input: PipelineInput,
    drafts: Draft[],
    estimates: PoseEstimate[],
    layout: Layout,
    request: PipelineRequest,
    report: Reporter,
    onProgress: (fraction: number) => void,
  ): Promise<SceneDescription> {
    const { seed, ...options } = request.options;
    const bodies = drafts.map(({ segment, shape: { mesh } }, i) => ({ segment, mesh, pose: estimates[i].pose }));
    const world = worldOf(layout, bodies, request);
    const { metersPerUnit, scale } = world;
    const poses = bodies.map(({ pose }) => world.place(pose));
    if (request.cameraHeightMeters !== undefined && scale.source === 'estimated') {
      report.warn('the height of the camera gives no scale, since no ground was found');
    }
    const { width, height } = input.picture;
    const camera: Camera = {
      width: input.fullWidth,
      height: input.fullHeight,
      ...scaleIntrinsics(layout.intrinsics, input.fullWidth / width, input.fullHeight / height),
      intrinsicsFrom: input.intrinsicsFrom,
      cameraToWorld: world.cameraToWorld,
    };
    const picture = input.fullPicture;
    const meshes = drafts.map((draft, i) => {
      const mesh = this.#texture(picture, draft, { pose: poses[i], camera, side: options.textureSize }, report);
      mesh.catch(() => {}); // Thrown where it is waited for.
      return mesh;
    });
    const objects: SceneObject[] = [];
    for (const [i, { id, segment, shape, confidence, visibleFraction: fraction }] of drafts.entries()) {
      const pose = poses[i];
      const object: SceneObject = {
        id,
        label: segment.label,
        scores: { mask: segment.score, deocclusion: confidence, shape: shape.score, pose: estimates[i].score },
        visibleFraction: fraction,
        mask: this.#fullMask(segment.mask, input),
        mesh: await meshes[i],
        pose,
        properties: defaultProperties(shape.mesh, pose.size),
        colliders: [],
        restsOn: null,
      };
      report.object(object);
      objects.push(object);
      onProgress((i + 1) / drafts.length);
    }
    const distance = metersPerUnit * Math.hypot(...layout.lookAt);
    return {
      version: 1,
      cameras: [camera],
      scale,
      ground: {
        height: world.groundHeight,
        ...groundSquare(poses, { center: world.cameraToWorld.translation, distance }),
        color: layout.groundColor(input.picture),
        friction: 0.6,
        confidence: layout.ground?.confidence ?? 0,
      },
      objects,
      provenance: {
        pack: this.info.pack,
        generator: version,
        seed,
        options,
        seconds: {},
        executionProvider: this.info.executionProvider,
      },
    };
  }

  /** The mesh with its texture, if it is to have one; the coloured mesh where none can be made. */
  async #texture(
    picture: Picture,
    { id, segment: { mask }, shape: { mesh }, charts }: Draft,
    { pose, camera, side }: { pose: Pose; camera: Camera; side: number },
    report: Reporter,
  ): Promise<Mesh> {
    if (side === 0) return mesh;
    try {
      return await this.#compute.textureMesh({ mesh, charts: await charts, pose, camera, picture, mask }, side);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      report.warn(`${id} has no texture: ${error.message}`);
      return mesh;
    }
  }

  #fullMask(mask: Mask, { fullWidth, fullHeight }: PipelineInput) {
    return encodeMask(resizeMask(mask, fullWidth, fullHeight));
  }
}
