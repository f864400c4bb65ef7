/**
 * How far Havok and MuJoCo agree on where pushed things end, and what a step, a reset and a picture cost.
 * Takes names of scenes; all of them when there are none.
 */
import { quat, vec3 } from '@scenemaker/sdk/geometry';
import { createEnvironment, ENVIRONMENT_ENGINES, type EnvironmentState } from '@scenemaker/sim-adapters/environments';
import { playPushes, PUSH_SCENES, settledPushScene } from '../support/push-scenes.js';

const SECONDS = 3;
const degrees = (radians: number): string => ((radians * 180) / Math.PI).toFixed(1);
const millimetres = (meters: number): string => (1000 * meters).toFixed(1);

/** CPU milliseconds, which other work on the machine disturbs less than the clock. */
const timed = <T>(work: () => T): [T, number] => {
  const begin = process.cpuUsage();
  const result = work();
  return [result, process.cpuUsage(begin).user / 1000];
};

console.log('scene'.padEnd(30), 'object'.padEnd(8), 'moved mm   apart mm   apart degrees');
const costs: string[] = [];
const names = process.argv.slice(2);
for (const [name, pushScene] of Object.entries(PUSH_SCENES)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const scene = await settledPushScene(pushScene);
  const ends: EnvironmentState[] = [];
  for (const engine of ENVIRONMENT_ENGINES) {
    const environment = await createEnvironment(scene, { engine });
    const [end, played] = timed(() => playPushes(environment, pushScene, SECONDS));
    ends.push(end);
    const [, reset] = timed(() => environment.reset());
    const [, rendered] = timed(() => environment.render());
    const [, sensed] = timed(() => environment.render({ kinds: ['depth', 'segmentation'] }));
    const perStep = (played * environment.stepSeconds) / SECONDS;
    costs.push(
      [
        name.padEnd(30),
        environment.engine.padEnd(14),
        ...[perStep, reset, rendered, sensed].map((value) => value.toFixed(2).padStart(10)),
      ].join(' '),
    );
    environment.dispose();
  }
  for (const [i, { pose, id }] of scene.objects.entries()) {
    const [a, b] = ends.map(({ bodies }) => bodies[i]);
    console.log(
      name.padEnd(30),
      id.padEnd(8),
      millimetres(vec3.distance(a.translation, pose.translation)).padStart(8),
      millimetres(vec3.distance(a.translation, b.translation)).padStart(10),
      degrees(quat.angleBetween(a.rotation, b.rotation)).padStart(15),
    );
  }
}
console.log(
  `\n${'scene'.padEnd(30)} engine          step ms   reset ms  all pictures ms  depth and ids ms, 640 by 480`,
);
for (const line of costs) console.log(line);
