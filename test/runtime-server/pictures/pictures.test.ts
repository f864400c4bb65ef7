import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { RunLengthMask } from '@scenemaker/sdk';
import { createPicture } from '../../../runtime-server/src/pictures/canvas.js';
import { drawText, fitText, textWidth } from '../../../runtime-server/src/pictures/font.js';
import {
  decodePng,
  drawDeocclusion,
  drawDepth,
  drawOverlay,
  encodePng,
  orbitCamera,
  renderScene,
  shrinkPicture,
} from '../../../runtime-server/src/pictures/index.js';
import { DEPTH_COLORS, objectColor } from '../../../runtime-server/src/pictures/palette.js';
import { exampleScene, lookingDown } from '../../support/example-scene.js';

/** A rectangle as a mask of a picture. */
function rectangle(width: number, height: number, x0: number, y0: number, x1: number, y1: number): RunLengthMask {
  const runs = [y0 * width + x0];
  for (let y = y0; y < y1; y++) runs.push(x1 - x0, y + 1 < y1 ? width - (x1 - x0) : width - x1 + (height - y1) * width);
  return { width, height, runs: Uint32Array.from(runs) };
}

describe('a rendered scene', () => {
  const scene = exampleScene();
  const camera = lookingDown([0, 0.75, 1.3], 0.45, 160, 120, 150);
  const at = (data: Uint8Array, x: number, y: number) => [...data.subarray(3 * (y * 160 + x), 3 * (y * 160 + x) + 3)];

  test('has the size of the camera and is the same every time', () => {
    const picture = renderScene(scene, camera);
    expect([picture.width, picture.height, picture.data.length]).toEqual([160, 120, 160 * 120 * 3]);
    expect(renderScene(scene, camera)).toEqual(picture);
  });

  test('shows objects in their colours on ground in its own', () => {
    const { data } = renderScene(scene, camera);
    const [r, g, b] = at(data, 107, 64);
    expect(b).toBeGreaterThan(r + 30);
    expect(b).toBeGreaterThan(g);
    const ground = at(data, 80, 110);
    for (let k = 0; k < 3; k++) expect(Math.abs(ground[k] - scene.ground.color[k])).toBeLessThan(40);
  });

  test('has a shadow away from the sun', () => {
    const { data } = renderScene(scene, camera, { sun: [-0.6, 0.8, 0] });
    const luminance = ([r, g, b]: number[]) => r + g + b;
    // Right of the ball, and as far left of it.
    expect(luminance(at(data, 120, 72))).toBeLessThan(luminance(at(data, 88, 76)) - 60);
  });

  test('is ground alone where nothing was found', () => {
    const empty = { ...scene, objects: [] };
    expect(renderScene(empty, camera).data.length).toBe(160 * 120 * 3);
    expect(orbitCamera(empty).fx).toBeGreaterThan(0);
  });
});

describe('the overlay', () => {
  test('changes nothing outside the masks and their labels', () => {
    const input = createPicture(200, 120, [90, 100, 110]);
    const picture = drawOverlay(input, [{ mask: rectangle(200, 120, 60, 30, 150, 100), label: 'a' }]);
    for (let y = 0, i = 0; y < 120; y++) {
      for (let x = 0; x < 200; x++, i += 3) {
        if (x >= 60 && x < 150 && y >= 30 && y < 100) continue;
        expect([...picture.data.subarray(i, i + 3)]).toEqual([90, 100, 110]);
      }
    }
    expect(input.data.every((value, i) => value === [90, 100, 110][i % 3])).toBe(true);
  });

  test('outlines a mask in its colour', () => {
    const picture = drawOverlay(createPicture(200, 120), [{ mask: rectangle(200, 120, 60, 30, 150, 100), label: 'a' }]);
    const edge = 3 * (40 * 200 + 60);
    const color = objectColor(0);
    for (let k = 0; k < 3; k++) expect(Math.abs(picture.data[edge + k] - color[k])).toBeLessThan(16);
  });

  test('takes masks of another size than the picture', () => {
    const items = (size: number) => [
      { mask: rectangle(200 * size, 120 * size, 60 * size, 30 * size, 150 * size, 100 * size), label: 'a' },
    ];
    expect(drawOverlay(createPicture(200, 120), items(3))).toEqual(drawOverlay(createPicture(200, 120), items(1)));
  });

  test('takes empty masks and labels longer than the picture', () => {
    const mask = rectangle(40, 30, 0, 0, 40, 30);
    const none = { width: 40, height: 30, runs: Uint32Array.of(1200) };
    expect(() =>
      drawOverlay(createPicture(40, 30), [
        { mask, label: 'x'.repeat(300) },
        { mask: none, label: '' },
      ]),
    ).not.toThrow();
  });
});

