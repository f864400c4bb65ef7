import { boxMesh, createRandom, type Mesh, type Pose, vec3 } from '@scenemaker/sdk';
import { describe, expect, test } from 'vitest';
import type { GroundPlane } from '../../../runtime-server/src/stages/ground.js';
import { dilate, emptyMask, maskArea, maskBox, maskIou, unionOf } from '../../../runtime-server/src/stages/mask-ops.js';
import { masksInDepth } from '../../../runtime-server/src/stages/masks-in-depth.js';
import type { Mask, Segment } from '../../../runtime-server/src/stages/stage.js';
import { depthNoise, surfacesOf } from '../../../runtime-server/src/stages/surfaces.js';
import { drawScene, standing, type SyntheticScene, upOf } from '../../support/synthetic-scene.js';

const SIZE = 160;
const cube = boxMesh(0.5, 0.5, 0.5);
const segment = (mask: Mask, score = 0.9): Segment => ({ mask, label: 'thing', score });
const groundOf = ({ up }: SyntheticScene, cameraHeight = 1): GroundPlane => ({
  up,
  cameraHeight,
  confidence: 1,
  isStoodOn: true,
  pixels: new Uint32Array(0),
});

const draw = (...objects: { mesh: Mesh; pose: Pose }[]): SyntheticScene => drawScene(objects, { size: SIZE });

function refine(scene: SyntheticScene, segments: readonly Segment[], ground?: GroundPlane) {
  const left: Segment[] = [];
  const kept = masksInDepth(segments, scene, ground ?? groundOf(scene), (flat) => left.push(flat));
  return { kept, left };
}

/** The part of the mask for which `test` holds. */
function part(mask: Mask, test: (x: number, y: number) => boolean): Mask {
  const data = mask.data.map((bit, i) => (bit !== 0 && test(i % mask.width, Math.floor(i / mask.width)) ? 1 : 0));
  return { ...mask, data };
}

function filledBox(mask: Mask): Mask {
  const box = maskBox(mask);
  const filled = emptyMask(mask.width, mask.height);
  if (box === undefined) return filled;
  for (let y = box.y0; y < box.y1; y++) filled.data.fill(1, y * mask.width + box.x0, y * mask.width + box.x1);
  return filled;
}

describe('a mask in measured depth', () => {
  const scene = draw({ mesh: cube, pose: standing(-0.1, -1.8, 0.5, 0.5, 0.4) });
  const [truth] = scene.masks;

  test('loses the ground and gets the rest of its object', () => {
    const drawn = dilate(
      part(truth, (x) => x > 62),
      6,
    );
    expect(maskIou(drawn, truth)).toBeLessThan(0.75);
    const { kept } = refine(scene, [segment(drawn)]);
    expect(kept).toHaveLength(1);
    expect(kept[0]).toMatchObject({ label: 'thing', score: 0.9 });
    expect(maskIou(kept[0].mask, truth)).toBeGreaterThan(0.96);
  });

  test('is put right in noisy depth with holes, too', () => {
    const random = createRandom(3);
    const depth = scene.depth.map((z) => (random.next() < 0.03 ? NaN : z * (1 + 0.004 * random.normal())));
    const drawn = dilate(
      part(truth, (x) => x > 62),
      6,
    );
    const { kept } = refine({ ...scene, depth }, [segment(drawn)]);
    expect(kept).toHaveLength(1);
    expect(maskIou(kept[0].mask, truth)).toBeGreaterThan(0.88);
  });

  test('keeps its pixels where nothing was measured', () => {
    const depth = scene.depth.map((z, i) => (i % SIZE > 75 ? NaN : z));
    const { kept } = refine({ ...scene, depth }, [segment(truth)]);
    const measured = part(truth, (x) => x <= 75);
    expect(maskArea(truth) - maskArea(measured)).toBeGreaterThan(100);
    expect(maskArea(kept[0].mask)).toBeGreaterThan(0.97 * maskArea(truth));
    const blind = refine({ ...scene, depth: depth.fill(NaN) }, [segment(truth)]);
    expect(blind.kept[0].mask).toEqual(truth);
  });

  test('of the ground is left out, unless somebody asked for it', () => {
    const patch = part({ ...truth, data: new Uint8Array(SIZE * SIZE).fill(1) }, (x, y) => x > 120 && y > 120);
    const { kept, left } = refine(scene, [segment(truth), segment(patch)]);
    expect(kept).toHaveLength(1);
    expect(left.map(({ mask }) => mask)).toEqual([patch]);
    const asked = { ...segment(patch), hint: 0 };
    const { kept: both } = refine(scene, [asked, segment(dilate(truth, 2))]);
    expect(both[0]).toBe(asked);
    expect(maskIou(both[1].mask, truth)).toBeGreaterThan(0.96);
  });

  test('is believed more than a plane that is its own', () => {
    const facing = drawScene([{ mesh: boxMesh(0.5, 0.5, 0.1), pose: standing(0, -1.8, 0.5, 0.6) }], { size: SIZE });
    const front = {
      up: vec3.cross([1, 0, 0], facing.up),
      cameraHeight: 0,
      confidence: 0.1,
      isStoodOn: false,
      pixels: new Uint32Array(0),
    };
    const face = facing.points[0];
    const middle = 3 * Math.floor(face.length / 6);
    front.cameraHeight = -vec3.dot(front.up, [face[middle], face[middle + 1], face[middle + 2]]);
    const cut = surfacesOf(facing, front).labels.filter((label, i) => label === 0 && facing.masks[0].data[i] !== 0);
    expect(cut.length).toBeGreaterThan(0.5 * maskArea(facing.masks[0]));
    const { kept } = refine(facing, [segment(facing.masks[0])], front);
    expect(maskIou(kept[0].mask, facing.masks[0])).toBeGreaterThan(0.99);
  });

  test('keeps what lies far below the plane: a floor beside the table', () => {
    const { kept } = refine(scene, [segment(truth)], groundOf(scene, 0.3));
    expect(maskIou(kept[0].mask, truth)).toBeGreaterThan(0.95);
  });
});

