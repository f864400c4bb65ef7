/** A game from one picture: what stands in it is to be knocked down with balls. Drop another picture to play that. */
import { Engine } from '@babylonjs/core/Engines/engine.js';
import { DirectionalLight } from '@babylonjs/core/Lights/directionalLight.js';
import { HemisphericLight } from '@babylonjs/core/Lights/hemisphericLight.js';
import { ShadowGenerator } from '@babylonjs/core/Lights/Shadows/shadowGenerator.js';
import '@babylonjs/core/Lights/Shadows/shadowGeneratorSceneComponent.js';
import { Color3, Color4 } from '@babylonjs/core/Maths/math.color.js';
import { Matrix, Vector3 } from '@babylonjs/core/Maths/math.vector.js';
import { StandardMaterial } from '@babylonjs/core/Materials/standardMaterial.js';
import { CreateSphere } from '@babylonjs/core/Meshes/Builders/sphereBuilder.js';
import { PhysicsShapeType } from '@babylonjs/core/Physics/v2/IPhysicsEnginePlugin.js';
import { PhysicsAggregate } from '@babylonjs/core/Physics/v2/physicsAggregate.js';
import { Scene } from '@babylonjs/core/scene.js';
import '@babylonjs/core/Culling/ray.js';
import havokUrl from '@babylonjs/havok/lib/esm/HavokPhysics.wasm?url';
import { connect, type ObjectHint, type SceneDescription, SceneMakerError } from '@scenemaker/sdk';
import { buildScene } from '@scenemaker/sdk/babylon';
import { createHavokEngine, loadHavok, settleScene } from '@scenemaker/sdk/physics';
import conceptUrl from '../pictures/toys-floor.jpg';

declare const SCENEMAKER_URL: string;

/** What is meant to be in the game, in pixels of the concept, and one size that is known: it scales the rest. */
const CONCEPT: ObjectHint[] = [
  { words: 'dinosaur', box: [80, 165, 255, 290] },
  { words: 'barrel', box: [280, 160, 380, 315] },
  {
    words: 'crate',
    points: [
      [525, 240],
      [480, 205],
    ],
  },
  { words: 'mushroom', box: [378, 238, 502, 388] },
  { words: 'tractor', box: [565, 220, 735, 365] },
  { words: 'car', box: [150, 280, 355, 405], sizeMeters: 0.3 },
];
const BALLS = 12;
const BALL_MILLISECONDS = 4000;

const canvas = document.querySelector('canvas') as HTMLCanvasElement;
const image = document.querySelector('img') as HTMLImageElement;
const status = document.querySelector('p') as HTMLParagraphElement;
const say = (text: string): void => void (status.textContent = text);

/** From the picture to a scene that stands. */
async function makeScene(picture: Uint8Array<ArrayBuffer>, objects?: ObjectHint[]): Promise<SceneDescription> {
  const client = await connect(SCENEMAKER_URL);
  try {
    const job = client.generate({ picture, ...(objects && { objects }), outputs: [] });
    for await (const event of job) {
      if (event.type === 'progress') say(`Making the scene: ${event.stage} ${Math.round(100 * event.fraction)} %`);
    }
    say('Setting everything down');
    const engine = await createHavokEngine({ wasmUrl: new URL(havokUrl, location.href).href });
    return await settleScene(await job.result, { engine });
  } finally {
    client.close();
  }
}

