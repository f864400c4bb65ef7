import { describe, expect, it } from 'vitest';
import { createMaskMap, maskAt } from '../../../runtime-server/viewer/src/picture/mask-map.js';
import { correctedRequest } from '../../../runtime-server/viewer/src/state/corrections.js';

/** 4 x 2: the left column, and the two right ones of the lower row. */
const left = { width: 4, height: 2, runs: Uint32Array.of(0, 1, 3, 1, 3) };
const right = { width: 4, height: 2, runs: Uint32Array.of(6, 2) };

describe('masks as a map', () => {
  it('tells who owns a place, and where the middle of each is', () => {
    const map = createMaskMap([left, right]);
    expect(map && [...map.owners]).toEqual([1, 0, 0, 0, 1, 0, 2, 2]);
    expect(map && [maskAt(map, 0.1, 0.9), maskAt(map, 0.4, 0.2), maskAt(map, 0.9, 0.9)]).toEqual([0, undefined, 1]);
    expect(map?.middles).toEqual([
      { x: 0.125, y: 0.5 },
      { x: 0.75, y: 0.75 },
    ]);
  });

  it('is made smaller for large pictures', () => {
    const map = createMaskMap([left, right], 2);
    expect(map && [map.width, map.height, ...map.owners]).toEqual([2, 1, 0, 2]);
  });

  it('is none without masks', () => expect(createMaskMap([])).toBeUndefined());
});

describe('corrections as hints', () => {
  it('keep masks with their names, leave out what is dropped, and add what was pointed out', () => {
    const segments = [
      { mask: left, label: 'mug', score: 1 },
      { mask: right, label: 'object', score: 1 },
      { mask: right, label: 'box', score: 1 },
    ];
    const run = { request: { picture: Uint8Array.of(1), options: { seed: 5 } }, segments: { value: segments } };
    const request = correctedRequest(run, {
      dropped: new Set([2]),
      added: [
        { kind: 'point', x: 1, y: 2 },
        { kind: 'box', x0: 1, y0: 2, x1: 3, y1: 4 },
        { kind: 'words', words: 'red mug' },
      ],
    });
    expect(request).toEqual({
      ...run.request,
      objects: [
        { mask: left, words: 'mug' },
        { mask: right },
        { points: [[1, 2]] },
        { box: [1, 2, 3, 4] },
        { words: 'red mug' },
      ],
    });
  });
});