describe('what is seen behind', () => {
  test('through an opening is cut out', () => {
    // A gate of three boxes before open ground.
    const gate = draw(
      { mesh: boxMesh(0.05, 0.25, 0.05), pose: standing(-0.25, -1.7, 0.25, 1) },
      { mesh: boxMesh(0.05, 0.25, 0.05), pose: standing(0.25, -1.7, 0.25, 1) },
      { mesh: boxMesh(0.3, 0.05, 0.05), pose: standing(0, -1.7, 0.55, 1) },
    );
    const truth = unionOf(gate.masks, SIZE, SIZE);
    const drawn = filledBox(truth);
    expect(maskIou(drawn, truth)).toBeLessThan(0.7);
    const { kept } = refine(gate, [segment(drawn)]);
    expect(kept).toHaveLength(1);
    expect(maskIou(kept[0].mask, truth)).toBeGreaterThan(0.95);
  });

  const small = { mesh: cube, pose: standing(0.02, -1.5, 0.5, 0.24) };

  test('is an object of its own, or none where little of it is seen', () => {
    const scene = draw(small, { mesh: cube, pose: standing(0.16, -2, 0.5, 0.34) });
    const { kept } = refine(scene, [segment(unionOf(scene.masks, SIZE, SIZE))]);
    expect(kept.map(({ label }) => label)).toEqual(['thing', 'object']);
    for (const truth of scene.masks)
      expect(Math.max(...kept.map(({ mask }) => maskIou(mask, truth)))).toBeGreaterThan(0.93);

    const little = draw(small, { mesh: cube, pose: standing(0.3, -3, 0.5, 0.15) });
    const alone = refine(little, [segment(unionOf(little.masks, SIZE, SIZE))]);
    expect(alone.kept).toHaveLength(1);
    expect(maskIou(alone.kept[0].mask, little.masks[0])).toBeGreaterThan(0.9);
  });

  test('is one object where something hides its middle', () => {
    const scene = draw(
      { mesh: boxMesh(0.5, 0.15, 0.15), pose: standing(0, -1.9, 0.15, 0.8) },
      { mesh: boxMesh(0.1, 0.5, 0.1), pose: standing(0, -1.5, 0.5, 0.4) },
    );
    const { kept } = refine(scene, scene.masks.map((mask) => segment(mask))); // prettier-ignore
    expect(kept).toHaveLength(2);
    expect(maskIou(kept[0].mask, scene.masks[0])).toBeGreaterThan(0.93);
  });
});

describe('masks that go over into one another', () => {
  const scene = draw({ mesh: cube, pose: standing(0, -1.8, 0.5, 0.5, 0.4) });
  const [truth] = scene.masks;
  const halves = [part(truth, (x) => x < 92), part(truth, (x) => x >= 92)];

  test('are one object where one of them is unsure and the border is no crease', () => {
    const { kept } = refine(scene, [segment(halves[0]), segment(halves[1], 0.5)]);
    expect(kept).toHaveLength(1);
    expect(kept[0].score).toBe(0.9);
    expect(maskIou(kept[0].mask, truth)).toBeGreaterThan(0.95);
  });

  test('are two where both are sure', () => {
    const { kept } = refine(scene, [segment(halves[0]), segment(halves[1], 0.8)]);
    expect(kept).toHaveLength(2);
  });

  test('are two where a thing stands on another', () => {
    const stack = draw(
      { mesh: boxMesh(0.5, 0.125, 0.5), pose: standing(0, -1.8, 0.125, 0.7) },
      { mesh: cube, pose: standing(0, -1.75, 0.5, 0.25, 0, 1 - 0.175) },
    );
    const { kept } = refine(stack, [segment(stack.masks[0], 0.6), segment(stack.masks[1], 0.5)]);
    expect(kept).toHaveLength(2);
    kept.forEach(({ mask }, i) => expect(maskIou(mask, stack.masks[i])).toBeGreaterThan(0.93));
  });
});

describe('surfaces', () => {
  test('end at steps of depth and at the ground', () => {
    const scene = draw(
      { mesh: cube, pose: standing(-0.3, -1.8, 0.5, 0.3) },
      { mesh: cube, pose: standing(0.3, -1.8, 0.5, 0.3) },
    );
    const { labels, areas } = surfacesOf(scene, groundOf(scene));
    expect(areas.filter((area) => area > 20)).toHaveLength(2);
    for (const truth of scene.masks) {
      const ious = areas.map((_, i) =>
        maskIou({ ...truth, data: Uint8Array.from(labels, (l) => (l === i + 1 ? 1 : 0)) }, truth),
      );
      expect(Math.max(...ious)).toBeGreaterThan(0.95);
    }
    // Without the ground what stands on it is one with it.
    expect(surfacesOf(scene, undefined).areas[0]).toBeGreaterThan(0.9 * SIZE * SIZE);
  });

  test.each([0, 0.002, 0.01])('noise of %d is read off slopes', (noise) => {
    const random = createRandom(1);
    const { depth } = drawScene([], { up: upOf(0.9), size: SIZE });
    const found = depthNoise(depth.map((z) => z * (1 + noise * random.normal())), SIZE); // prettier-ignore
    expect(Math.abs(found - noise)).toBeLessThan(0.15 * noise + 1e-4);
  });
});