async function play(description: SceneDescription) {
  const engine = new Engine(canvas, true);
  const scene = new Scene(engine);
  scene.useRightHandedSystem = true;
  scene.clearColor = new Color4(0.87, 0.85, 0.82, 1);
  const havok = await loadHavok({ wasmUrl: new URL(havokUrl, location.href).href });
  const { objects, ground, camera } = await buildScene(description, scene, { havok, light: false });
  if (!camera) throw new Error('the scene has no camera');

  const sky = new HemisphericLight('sky', Vector3.Up(), scene);
  sky.groundColor = new Color3(0.7, 0.68, 0.65);
  sky.intensity = 0.9;
  const sun = new DirectionalLight('sun', camera.getForwardRay().direction.add(new Vector3(0.5, -1.5, 0)), scene);
  sun.intensity = 0.5;
  const shadows = new ShadowGenerator(1024, sun);
  shadows.usePercentageCloserFiltering = true;
  ground.mesh.receiveShadows = true;
  for (const { mesh } of objects.values()) shadows.addShadowCaster(mesh);

  const things = description.objects.map(({ id, pose, properties }) => {
    const { mesh, body } = objects.get(id) ?? {};
    if (!mesh || !body) throw new Error(`${id} has no body`);
    const start = { at: mesh.position.clone(), up: mesh.up.clone() };
    return { size: pose.size, massKg: properties.massKg.value, mesh, start, down: false };
  });
  const mean = (of: (thing: (typeof things)[number]) => number): number =>
    things.reduce((sum, thing) => sum + of(thing), 0) / Math.max(1, things.length);
  const [size, mass] = [mean((thing) => thing.size), mean((thing) => thing.massKg)];
  const paint = new StandardMaterial('ball', scene);
  paint.diffuseColor = new Color3(0.9, 0.25, 0.2);
  let thrown = 0;

  /** Fallen, or pushed away by its own size. */
  const isDown = ({ mesh, start, size: own }: (typeof things)[number]): boolean =>
    Vector3.Dot(mesh.up, start.up) < 0.7 || Vector3.Distance(mesh.position, start.at) > own;
  const score = (): void => {
    for (const thing of things) thing.down ||= isDown(thing);
    const down = things.filter((thing) => thing.down);
    canvas.dataset['down'] = String(down.length);
    if (down.length === things.length) say(`All ${things.length} down with ${thrown} balls! R or a tap here: again.`);
    else if (thrown === BALLS) say(`${down.length} of ${things.length} down, no balls left. R or a tap here: again.`);
    else say(`${down.length} of ${things.length} down, ${BALLS - thrown} balls left. Click to throw.`);
  };
  engine.runRenderLoop(() => scene.render());
  engine.runRenderLoop(score);

  return {
    resize: () => engine.resize(),
    throwAt(x: number, y: number) {
      if (thrown === BALLS) return;
      thrown++;
      const ray = scene.createPickingRay(x, y, Matrix.Identity(), camera);
      const ball = CreateSphere('ball', { diameter: 0.35 * size }, scene);
      ball.material = paint;
      ball.position = ray.origin.add(ray.direction.scale(size));
      shadows.addShadowCaster(ball);
      const solid = new PhysicsAggregate(ball, PhysicsShapeType.SPHERE, { mass: 0.6 * mass, restitution: 0.3 }, scene);
      // Aimed a little high, for what gravity takes on the way.
      solid.body.setLinearVelocity(ray.direction.scale(16 * size).add(new Vector3(0, size, 0)));
      setTimeout(() => scene.isDisposed || (solid.dispose(), ball.dispose()), BALL_MILLISECONDS);
    },
    dispose() {
      scene.dispose();
      engine.dispose();
    },
  };
}

let game: Awaited<ReturnType<typeof play>> | undefined;
let description: SceneDescription | undefined;

async function start(picture: Blob, objects?: ObjectHint[]): Promise<void> {
  document.body.dataset['state'] = 'making';
  image.src = URL.createObjectURL(picture);
  try {
    description = await makeScene(new Uint8Array(await picture.arrayBuffer()), objects);
    await restart();
  } catch (thrown) {
    document.body.dataset['state'] = 'failed';
    say(SceneMakerError.from(thrown).message);
  }
}

async function restart(): Promise<void> {
  if (!description) return;
  game?.dispose();
  game = await play(description);
  document.body.dataset['state'] = 'playing';
}

canvas.addEventListener('pointerdown', ({ offsetX, offsetY }) => game?.throwAt(offsetX, offsetY));
status.addEventListener('click', () => void restart());
addEventListener('keydown', ({ key }) => void (key.toLowerCase() === 'r' && restart()));
addEventListener('resize', () => game?.resize());
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  const [picture] = event.dataTransfer?.files ?? [];
  if (picture) void start(picture);
});
void start(await (await fetch(conceptUrl)).blob(), CONCEPT);
