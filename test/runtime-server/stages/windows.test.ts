import { describe, expect, test } from 'vitest';
import { emptyMask } from '../../../runtime-server/src/stages/mask-ops.js';
import type { Mask } from '../../../runtime-server/src/stages/stage.js';
import { cropWindow, deoccludeWindow, shapeWindow, touchesHidden } from '../../../runtime-server/src/stages/windows.js';

function filled(width: number, height: number, x0: number, y0: number, x1: number, y1: number): Mask {
  const mask = emptyMask(width, height);
  for (let y = y0; y < y1; y++) mask.data.fill(1, y * width + x0, y * width + x1);
  return mask;
}

describe('windows', () => {
  const box = { x0: 10, y0: 20, x1: 30, y1: 60 };

  test('are squares about the middle of the box', () => {
    expect(deoccludeWindow(box, true)).toEqual({ x: 20 - 34, y: 40 - 34, side: 68 });
    expect(deoccludeWindow(box, false)).toEqual({ x: 20 - 24, y: 40 - 24, side: 48 });
    expect(shapeWindow(box)).toEqual({ x: 20 - 23, y: 40 - 23, side: 46 });
    expect(cropWindow(box)).toEqual({ x: 20 - 24, y: 40 - 24, side: 48 });
  });
});

describe('something hides the object', () => {
  const box = { x0: 40, y0: 40, x1: 60, y1: 60 };
  const visible = filled(100, 100, 40, 40, 60, 60);

  test('when another mask lies against it', () => {
    expect(touchesHidden(visible, filled(100, 100, 60, 40, 80, 60), box)).toBe(true);
  });

  test('not when the other mask is out of reach', () => {
    // 20 pixels across: the ring is 2 pixels wide.
    expect(touchesHidden(visible, filled(100, 100, 62, 40, 80, 60), box)).toBe(false);
    expect(touchesHidden(visible, filled(100, 100, 61, 40, 80, 60), box)).toBe(true);
  });

  test('not when less than 2 % of the ring is hidden', () => {
    // The ring has 24 * 24 - 20 * 20 = 176 pixels: 3 are less than 2 %, 4 are more.
    expect(touchesHidden(visible, filled(100, 100, 60, 40, 61, 43), box)).toBe(false);
    expect(touchesHidden(visible, filled(100, 100, 60, 40, 61, 44), box)).toBe(true);
  });

  test('when the picture ends there', () => {
    const cut = filled(100, 100, 80, 40, 100, 60);
    expect(touchesHidden(cut, emptyMask(100, 100), { x0: 80, y0: 40, x1: 100, y1: 60 })).toBe(true);
  });
});