describe('the depth map', () => {
  test('is light where near, dark where far and grey where there is none', () => {
    const data = Float32Array.from({ length: 100 * 50 }, (_, i) => (i % 100 < 20 ? NaN : 1 + (i % 100) / 50));
    const picture = drawDepth({ width: 100, height: 50, data });
    const brightness = (x: number) => picture.data[3 * x] + picture.data[3 * x + 1] + picture.data[3 * x + 2];
    expect(brightness(25)).toBeGreaterThan(brightness(60));
    expect(brightness(60)).toBeGreaterThan(brightness(98));
    expect(picture.data[0]).toBe(picture.data[1]);
    expect(picture.height).toBeGreaterThan(50);
  });

  test('can be all of one depth, or of none', () => {
    expect(() => drawDepth({ width: 20, height: 20, data: new Float32Array(400).fill(2) })).not.toThrow();
    expect(() => drawDepth({ width: 20, height: 20, data: new Float32Array(400).fill(NaN) })).not.toThrow();
  });

  test('has colours that grow lighter without a step back', () => {
    const light = (i: number) =>
      0.299 * DEPTH_COLORS[3 * i] + 0.587 * DEPTH_COLORS[3 * i + 1] + 0.114 * DEPTH_COLORS[3 * i + 2];
    for (let i = 8; i < 256; i++) expect(light(i)).toBeGreaterThan(light(i - 8));
  });
});

test('the de-occlusion sheet has a cell for each object', () => {
  const crop = { width: 20, height: 20, data: new Uint8Array(1600).fill(128) };
  const item = { label: 'mug', index: 0, before: crop, after: crop };
  const [one, three, four] = [1, 3, 4].map((count) => drawDeocclusion(Array.from({ length: count }, () => item)));
  expect(three.width).toBe(3 * one.width);
  expect(four.height).toBe(2 * one.height);
  expect(drawDeocclusion([]).width).toBe(one.width);
});

describe('the font', () => {
  const ink = (text: string) => {
    const picture = createPicture(16, 16);
    drawText(picture, text, 2, 2, 1, [0, 0, 0]);
    return picture.data.join();
  };

  test('has a shape of its own for every printable character', () => {
    const characters = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
    expect(new Set(characters.map(ink)).size).toBe(95);
  });

  test('draws letters without their accents and a question mark for what it lacks', () => {
    expect(ink('é')).toBe(ink('e'));
    expect(ink('杯')).toBe(ink('?'));
  });

  test('cuts text to a width', () => {
    expect(fitText('teapot', 2, 1000)).toBe('teapot');
    expect(textWidth(fitText('a very long name', 2, 60), 2)).toBeLessThanOrEqual(60);
    expect(fitText('teapot', 2, 1)).toBe('');
  });
});

test('a picture shrinks to its longest side, and never grows', async () => {
  const picture = createPicture(200, 120, [10, 20, 30]);
  expect(await shrinkPicture(picture, 50)).toEqual(createPicture(50, 30, [10, 20, 30]));
  expect(await shrinkPicture(picture, 500)).toBe(picture);
});

test('a PNG decodes to the pixels that went in', async () => {
  const picture = renderScene(exampleScene(), lookingDown([0, 0.75, 1.3], 0.45, 64, 48, 60));
  expect((await decodePng(await encodePng(picture))).data.filter((_, i) => i % 4 !== 3)).toEqual(picture.data);
  const { data, info } = await sharp(await encodePng(picture))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([64, 48, 3]);
  expect(new Uint8Array(data)).toEqual(picture.data);
});
