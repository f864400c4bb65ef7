/** Scenes of many objects, as large as those that are made of pictures: triangles, convex pieces, textures. */
import { readFile } from 'node:fs/promises';
import { convexHull, type Mesh, sphereMesh } from '@scenemaker/sdk/geometry';
import type { Collider, Pose, SceneDescription } from '@scenemaker/sdk/scene';
import { decodePicture } from '../../../runtime-server/src/input/picture.js';
import { decodePng, encodePng } from '../../../runtime-server/src/pictures/png.js';
import { textureMesh } from '../../../runtime-server/src/textures/texture-mesh.js';
import { exampleObject, exampleScene, lookingDown } from '../../support/example-scene.js';

/** 5040 triangles: the most that generated shapes have is 5000. */
const SEGMENTS = 36;
/** Convex pieces: those of the samples have 12 in the mean. */
const WEDGES = 6;
/** The largest texture's side, as it is by default. */
const TEXTURE_SIDE = 512;
/** Of PNGs, as of the pipeline's textures. */
const COMPRESSION = 6;
/** What the ball covers of the picture, across: textures of 128 kB come of it; the samples have 45 to 107. */
const PIXELS = 140;
const PICTURE = new URL('../../../samples/pictures/rgbd-table.jpg', import.meta.url);
const POSE: Pose = { rotation: [0, 0, 0, 1], translation: [0, 0, 0], size: 0.2 };

/** Distinct meshes, each with twelve hulls and, if wanted, a texture of its own, side by side in a grid. */
export async function largeScene(count: number, textured: boolean): Promise<SceneDescription> {
  const ball = textured ? await texturedBall() : coloredBall();
  const objects = [];
  for (let index = 0; index < count; index++) {
    const positions = dented(ball.positions, index);
    const translation = [(index % 25) * 0.3, 0.15, Math.floor(index / 25) * 0.3] as const;
    objects.push(
      exampleObject(`object-${index + 1}`, {
        mesh: {
          ...ball,
          positions,
          ...(ball.colors && { colors: ball.colors.map((value, i) => (i === 4 * index ? 255 - value : value)) }),
          ...(ball.texture && { texture: await tinted(ball.texture, index) }),
        },
        colliders: pieces(positions),
        pose: { ...POSE, translation, size: POSE.size + 0.0001 * index },
      }),
    );
  }
  return { ...exampleScene(), objects };
}

function coloredBall(): Mesh {
  const { positions, indices } = sphereMesh(0.5, SEGMENTS);
  const colors = Uint8Array.from({ length: (positions.length / 3) * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : Math.round(128 + 100 * positions[3 * (i >> 2) + (i % 4)]),
  );
  return { positions, indices, colors };
}

/** A picture in whose middle the ball is, projected onto it. */
async function texturedBall(): Promise<Mesh> {
  const { picture } = await decodePicture(await readFile(PICTURE));
  const { width, height } = picture;
  const away = 2 * POSE.size;
  const camera = lookingDown([0, 0, away], 0, width, height, (PIXELS * away) / POSE.size);
  const mask = { width, height, data: new Uint8Array(width * height).fill(1) };
  return textureMesh({ mesh: coloredBall(), pose: POSE, camera, picture, mask }, TEXTURE_SIDE);
}

/** The same texture in other colours. */
async function tinted(png: Uint8Array, index: number): Promise<Uint8Array> {
  const { width, height, data } = await decodePng(png);
  const turned = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const value = data[4 * Math.floor(i / 3) + (i % 3)];
    return i % 3 === index % 3 ? Math.max(0, value - Math.ceil((index + 1) / 3)) : value;
  });
  return new Uint8Array(await encodePng({ width, height, data: turned }, COMPRESSION));
}

/** Like no other. */
function dented(ball: Float32Array, seed: number): Float32Array {
  return ball.map((value, i) => {
    const [x, z] = [ball[i - (i % 3)], ball[i - (i % 3) + 2]];
    return value * (1 - 0.1 * Math.abs(Math.sin(seed + 5 * x + 3 * z)));
  });
}

/** Hulls of wedges about the axis that goes up, above and below the middle. */
function pieces(positions: Float32Array): Collider[] {
  const inside = Array.from({ length: 2 * WEDGES }, (): number[] => [0, 0, 0]);
  for (let i = 0; i < positions.length; i += 3) {
    const [x, y, z] = positions.subarray(i, i + 3);
    const wedge = Math.min(WEDGES - 1, Math.floor((Math.atan2(z, x) / (2 * Math.PI) + 0.5) * WEDGES));
    inside[2 * wedge + (y > 0 ? 1 : 0)].push(x, y, z);
  }
  return inside.map((points) => {
    const hull = convexHull(Float32Array.from(points), { maxVertices: 48 });
    if (!hull) throw new Error('a wedge of a ball has no hull');
    return { kind: 'hull', positions: hull.positions, indices: hull.indices };
  });
}
