/**
 * Table `shape`, the object's geometry under occlusion as the pipeline makes it: true mask, camera and depth in,
 * de-occluded picture and observed points to the shape stage. Further tables: `shapeWithEstimatedDepth` (points, camera
 * and gravity from the depth stage), `shapePictureAlone` (no points), both told by the segment stage what looks like a solid,
 * `shapeWithoutDeocclusion` (the visible pixels taken for the whole object), `shapeRetrieval` (the known object that
 * looks most alike), `shapeBox` (its bounding box), and `shape` by visible fraction and without ICP.
 *
 * Objects are compared in the frame the shape stage works in: upright, facing the viewer.
 */
import { boxMesh, mat3, type Mesh, quat, transformPositions, vec3 } from '@scenemaker/sdk';
import { maskBox } from '../../stages/mask-ops.js';
import { freePixels, occludersOf } from '../../stages/occluders.js';
import { firmEdges } from '../../stages/depth-edges.js';
import { observedPoints } from '../../stages/observed-points.js';
import { wholeObjectWindow } from '../../stages/shape-finish.js';
import type { DepthOutput, PictureWithAlpha, ShapeInput } from '../../stages/stage.js';
import type { Stages } from '../../stages/stage.js';
import { objectCube } from '../../stages/upright.js';
import { visibleBand } from '../bands.js';
import { applyNormalisation, objectFrame } from '../metrics/normalise.js';
import { movePoints, type RigidMotion } from '../metrics/registration.js';
import { occupancy, occupancyIou } from '../metrics/volume.js';
import { compareShapes, samplesOf } from '../score-scene.js';
import type { RetrievalIndex } from '../retrieval.js';
import type { Row, Scores } from '../scores.js';
import type { TrueObject, TrueScene } from '../truth.js';

export interface ShapeBench {
  stages: Pick<Stages, 'segment' | 'deocclude' | 'shape'>;
  scores: Scores;
  points: number;
  seed: number;
  /** Known objects to look up, where there are any. */
  retrieval?: RetrievalIndex;
  /** Told of each object of which nothing could be made. */
  onFailure: (message: string) => void;
}

const CASES = ['shape', 'shapeWithEstimatedDepth', 'shapePictureAlone', 'shapeWithoutDeocclusion'] as const;
const EMPTY = new Float32Array(0);
/** The box around the object, in the axes of the shape stage; any will do, since proportions are lost. */
const BOX = boxMesh(1, 1, 1);

/** An object of table `shape`, to look at. */
export interface MadeShape {
  name: string;
  fScore: number;
  /** What the shape stage saw of the object, and what is seen without de-occlusion. */
  whole: PictureWithAlpha;
  before: PictureWithAlpha;
  /** Absent where nothing could be made. Both upright, facing the viewer. */
  mesh?: Mesh;
  truth: Mesh;
}

