import { boxMesh } from '@scenemaker/sdk';
import { describe, expect, test } from 'vitest';
import { drawObjectRow, drawSheetRow } from '../../../runtime-server/src/evaluate/sheet.js';
import { joinRows, SIDE } from '../../../runtime-server/src/evaluate/sheet-cells.js';
import type { Picture } from '../../../runtime-server/src/stages/stage.js';
import { trueScene } from './truth-support.js';

const crop = { width: 8, height: 8, data: new Uint8Array(256).fill(255) };
const row = { name: 'box', fScore: 0.5, whole: crop, before: crop, truth: boxMesh(1, 0.5, 0.2) };

/** Different colours in the cell of this column. */
function colors({ width, data }: Picture, column: number): number {
  const found = new Set<number>();
  const left = 8 + column * (SIDE + 8);
  for (let y = 60; y < 60 + SIDE / 2; y++) {
    for (let x = left; x < left + SIDE; x++) found.add(data[3 * (y * width + x)]);
  }
  return found.size;
}

describe('a sheet', () => {
  test('of objects shows what was made and what is there, from the front and from behind', async () => {
    const made = await drawObjectRow({ ...row, mesh: boxMesh(0.2, 1, 0.2) });
    expect([2, 3, 4, 5].map((column) => colors(made, column)).every((count) => count > 3)).toBe(true);
    const nothing = await drawObjectRow(row);
    expect([2, 3].map((column) => colors(nothing, column))).toEqual([1, 1]);
    expect(joinRows([made, nothing])).toMatchObject({ width: made.width, height: made.height + nothing.height });
  });

  test('of scenes shows the truth from the camera and from the side, and leaves out what did not run', async () => {
    const drawn = await drawSheetRow({ scene: trueScene() });
    expect([3, 4].map((column) => colors(drawn, column))).toEqual([1, 1]);
    expect([5, 6].map((column) => colors(drawn, column)).every((count) => count > 3)).toBe(true);
  });
});
