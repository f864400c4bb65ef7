import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { checkClosed, createMeshBvh, type Mesh, quat, sphereMesh, vec3, type Vec3 } from '@scenemaker/sdk';
import { rasterise } from '@scenemaker/sdk/render';
import type { Picture } from '../../../runtime-server/src/stages/stage.js';
import { textureMesh, type TextureInput } from '../../../runtime-server/src/textures/texture-mesh.js';
import { exampleObject, exampleScene, lookingDown } from '../../support/example-scene.js';

/** Nothing else in these tests has this colour. */
const OWN = [20, 90, 40];
const camera = lookingDown([0, 0, 2], 0, 320, 240, 400);

/** A ball before the camera, turned, and a picture that tells its column by red and its row by blue. */
function ball(): TextureInput {
  const shape = sphereMesh(0.5, 24);
  const mesh: Mesh = {
    ...shape,
    colors: Uint8Array.from({ length: (shape.positions.length / 3) * 4 }, (_, i) => [...OWN, 255][i % 4]),
  };
  const pose = { rotation: quat.fromAxisAngle(vec3.normalize([1, 2, 3]), 0.8), translation: [0.05, 0, 0] as Vec3, size: 0.8 }; // prettier-ignore
  const { width, height } = camera;
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++) data.set([(i % width) / 2, 0, Math.floor(i / width)], 3 * i);
  const scene = { ...exampleScene(), cameras: [camera], objects: [exampleObject('object-1', { mesh, pose })] };
  const mask = { width, height, data: Uint8Array.from(rasterise(scene, camera).ids, (id) => (id === 0 ? 1 : 0)) };
  return { mesh, pose, camera, picture: { width, height, data }, mask };
}

/** What the texture shows at a point of the mesh, which need not be a vertex. */
function colorAt(mesh: Mesh, point: Vec3): number[] {
  const { width, height, data } = decode(mesh.texture ?? new Uint8Array());
  const found = createMeshBvh(mesh).closestPoint(point);
  if (!found || !mesh.uvs) throw new Error('no texture');
  const [u, v] = [0, 1].map((k) =>
    found.barycentric.reduce(
      (sum, weight, corner) => sum + weight * (mesh.uvs?.[2 * mesh.indices[3 * found.triangle + corner] + k] ?? NaN),
      0,
    ),
  );
  const texel = 3 * (Math.floor(v * height) * width + Math.floor(u * width));
  return Array.from(data.slice(texel, texel + 3));
}

describe('a texture', () => {
  test('shows where the picture sees the surface what it shows there, and the own colour on the far side', async () => {
    const input = ball();
    const mesh = await textureMesh(input, 512);
    const { pose } = input;
    const toMesh = (world: Vec3): Vec3 =>
      quat.rotate(quat.conjugate(pose.rotation), vec3.scale(vec3.sub(world, pose.translation), 1 / pose.size));
    for (const [x, y] of [
      [0, 0],
      [0.1, 0.05],
      [-0.12, 0.15],
      [0.2, -0.1],
    ] as const) {
      const z = Math.sqrt(0.4 ** 2 - x ** 2 - y ** 2);
      const near: Vec3 = [0.05 + x, y, z];
      const distance = 2 - z;
      const [column, row] = [160 + (400 * near[0]) / distance, 120 - (400 * y) / distance];
      const [red, green, blue] = colorAt(mesh, toMesh(near));
      expect(Math.abs(red - column / 2)).toBeLessThan(2);
      expect(green).toBeLessThan(2);
      expect(Math.abs(blue - row)).toBeLessThan(3);
      expect(colorAt(mesh, toMesh([0.05 - x, y, -z]))).toEqual(OWN);
    }
  });

  test('is not that of what stands before the object', async () => {
    const input = ball();
    const mask = { ...input.mask, data: input.mask.data.map((seen, i) => (i % 320 < 170 ? seen : 0)) };
    const mesh = await textureMesh({ ...input, mask }, 512);
    const { pose } = input;
    const hidden = quat.rotate(quat.conjugate(pose.rotation), vec3.scale(vec3.normalize([0.7, 0, 1]), 0.5));
    expect(colorAt(mesh, hidden)).toEqual(OWN);
  });

  test('leaves the mesh as it is, but for vertices that are split, and shades it smoothly', async () => {
    const input = ball();
    const mesh = await textureMesh(input, 256);
    expect(mesh.indices).toHaveLength(input.mesh.indices.length);
    for (let i = 0; i < mesh.indices.length; i++)
      expect(vec3.at(mesh.positions, mesh.indices[i])).toEqual(vec3.at(input.mesh.positions, input.mesh.indices[i]));
    expect(checkClosed(mesh)).toEqual(checkClosed(input.mesh));
    for (let vertex = 0; vertex < mesh.positions.length / 3; vertex++) {
      const outward = vec3.normalize(vec3.at(mesh.positions, vertex));
      expect(vec3.dot(vec3.at(mesh.normals ?? [], vertex), outward)).toBeGreaterThan(0.98);
    }
    expect(Array.from(mesh.colors ?? []).slice(0, 4)).toEqual([...OWN, 255]);
  });

  test('is no finer than the picture, and no larger than it may be', async () => {
    const input = ball();
    const [fine, coarse] = [await textureMesh(input, 2048), await textureMesh(input, 256)];
    const sides = [fine, coarse].map(({ texture = new Uint8Array() }) => {
      const { width, height } = decode(texture);
      return Math.max(width, height);
    });
    expect(sides[0]).toBeLessThan(600);
    expect(sides[1]).toBeLessThanOrEqual(256);
    expect(sides[1]).toBeGreaterThan(180);
  });

  test('is the same for the same input', async () => {
    expect(await textureMesh(ball(), 256)).toEqual(await textureMesh(ball(), 256));
  });

  test('is as sharp as a picture that is larger than the mask', async () => {
    const input = ball();
    const large: Picture = { width: 640, height: 480, data: new Uint8Array(3 * 640 * 480) };
    // Lines of one pixel, which a picture of half the size cannot show.
    for (let i = 0; i < 640 * 480; i++) large.data.fill(i % 2 === 0 ? 255 : 0, 3 * i, 3 * i + 3);
    const double = { ...camera, width: 640, height: 480, fx: 800, fy: 800, cx: 320, cy: 240 };
    const { texture } = await textureMesh({ ...input, camera: double, picture: large }, 2048);
    const { data } = decode(texture ?? new Uint8Array());
    expect(data.filter((value, i) => i % 3 === 1 && value > 200).length).toBeGreaterThan(data.length / 3 / 40);
  });
});

test('what cannot get a texture is refused, and says why', async () => {
  const input = ball();
  const nothing = { ...input.mask, data: new Uint8Array(input.mask.data.length) };
  await expect(textureMesh({ ...input, mask: nothing }, 256)).rejects.toThrow(/shows nothing/);
  const behind = { ...input.pose, translation: [0, 0, 5] as Vec3 };
  await expect(textureMesh({ ...input, pose: behind }, 256)).rejects.toThrow(/behind the camera/);
  const flat = { ...input.mesh, positions: new Float32Array(input.mesh.positions.length) };
  await expect(textureMesh({ ...input, mesh: flat }, 256)).rejects.toThrow(RangeError);
});
