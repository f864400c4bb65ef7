/** The sample pictures: what their documents say fits the pictures, the depth maps and one another. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { type Quat, quat, type Vec3 } from '@scenemaker/sdk';
import { decodeDepth } from '../../runtime-server/src/input/depth.js';

const FOLDER = fileURLToPath(new URL('../../samples/pictures/', import.meta.url));
const FREE_LICENCES = ['CC0-1.0', 'Apache-2.0'];
/** How far a surface may lie from the height its document states, metres. */
const TOLERANCE = 0.005;

interface SamplePicture {
  picture: string;
  width: number;
  height: number;
  intrinsics?: { fx: number; fy: number; cx: number; cy: number };
  cameraToWorld?: { rotation: Quat; translation: Vec3 };
  surface: { height: number };
  depth?: string;
  masks?: string;
  objects: {
    number: number;
    label: string;
    source: { licence: string; procedural?: string };
    restsOn: string;
    /** x, y and z before the turn, metres. */
    sizeMeters: Vec3;
    pose: { rotation: Quat; translation: Vec3; size: number };
    pictureShare: number;
    visibleFraction: number;
  }[];
}

const samples = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name): SamplePicture => JSON.parse(readFileSync(FOLDER + name, 'utf8')));
const withDepth = samples.filter((sample) => sample.depth !== undefined);
const withMasks = samples.filter((sample) => sample.masks !== undefined);

/** The world points of every pixel with depth, in pixel order; null where nothing was measured. */
async function backProject(sample: SamplePicture): Promise<(Vec3 | null)[]> {
  const { intrinsics, cameraToWorld, depth } = sample;
  if (!intrinsics || !cameraToWorld || !depth) throw new Error(`${sample.picture} lacks a camera or depth`);
  const map = await decodeDepth({ encoding: 'png16', bytes: readFileSync(FOLDER + depth) });
  expect([map.width, map.height]).toEqual([sample.width, sample.height]);
  return Array.from(map.data, (z, i) => {
    if (Number.isNaN(z)) return null;
    const u = (i % map.width) + 0.5;
    const v = Math.floor(i / map.width) + 0.5;
    const seen: Vec3 = [((u - intrinsics.cx) / intrinsics.fx) * z, ((v - intrinsics.cy) / intrinsics.fy) * z, z];
    const [x, y, depthward] = quat.rotate(cameraToWorld.rotation, seen);
    const [tx, ty, tz] = cameraToWorld.translation;
    return [x + tx, y + ty, depthward + tz];
  });
}

async function readMasks(sample: SamplePicture): Promise<Uint8Array> {
  const { data, info } = await sharp(FOLDER + sample.masks)
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([sample.width, sample.height, 1]);
  return data;
}

test('there are enough pictures, with depth and with masks', () => {
  expect(samples.length).toBeGreaterThanOrEqual(5);
  expect(withDepth.length).toBeGreaterThanOrEqual(2);
  expect(withMasks.length).toBeGreaterThanOrEqual(1);
});

describe.each(samples.map((sample) => [sample.picture, sample] as const))('%s', (_, sample) => {
  test('has the stated size and is small', async () => {
    expect(await sharp(FOLDER + sample.picture).metadata()).toMatchObject({
      width: sample.width,
      height: sample.height,
    });
    expect(statSync(FOLDER + sample.picture).size).toBeLessThan(300_000);
  });

  test('shows several free objects well, each upright on something', () => {
    expect(sample.objects.length).toBeGreaterThanOrEqual(4);
    const labels = sample.objects.map((object) => object.label);
    expect(new Set(labels).size).toBe(labels.length);
    for (const [i, object] of sample.objects.entries()) {
      expect(object.number).toBe(i + 1);
      expect(object.pictureShare).toBeGreaterThanOrEqual(0.02);
      expect(object.visibleFraction).toBeGreaterThan(0.3);
      expect(FREE_LICENCES).toContain(object.source.licence);
      expect(existsSync(FOLDER + (object.source.procedural ?? ''))).toBe(true);
      expect(['surface', ...labels]).toContain(object.restsOn);
      expect(Math.max(...object.sizeMeters)).toBeCloseTo(object.pose.size, 3);
      if (object.restsOn === 'surface') {
        const bottom = object.pose.translation[1] - object.sizeMeters[1] / 2;
        expect(Math.abs(bottom - sample.surface.height)).toBeLessThan(0.001);
      }
    }
  });
});

describe.each(withDepth.map((sample) => [sample.picture, sample] as const))('the depth of %s', (_, sample) => {
  test('puts the supporting surface at the stated height', async () => {
    const masks = sample.masks ? await readMasks(sample) : undefined;
    const points = await backProject(sample);
    expect(points.filter((point) => point).length).toBeGreaterThan(0.9 * points.length);
    const heights = points.flatMap((point, i) => (point && !masks?.[i] ? [point[1] - sample.surface.height] : []));
    const near = heights.filter((height) => Math.abs(height) < 3 * TOLERANCE);
    const within = near.filter((height) => Math.abs(height) < TOLERANCE);
    expect(within.length).toBeGreaterThan(0.25 * points.length);
    expect(within.length).toBeGreaterThan(0.98 * near.length);
  });
});

describe.each(withMasks.map((sample) => [sample.picture, sample] as const))('the masks of %s', (_, sample) => {
  test('number every object and cover the stated share', async () => {
    const masks = await readMasks(sample);
    const counts = new Map<number, number>();
    for (const number of masks) counts.set(number, (counts.get(number) ?? 0) + 1);
    counts.delete(0);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(sample.objects.map((object) => object.number));
    for (const object of sample.objects) {
      expect((counts.get(object.number) ?? 0) / masks.length).toBeCloseTo(object.pictureShare, 3);
    }
  });

  test.runIf(sample.depth !== undefined)('fall with the depth into the posed boxes of the objects', async () => {
    const masks = await readMasks(sample);
    const points = await backProject(sample);
    const outside = sample.objects.filter((object) => {
      const [x, y, z] = object.pose.translation;
      const back = quat.conjugate(object.pose.rotation);
      const own = points.filter((point, i): point is Vec3 => point !== null && masks[i] === object.number);
      const inside = own.filter((point) =>
        quat
          .rotate(back, [point[0] - x, point[1] - y, point[2] - z])
          .every((value, axis) => Math.abs(value) < (object.sizeMeters[axis] ?? 0) / 2 + TOLERANCE),
      );
      return inside.length < 0.98 * own.length;
    });
    expect(outside.map((object) => object.label)).toEqual([]);
  });
});
