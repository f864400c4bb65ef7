/**
 * An agent with a depth camera. It sends what the camera saw, gets a simulation in metres, tries in it what it
 * could do, and decides. See README.md.
 *
 *   npx tsx samples/agent-camera-frame/agent.ts [FRAME.json ...] [ws://SERVER]
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, type DepthFrame, quat, type Quat, type SceneDescription, vec3, type Vec3 } from '@scenemaker/sdk';
import { settleScene } from '@scenemaker/sdk/physics';
import { indexScene, supportsOf, whatIs } from '@scenemaker/sdk/queries';
import { EMBEDDED_PACK, startServer } from '@scenemaker/runtime-server';
import { writeGlb } from '@scenemaker/sim-adapters';
import { createEnvironment, type Environment } from '@scenemaker/sim-adapters/environments';

/** What is to be moved aside, and how little the rest may move and it may tilt. */
const WANTED_METERS = 0.08;
const DISTURBED_METERS = 0.005;
const TILTED_RADIANS = 0.2;

// 1. See: a picture with depth, intrinsics and camera pose, and perhaps further frames of the same scene at rest.

interface Frame extends DepthFrame {
  picture: Uint8Array<ArrayBuffer>;
}

async function readFrame(path: string): Promise<Frame> {
  const frame = JSON.parse(await readFile(path, 'utf8')) as Record<'picture' | 'depth', string> &
    Pick<DepthFrame, 'intrinsics' | 'cameraToWorld'>;
  const read = async (name: string) => new Uint8Array(await readFile(join(dirname(path), name)));
  return {
    picture: await read(frame.picture),
    depth: { encoding: 'png16', bytes: await read(frame.depth), metersPerUnit: 0.001 },
    intrinsics: frame.intrinsics,
    cameraToWorld: frame.cameraToWorld,
  };
}

// 2. Understand: the server finds the objects, physics sets them down.

async function understand([first, ...others]: Frame[], url: string): Promise<SceneDescription> {
  const client = await connect(url, { client: 'agent-camera-frame/1' });
  try {
    const frames = others.map(({ depth, intrinsics, cameraToWorld }) => ({ depth, intrinsics, cameraToWorld }));
    const job = client.generate({ ...first, ...(frames.length > 0 && { frames }), outputs: ['objects'] });
    for await (const event of job) {
      if (event.type === 'object') console.log(`  ${event.object.id} seen`);
      if (event.type === 'warning') console.log(`  ${event.message}`);
    }
    return await settleScene(await job.result);
  } finally {
    client.close();
  }
}

// 3. Imagine: the same push, tried on every object in every direction.

interface Trial {
  id: string;
  /** Newton seconds, in the world. */
  impulse: Vec3;
  movedMeters: number;
  tiltedRadians: number;
  /** The farthest that anything else went. */
  disturbedMeters: number;
}

function push(world: Environment, id: string, impulse: Vec3): Trial {
  const before = world.reset().bodies;
  world.applyImpulse(id, impulse);
  for (let step = 0; step < 120; step++) world.step();
  const after = world.state().bodies;
  const moved = before.map(({ translation }, i) => vec3.distance(translation, after[i].translation));
  const own = before.findIndex((body) => body.id === id);
  return {
    id,
    impulse,
    movedMeters: moved[own],
    tiltedRadians: tilt(before[own].rotation, after[own].rotation),
    disturbedMeters: Math.max(0, ...moved.filter((_, i) => i !== own)),
  };
}

/** How far the direction that was up in the body has leant over. */
function tilt(before: Quat, after: Quat): number {
  const upInBody = (rotation: Quat): Vec3 => quat.rotate(quat.conjugate(rotation), vec3.UP);
  return Math.acos(Math.min(1, vec3.dot(upInBody(before), upInBody(after))));
}

function imagine(world: Environment, scene: SceneDescription): Trial[] {
  const carried = new Set([...supportsOf(indexScene(scene)).values()].flat());
  return scene.objects
    .filter(({ id }) => !carried.has(id))
    .flatMap(({ id, properties: { massKg, friction } }) => {
      // Friction stops what slides at v after v² / (2 μ g).
      const speed = Math.sqrt(2 * Math.sqrt(friction.value * scene.ground.friction) * 9.81 * 1.25 * WANTED_METERS);
      return Array.from({ length: 8 }, (_, k) => {
        const angle = (k * Math.PI) / 4;
        return push(world, id, vec3.scale([Math.cos(angle), 0, Math.sin(angle)], massKg.value * speed));
      });
    });
}

// 4. Decide: what goes aside and disturbs nothing, with the least push.

const works = ({ movedMeters, tiltedRadians, disturbedMeters }: Trial): boolean =>
  movedMeters >= WANTED_METERS && tiltedRadians <= TILTED_RADIANS && disturbedMeters <= DISTURBED_METERS;

const words = process.argv.slice(2);
const paths = words.filter((word) => !word.startsWith('ws'));
const sample = fileURLToPath(new URL('../pictures/rgbd-table.json', import.meta.url));
const frames = await Promise.all((paths.length > 0 ? paths : [sample]).map(readFrame));

const given = words.find((word) => word.startsWith('ws'));
const server = given === undefined ? await startServer({ port: 0, inference: { packDir: EMBEDDED_PACK } }) : undefined;
const scene = await understand(frames, given ?? server?.url ?? '');
await server?.close();

console.log(`${scene.objects.length} objects, metres ${scene.scale.measured ? 'measured' : 'estimated'}`);
const index = indexScene(scene);
for (const { id, pose, properties } of scene.objects) {
  const [x, y, z] = pose.translation.map((value) => value.toFixed(3));
  const on = supportsOf(index).get(id)?.join(' and ') || 'nothing';
  const left = whatIs(index, 'left', id).map((other) => other.id);
  const size = `${(100 * pose.size).toFixed(0)} cm, ${properties.massKg.value.toFixed(2)} kg`;
  console.log(`  ${id} at ${x} ${y} ${z}, ${size}, rests on ${on}; left of it: ${left.join(' ') || 'nothing'}`);
}

const world = await createEnvironment(scene);
const trials = imagine(world, scene);
const strength = ({ impulse }: Trial): number => vec3.length(impulse);
const good = trials.filter(works).toSorted((a, b) => strength(a) - strength(b));
console.log(`${trials.length} pushes tried, ${good.length} would do`);
const [best] = good;
if (best) {
  const { id, impulse, movedMeters, disturbedMeters } = push(world, best.id, best.impulse);
  const way = impulse.map((value) => value.toFixed(2)).join(' ');
  console.log(`Decision: push ${id} by ${way} N s. It goes ${(100 * movedMeters).toFixed(1)} cm;`);
  console.log(`nothing else goes farther than ${(1000 * disturbedMeters).toFixed(1)} mm.`);
  console.log(`Then ${id} rests on ${supportsOf(indexScene(world.scene())).get(id)?.join(' and ') || 'nothing'}.`);
  await mkdir('out', { recursive: true });
  await writeFile('out/agent.glb', await writeGlb(world.scene()));
} else {
  console.log('Decision: push nothing, ask a human.');
}
world.dispose();
