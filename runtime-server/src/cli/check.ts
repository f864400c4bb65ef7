/** `scenemaker check`: whether a scene file stays as it is, judged by an engine of one's choice. */
import { refereeScene, type SceneVerdict } from '@scenemaker/sdk/physics';
import { isReferee, REFEREE_NAMES, REFEREES } from '../check/engines.js';
import { parseArguments, usageError } from './arguments.js';
import { readScene } from './read-scene.js';
import { formatTable, numbers, words } from './table.js';

export const help = `scenemaker check SCENE.glb [options]

Lets a settled scene stand for five seconds and says what moves and what overlaps. Exit status 1 when
anything does: moves 1 cm, turns 3 degrees, or overlaps by 1 mm.

  --engine NAME   ${REFEREE_NAMES.join(', ')} (havok). Havok makes the scenes; the others had no part in them,
                  and are optional packages
  --json          the verdict as JSON
`;

/** Gives the exit status. Errors are SceneMakerErrors. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    engine: { type: 'string', default: 'havok' },
    json: { type: 'boolean', default: false },
  });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw usageError('give one scene, a GLB file', positionals);
  if (!isReferee(values.engine)) {
    const message = `--engine knows no ${values.engine}; there are ${REFEREE_NAMES.join(', ')}`;
    throw usageError(message, values.engine, REFEREE_NAMES);
  }
  const scene = await readScene(file);
  const verdict = refereeScene(scene, await REFEREES[values.engine]());
  process.stdout.write(values.json ? `${JSON.stringify(verdict, null, 2)}\n` : `${format(verdict)}\n`);
  return verdict.verdict === 'unstable' ? 1 : 0;
}

function format({ verdict, engine, objects }: SceneVerdict): string {
  if (verdict === 'empty') return 'The scene is empty: its ground alone.';
  const millimetres = (meters: number): string => (1000 * meters).toFixed(2);
  const table = formatTable(objects, [
    words('object', ({ id }) => id),
    words('stable', ({ stable }) => (stable ? 'yes' : 'no')),
    numbers('overlap mm', ({ penetrationMeters }) => millimetres(penetrationMeters)),
    numbers('gap mm', ({ gapMeters }) => millimetres(gapMeters)),
    numbers('moved mm', ({ movedMeters }) => millimetres(movedMeters)),
    numbers('turned deg', ({ turnedDegrees }) => turnedDegrees.toFixed(2)),
    words('reason', ({ reason }) => reason),
  ]);
  const count = (stable: (object: SceneVerdict['objects'][number]) => boolean): string =>
    `${objects.filter((object) => stable(object)).length} of ${objects.length}`;
  return [
    table,
    '',
    `The scene is ${verdict} (${engine}): ${count(({ stable }) => stable)} objects stay within 1 cm and 3 degrees for 5 s and overlap by at most 1 mm.`,
    `By PhyRecon's measure (5 cm and 5 degrees in 3.3 s) ${count(({ byOthers }) => byOthers.phyRecon)} are stable; by SceneSmith's (45 degrees) ${count(({ byOthers }) => byOthers.sceneSmith)}.`,
  ].join('\n');
}
