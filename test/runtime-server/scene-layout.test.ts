/** Points, ground and poses from the depth maps of the sample pictures, which another renderer made. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { boxMesh, mat3, meshToDistanceField, type Pose, quat, type Quat, type Vec3, vec3 } from '@scenemaker/sdk';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { placeInWorld } from '../../runtime-server/src/compose.js';
import { decodeDepth } from '../../runtime-server/src/input/depth.js';
import { layOut, type Layout, metersPerUnit } from '../../runtime-server/src/scene-layout.js';
import { estimateScale, typicalSize } from '../../runtime-server/src/scene-scale.js';
import { refinePose } from '../../runtime-server/src/stages/pose-refine.js';
import { gatherEvidence, scorePose } from '../../runtime-server/src/stages/pose-score.js';
import type { Intrinsics, Mask } from '../../runtime-server/src/stages/stage.js';
import { rotatePoints, uprightFromCamera } from '../../runtime-server/src/stages/upright.js';

interface Sample {
  width: number;
  height: number;
  intrinsics: Intrinsics;
  cameraToWorld: { rotation: Quat; translation: Vec3 };
  surface: { height: number };
  objects: { number: number; label: string; sizeMeters: Vec3; pose: Pose }[];
}

const path = (name: string): string => fileURLToPath(new URL(`../../samples/pictures/${name}`, import.meta.url));

async function load(name: string, withMasks: boolean) {
  const sample = JSON.parse(readFileSync(path(`${name}.json`), 'utf8')) as Sample;
  const { data: depth } = await decodeDepth({ encoding: 'png16', bytes: readFileSync(path(`${name}.depth.png`)) });
  const masks: Mask[] = [];
  if (withMasks) {
    const numbers = await sharp(path(`${name}.masks.png`))
      .extractChannel(0)
      .raw()
      .toBuffer();
    for (const { number } of sample.objects) {
      masks.push({
        width: sample.width,
        height: sample.height,
        data: Uint8Array.from(numbers, (n) => (n === number ? 1 : 0)),
      });
    }
  }
  const up = mat3.apply(mat3.transpose(quat.toMat3(sample.cameraToWorld.rotation)), [0, 1, 0]);
  return { sample, depth, masks, up };
}

function layOutSample({ sample, depth, masks, up }: Awaited<ReturnType<typeof load>>, tilt: number): Layout {
  const { width, height, intrinsics } = sample;
  const off = quat.rotate(quat.fromAxisAngle([1, 0, 0], tilt), up);
  return layOut({ depth, intrinsics, up: off, width, height, depthGiven: true, upGiven: false, masks, seed: 0 });
}

describe('a noisy depth map of a table', async () => {
  const table = await load('rgbd-table', true);
  const { sample, up } = table;
  const layout = layOutSample(table, 0.12);

  test('gives the table top as ground, with up off by 7 degrees', () => {
    const { ground } = layout;
    expect(ground?.confidence).toBeGreaterThan(0.4);
    expect(vec3.dot(layout.up, up)).toBeGreaterThan(Math.cos(0.01));
    expect(ground?.cameraHeight).toBeCloseTo(sample.cameraToWorld.translation[1] - sample.surface.height, 2);
  });

  test('gives points that lie within the objects', () => {
    const { rotation, translation } = sample.cameraToWorld;
    sample.objects.forEach(({ pose, sizeMeters }, i) => {
      const points = layout.points[i];
      expect(points.length / 3).toBeGreaterThan(500);
      let outside = 0;
      for (let k = 0; k < points.length; k += 3) {
        const world = vec3.add(quat.rotate(rotation, [points[k], points[k + 1], points[k + 2]]), translation);
        const own = quat.rotate(quat.conjugate(pose.rotation), vec3.sub(world, pose.translation));
        if (own.some((value, axis) => Math.abs(value) > sizeMeters[axis] / 2 + 0.01)) outside++;
      }
      expect(outside).toBeLessThan(0.02 * (points.length / 3));
    });
  });

  test('lets registration correct the pose of the box', () => {
    const { sizeMeters, pose } = sample.objects[0];
    const [x, y, z] = vec3.scale(sizeMeters, 0.5 / pose.size);
    const mesh = boxMesh(x, y, z);
    const uprightFrom = uprightFromCamera(up);
    const toUpright = quat.multiply(quat.fromMat3(uprightFrom), quat.conjugate(sample.cameraToWorld.rotation));
    const truth: Pose = {
      rotation: quat.multiply(toUpright, pose.rotation),
      translation: quat.rotate(toUpright, vec3.sub(pose.translation, sample.cameraToWorld.translation)),
      size: pose.size,
    };
    const seen = table.masks.map((mask, object) => ({
      mask,
      points: rotatePoints(
        uprightFrom,
        layout.points[object].filter((_, i) => Math.floor(i / 3) % 20 === 0),
      ),
      cameraPoints: layout.points[object],
    }));
    const [evidence] = gatherEvidence(seen, sample.intrinsics, mat3.transpose(uprightFrom));
    const field = meshToDistanceField(mesh, { resolution: 40, halfExtent: 0.75 });
    expect(scorePose(truth, mesh, field, evidence).score).toBeGreaterThan(0.85);
    const start: Pose = {
      rotation: quat.multiply(quat.fromAxisAngle([0, 1, 0], 0.15), truth.rotation),
      translation: vec3.add(truth.translation, [0.015, -0.01, 0.02]),
      size: 1.06 * truth.size,
    };
    const refined = refinePose(start, mesh, field, evidence);
    expect(quat.angleBetween(refined.pose.rotation, truth.rotation)).toBeLessThan(0.05);
    expect(vec3.distance(refined.pose.translation, truth.translation)).toBeLessThan(0.01);
    expect(refined.pose.size / truth.size).toBeCloseTo(1, 1);
  });
});

test('the floor of a room is found, walls and furniture notwithstanding', async () => {
  const room = await load('floor-room', false);
  const { ground } = layOutSample(room, -0.12);
  expect(ground?.cameraHeight).toBeCloseTo(room.sample.cameraToWorld.translation[1] - room.sample.surface.height, 1);
});

describe('the scale of a scene', () => {
  test('comes from things whose size is known, by their last word', () => {
    expect(typicalSize('a small coffee mug')).toBe(0.11);
    expect(typicalSize('Chairs')).toBe(0.9);
    expect(typicalSize('widget')).toBeUndefined();
    const objects = [{ label: 'mug', size: 0.22 }, { label: 'chair', size: 1.8 }, { label: 'widget', size: 77 }]; // prettier-ignore
    expect(estimateScale(objects, 3).metersPerUnit).toBeCloseTo(0.5);
  });

  test('comes from the distance when no label helps', () => {
    expect(estimateScale([{ label: 'object', size: 1 }], 2)).toEqual({
      metersPerUnit: 0.6,
      scale: { measured: false, source: 'estimated' },
    });
  });

  test('is measured with a depth map', async () => {
    const layout = layOutSample(await load('rgbd-table', true), 0);
    expect(metersPerUnit(layout, [], {})).toEqual({
      metersPerUnit: 1,
      scale: { measured: true, source: 'depth' },
    });
  });

  test('is measured by objects of known size, the median where they disagree, before the height of the camera', async () => {
    const layout = { ...layOutSample(await load('rgbd-table', true), 0), depthGiven: false };
    const objects = [0.2, 0.3, 5].map((sizeMeters) => ({ label: 'object', size: 0.1, sizeMeters }));
    const { metersPerUnit: factor, scale } = metersPerUnit(layout, objects, { cameraHeightMeters: 7 });
    expect(factor).toBeCloseTo(3, 5);
    expect(scale).toEqual({ measured: true, source: 'known-size' });
  });

  test('is measured by the height of the camera over the ground', async () => {
    const layout = { ...layOutSample(await load('rgbd-table', true), 0), depthGiven: false };
    const { metersPerUnit: factor, scale } = metersPerUnit(layout, [], { cameraHeightMeters: 7 });
    expect(factor * (layout.ground?.cameraHeight ?? NaN)).toBeCloseTo(7, 5);
    expect(scale).toEqual({ measured: true, source: 'camera-height' });
  });
});

test('without a ground plane the lowest object touches the ground', () => {
  const mesh = boxMesh(0.5, 0.5, 0.5);
  const pose: Pose = { rotation: quat.IDENTITY, translation: [0, -1, -3], size: 0.4 };
  const world = placeInWorld({
    up: [0, -1, 0],
    ground: undefined,
    cameraToWorld: undefined,
    metersPerUnit: 2,
    poses: [pose],
    meshes: [mesh],
    lookAt: [0, 0, -3],
  });
  const placed = world.place(pose);
  expect(placed.size).toBe(0.8);
  placed.translation.forEach((value, i) => expect(value).toBeCloseTo([0, 0.4, 0][i]));
  expect(world.cameraToWorld.translation[1]).toBeCloseTo(2.4);
});
