/** What was made, in a few lines for a terminal. */
import type { SceneDescription } from '@scenemaker/sdk';
import type { MadeScene } from './make-scene.js';
import { formatTable, numbers, words } from './table.js';

/** Objects, what they rest on, mass, overlap before and after, stable or not. `found` where it is known. */
export function formatObjects({ objects, physics }: SceneDescription, found: number | undefined): string {
  if (objects.length === 0) {
    const count = found === undefined ? 'No object was made' : `${found} objects were found, but none could be made`;
    const what = found === 0 ? 'Nothing was found in the picture' : count;
    return `${what}: the scene is its ground alone.`;
  }
  const names = new Map(objects.map((object, index) => [object.id, `${index + 1} ${object.label}`]));
  const reports = new Map(physics?.objects.map((report) => [report.id, report]));
  const rows = objects.map((object) => ({ object, report: reports.get(object.id) }));
  return formatTable(rows, [
    words('object', ({ object }) => names.get(object.id) ?? object.id),
    words('rests on', ({ object, report }) => {
      const support = report ? report.restsOn : object.restsOn;
      return support === null ? '?' : (names.get(support) ?? support);
    }),
    numbers('mass', ({ object }) => formatMass(object.properties.massKg.value)),
    numbers('size', ({ object }) => formatSize(object.pose.size)),
    numbers('overlap mm', ({ report }) =>
      report ? `${millimetres(report.penetrationBeforeMeters)} > ${millimetres(report.penetrationAfterMeters)}` : '',
    ),
    numbers('moved mm', ({ report }) => (report ? millimetres(report.movedMeters + report.settleMovedMeters) : '')),
    words('stable', ({ report }) => (report ? (report.stable ? 'yes' : 'no') : '')),
    words('note', ({ report }) => report?.reason ?? ''),
  ]);
}

/** The verdict on the whole scene, in lines; none for a scene without objects. */
export function formatPhysics({ objects, physics }: SceneDescription): string[] {
  if (!physics || objects.length === 0) return [];
  const { verdict, engine, before, after } = physics;
  const overlap = `${millimetres(before.penetrationMeters)} mm before, ${millimetres(after.penetrationMeters)} mm after`;
  const silhouette =
    before.silhouetteIou === undefined || after.silhouetteIou === undefined
      ? ''
      : `; silhouettes match the masks by ${percent(before.silhouetteIou)} before, ${percent(after.silhouetteIou)} after`;
  return [`The scene is ${verdict} (${engine}). Deepest overlap ${overlap}${silhouette}.`];
}

/** What became of the scene in Babylon.js. */
export function formatBabylon(babylon: MadeScene['babylon']): string {
  if (!babylon) return 'Not built in Babylon.js, which is not installed here (npm install @babylonjs/core).';
  const { bodies, seconds, movedMeters } = babylon;
  if (bodies === 0) return 'Babylon.js builds it with no bodies but the ground.';
  return `Babylon.js builds it with ${bodies} bodies; in ${seconds} s none moved more than ${millimetres(movedMeters)} mm.`;
}

/** Seconds of each step, in the order given. */
export function formatSeconds(seconds: Record<string, number>): string {
  const parts = Object.entries(seconds).map(([name, value]) => `${name} ${value.toFixed(1)}`);
  return `Seconds: ${parts.join(' · ')}`;
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

const millimetres = (meters: number): string => (1000 * meters).toFixed(1);

const formatSize = (meters: number): string =>
  meters < 1 ? `${(100 * meters).toFixed(0)} cm` : `${meters.toFixed(2)} m`;

function formatMass(kilograms: number): string {
  if (kilograms >= 10) return `${kilograms.toFixed(0)} kg`;
  return kilograms >= 1 ? `${kilograms.toFixed(1)} kg` : `${(1000 * kilograms).toFixed(0)} g`;
}