/** `estimate` is the depth stage's answer. */
export async function evaluateShape(scene: TrueScene, bench: ShapeBench, estimate: DepthOutput): Promise<MadeShape[]> {
  const shapes: MadeShape[] = [];
  const { picture, depth, intrinsics, up } = scene;
  const masks = scene.objects.map(({ mask }) => mask);
  const occluders = occludersOf(masks, depth, picture.width, picture.height);
  const estimated = firmEdges(estimate.depth, masks, estimate.edgeReach ?? 0);
  const looks = await bench.stages.segment.run(
    { picture, hints: masks.map((mask) => ({ mask })) },
    { seed: bench.seed },
  );
  for (const [index, object] of scene.objects.entries()) {
    const { mask, caption } = object;
    const box = maskBox(mask);
    if (box === undefined) continue;
    const points = observedPoints(mask, box, depth, intrinsics);
    const context = { seed: bench.seed + index };
    const deoccluded = await bench.stages.deocclude.run(
      { picture, visible: mask, hidden: occluders[index], words: caption },
      context,
    );
    const { window } = deoccluded;
    const free = freePixels(mask, occluders[index]);
    const { object: whole, before } = deoccluded;
    const look = looks.find(({ hint }) => hint === index);
    const solids = look?.solids && { solids: look.solids };
    const measured = { window, intrinsics, up, measured: true };
    const cases: Record<(typeof CASES)[number], ShapeInput> = {
      shape: { ...measured, object: whole, points, free },
      shapeWithEstimatedDepth: {
        object: whole,
        window,
        intrinsics: estimate.intrinsics,
        up: estimate.up,
        points: observedPoints(mask, box, estimated, estimate.intrinsics, { estimated: true }),
        measured: false,
        ...solids,
        free,
      },
      shapePictureAlone: { ...measured, object: whole, points: EMPTY, free, ...solids },
      shapeWithoutDeocclusion: { ...measured, object: before, points, free },
    };
    const facing = trueFacing(object, cases.shape);
    for (const table of CASES) {
      const input = cases[table];
      const truth = table === 'shape' ? facing : trueFacing(object, input);
      const made = await makeShape(input, context.seed, bench, `${scene.name}, ${object.id}`);
      const { row, plain } = scoreShape(made, truth, bench.points);
      bench.scores.add(table, scene.index, row);
      if (table !== 'shape') continue;
      const name = `${scene.name}, ${object.category}`;
      shapes.push({ name, fScore: row.fScore ?? 0, whole, before, ...(made && { mesh: made }), truth: facing.mesh });
      bench.scores.add('shapeWithoutIcp', scene.index, plain);
      const band = visibleBand('shape', object);
      if (band !== undefined) bench.scores.add(band, scene.index, row);
    }
    if (bench.retrieval) {
      const found = await bench.retrieval.nearest(picture, mask);
      bench.scores.add('shapeRetrieval', scene.index, scoreShape(found, facing, bench.points).row);
    }
    bench.scores.add('shapeBox', scene.index, scoreShape(BOX, facing, bench.points).row);
  }
  return shapes;
}

/** Undefined where the stage could make nothing of this object. */
async function makeShape(
  input: ShapeInput,
  seed: number,
  { stages, onFailure }: ShapeBench,
  name: string,
): Promise<Mesh | undefined> {
  try {
    return (await stages.shape.run(input, { seed })).mesh;
  } catch (error) {
    // What a stage says of one object; anything else is a fault of the installation.
    if (!(error instanceof RangeError)) throw error;
    onFailure(`${name}: ${error.message}`);
    return undefined;
  }
}

interface Surface {
  positions: Float32Array;
  indices: Uint32Array;
}

/** The true object in the axes of the shape stage: its mesh, its surface, and its body from -0.95 to 0.95. */
interface TrueBody {
  mesh: Mesh;
  cloud: Float32Array;
  occupied: Uint8Array;
}

/** As the shape stage turns the object when it is given this. */
function trueFacing({ pose, shape }: TrueObject, { object, window, intrinsics, up }: ShapeInput): TrueBody {
  const seen = anyCoverage(object) ? wholeObjectWindow(object, window) : window;
  const { cubeFromCamera } = objectCube(seen, intrinsics, up, EMPTY);
  const rotation = quat.fromMat3(mat3.multiply(cubeFromCamera, quat.toMat3(pose.rotation)));
  const turned = (positions: Float32Array): Float32Array => transformPositions(positions, rotation, vec3.ZERO);
  const cloud = turned(shape.surface);
  const mesh = { ...shape.mesh, positions: turned(shape.mesh.positions) };
  return { mesh, cloud, occupied: occupancy(normalised(mesh, cloud)) };
}

function scoreShape(made: Surface | undefined, truth: TrueBody, points: number): { row: Row; plain: Row } {
  const cloud = made && samplesOf(made, points);
  const { registered, plain, motion } = compareShapes(cloud, truth.cloud);
  const body = made && cloud && cloud.length > 0 ? moved(normalised(made, cloud), motion) : undefined;
  const volumeIou = body === undefined ? 0 : occupancyIou(occupancy(body), truth.occupied);
  return { row: { ...registered, volumeIou }, plain: { ...plain } };
}

/** Brought from -0.95 to 0.95 along each axis by the box of `cloud`, its surface. */
const normalised = ({ positions, indices }: Surface, cloud: Float32Array): Surface => ({
  positions: applyNormalisation(positions, objectFrame(cloud)),
  indices,
});

const moved = ({ positions, indices }: Surface, motion: RigidMotion): Surface => ({
  positions: movePoints(positions, motion),
  indices,
});

const anyCoverage = ({ data }: PictureWithAlpha): boolean => data.some((value, i) => i % 4 === 3 && value > 127);
