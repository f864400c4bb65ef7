/**
 * Reads an evaluation data set (`training/data/DATASET.md`). Everything that its documents say is checked, and
 * every file that they name is looked for, before the first model runs.
 *
 *   camera: x right, y down, z forward       world: right-handed, y up       canonical: y up, longest side 1
 */
import { access, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { SceneMakerError } from '@scenemaker/sdk';

const finite = v.pipe(v.number(), v.finite());
const positive = v.pipe(finite, v.gtValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const share = v.pipe(finite, v.minValue(0), v.maxValue(1));
const three = v.tuple([finite, finite, finite]);
const fileName = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.check((path) => !/^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)/.test(path), 'must stay inside its folder'),
);
const rotation = v.pipe(
  v.tuple([finite, finite, finite, finite, finite, finite, finite, finite, finite]),
  v.check((m) => isRotation(m), 'is no rotation: rows must be at right angles, of length 1 and right-handed'),
);

const cropSchema = v.object({
  /** Left, top, side; pixels of the picture. */
  window: v.tuple([finite, finite, positive]),
  whole: fileName,
  visible: fileName,
  hidden: fileName,
});

const objectSchema = v.object({
  /** The object's number in the instances picture. */
  instance: v.pipe(count, v.minValue(1), v.maxValue(255)),
  object: v.string(),
  category: v.optional(v.string(), 'object'),
  caption: v.optional(v.string(), ''),
  /** From the folder of `dataset.json`. */
  mesh: fileName,
  /** Canonical to camera frame. */
  rotation,
  translationMeters: three,
  sizeMeters: positive,
  visiblePixels: v.optional(count),
  visibleFraction: v.optional(share),
  crop: v.optional(cropSchema),
});

const sceneSchema = v.object({
  picture: fileName,
  depth: fileName,
  depthUnitMeters: positive,
  instances: fileName,
  width: v.pipe(count, v.minValue(16)),
  height: v.pipe(count, v.minValue(16)),
  fx: positive,
  fy: positive,
  cx: finite,
  cy: finite,
  /** Against gravity, camera frame. */
  up: v.optional(three),
  cameraToWorld: v.object({ rotation, translationMeters: three }),
  objects: v.pipe(v.array(objectSchema), v.minLength(1)),
});

const datasetSchema = v.object({
  format: v.literal('scenemaker-dataset'),
  version: v.literal(1),
  scenes: v.pipe(v.array(fileName), v.minLength(1)),
});

export type SceneDocument = v.InferOutput<typeof sceneSchema>;
export type ObjectDocument = v.InferOutput<typeof objectSchema>;

/** One scene as its document describes it; nothing of it is decoded yet. */
export interface SceneEntry {
  /** Its folder from that of the data set: `scenes/0000`. */
  name: string;
  /** Where its files lie. */
  folder: string;
  document: SceneDocument;
}

export interface Dataset {
  folder: string;
  scenes: SceneEntry[];
}

/** Reads `dataset.json` in `folder` and the first `limit` scenes' documents. Errors: input-missing, bad-request. */
export async function readDataset(folder: string, limit = Infinity): Promise<Dataset> {
  const { scenes: paths } = await readDocument(join(folder, 'dataset.json'), datasetSchema);
  const scenes: SceneEntry[] = [];
  const found = new Set<string>();
  for (const path of paths.slice(0, limit)) {
    const document = await readDocument(join(folder, path), sceneSchema);
    const entry = { name: dirname(path), folder: join(folder, dirname(path)), document };
    for (const file of filesOf(entry, folder)) {
      if (!found.has(file)) await requireFile(file, join(folder, path));
      found.add(file);
    }
    scenes.push(entry);
  }
  return { folder, scenes };
}

function filesOf({ folder, document }: SceneEntry, root: string): string[] {
  const { picture, depth, instances, objects } = document;
  const crops = objects.flatMap(({ crop }) => (crop === undefined ? [] : [crop.whole, crop.visible, crop.hidden]));
  return [
    ...[picture, depth, instances, ...crops].map((name) => join(folder, name)),
    ...objects.map(({ mesh }) => join(root, mesh)),
  ];
}

async function requireFile(path: string, namedBy: string): Promise<void> {
  await access(path).catch((cause: unknown) => {
    throw new SceneMakerError('input-missing', `${path}, which ${namedBy} names, does not exist or may not be read`, {
      given: path,
      cause,
    });
  });
}

async function readDocument<const Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SceneMakerError('input-missing', `${path} does not exist or may not be read`, { given: path, cause });
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new SceneMakerError('bad-request', `${path} is not JSON`, { given: path, cause });
  }
  const parsed = v.safeParse(schema, json, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new SceneMakerError('bad-request', `${path}: ${v.getDotPath(issue) ?? 'the document'}: ${issue.message}`, {
    given: issue.received,
    allowed: issue.expected ?? undefined,
  });
}

function isRotation(m: readonly number[]): boolean {
  const row = (i: number): readonly number[] => m.slice(3 * i, 3 * i + 3);
  const dot = (a: readonly number[], b: readonly number[]): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const [x, y, z] = [row(0), row(1), row(2)];
  const cross = [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]];
  const near = (value: number, wanted: number): boolean => Math.abs(value - wanted) < 1e-3;
  return near(dot(x, x), 1) && near(dot(y, y), 1) && near(dot(x, y), 0) && near(dot(cross, z), 1);
}
