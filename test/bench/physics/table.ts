/** Records of scenes as the tables of the README. */
import { type ObjectRecord, type SceneRecord, WAYS } from './measure.js';

export function printRecords(title: string, records: readonly SceneRecord[]): void {
  const moved = records.flatMap((record) => record.moved);
  console.log(`\n${title}: ${records.length} scenes, ${moved.length} objects`);
  console.table(Object.fromEntries(WAYS.map((way) => [way, rowOf(records.map(({ ways }) => ways[way]))])));
  const ratios = moved.flatMap(({ total, toTruthBefore }) => (toTruthBefore === null ? [] : [total / toTruthBefore]));
  console.log(
    [
      `grounding and separation, median over size: ${median(moved.map(({ total }) => total)).toFixed(3)}`,
      `across the line of sight, settling included: ${median(moved.map(({ across }) => across)).toFixed(3)}`,
      ...(ratios.length > 0 ? [`over the way to the truth: ${median(ratios).toFixed(2)}`] : []),
      `scenes whose silhouettes are no worse: ${percent(records.map(isKept))}`,
      `processor seconds a scene, median: ${median(records.map(({ seconds }) => seconds)).toFixed(2)}`,
      `the referee agrees with the verdict: ${percent(records.map(({ isAgreed }) => (isAgreed ? 1 : 0)))}`,
    ].join('\n'),
  );
}

function rowOf(scenes: readonly SceneRecord['ways']['nothing'][]): Record<string, string> {
  const objects = scenes.flatMap((scene) => scene.objects);
  const share = (is: (object: ObjectRecord) => boolean): string =>
    percent(objects.map((object) => (is(object) ? 1 : 0)));
  const toTruth = objects.flatMap((object) => object.toTruth ?? []);
  return {
    'scenes overlapping by 1 mm at most': percent(
      scenes.map(({ penetrationMeters }) => (penetrationMeters <= 1e-3 ? 1 : 0)),
    ),
    'worst overlap mm': (1000 * Math.max(0, ...scenes.map(({ penetrationMeters }) => penetrationMeters))).toFixed(1),
    'stable objects': share(({ stable }) => stable),
    PhyRecon: share(({ phyRecon }) => phyRecon),
    SceneSmith: share(({ sceneSmith }) => sceneSmith),
    'silhouette IoU': percent(objects.flatMap(({ silhouetteIou }) => silhouetteIou ?? [])),
    'median distance to truth / size': toTruth.length > 0 ? median(toTruth).toFixed(3) : '',
  };
}

/** To within half a point. */
function isKept({ ways }: SceneRecord): number {
  const mean = (way: 'nothing' | 'SceneMaker'): number => {
    const known = ways[way].objects.flatMap(({ silhouetteIou }) => silhouetteIou ?? []);
    return known.reduce((sum, iou) => sum + iou, 0) / known.length;
  };
  return mean('SceneMaker') >= mean('nothing') - 0.005 ? 1 : 0;
}

const percent = (values: readonly number[]): string =>
  values.length === 0 ? '' : `${((100 * values.reduce((sum, value) => sum + value, 0)) / values.length).toFixed(1)} %`;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
