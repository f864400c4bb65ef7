/**
 * Masks put right by measured depth: the picture says what is an object, depth where it ends.
 *
 * A mask keeps the surfaces that it covers for the most part, whole, and loses what it covers of others: the ground, a
 * wall, what is seen through a handle. What it shows far behind the rest of it is an object of its own. Masks that go
 * over into one another become one where the less sure one is a piece of the other by the shape of their border.
 */
import type { GroundPlane } from './ground.js';
import { emptyMask, ownersOf } from './mask-ops.js';
import { piecesToWholes } from './mask-pieces.js';
import { inOrder } from './order.js';
import type { Mask, Segment } from './stage.js';
import { type MeasuredDepth, type Surfaces, surfacesOf } from './surfaces.js';

/** From this share on a surface is a mask's, and a mask is the ground's. */
const MOST = 0.5;
/** What lies before or behind the rest by more than this share of its extent is another object. */
const APART = 0.1;
/** It is none where it has less than this share of the mask, or of the picture. */
const LEAST_PART = 0.1;
const LEAST_SHARE = 0.002;
/** A mask that shows less of surfaces than this share is judged by the rest of it. */
const LEAST_SURFACE = 0.25;
/** Of a surface's pixels at either end, in the picture and in depth: they do not count for its extent. */
const STRAYS = 0.02;

/**
 * Objects that were asked for stay as they are. Parts that were split off come last.
 * @param onFlat Told of each that is left out, since it is nothing but ground.
 */
export function masksInDepth(
  segments: readonly Segment[],
  scene: MeasuredDepth,
  ground: GroundPlane | undefined,
  onFlat: (segment: Segment) => void = () => {},
): Segment[] {
  const found = segments.filter(({ hint }) => hint === undefined);
  const asked = segments.filter(({ hint }) => hint !== undefined);
  const masks = [...found, ...asked].map(({ mask }) => mask);
  const drawn = ownersOf(masks, scene.width, scene.height);
  const surfaces = surfacesUnder(drawn, scene, ground);
  const grown = grow(drawn, found.length, surfaces, scene);
  const whole = piecesToWholes(found, grown, surfaces, scene);
  const drawnOf = pixelsByWhole(drawn, whole);
  const grownOf = pixelsByWhole(grown, whole);
  const parts: Segment[] = [];
  const wholes = found.flatMap((segment, k) => {
    if (whole[k] !== k) return [];
    const before = drawnOf[k];
    const blind = before.filter((i) => !(scene.depth[i] > 0));
    const [first, ...others] = groupsOf(grownOf[k], surfaces, scene);
    const area = before.length;
    const onSurfaces = first?.pixels.length ?? 0;
    if (first === undefined || onSurfaces < LEAST_SURFACE * area) {
      const rest = area - blind.length - onSurfaces;
      if (rest <= MOST * area) return [{ ...segment, mask: maskOf(scene, before) }];
      onFlat(segment);
      return [];
    }
    const smallest = Math.max(LEAST_PART * area, LEAST_SHARE * grown.length);
    for (const { pixels } of others) {
      if (pixels.length < smallest) continue;
      parts.push({ ...segment, label: 'object', mask: maskOf(scene, pixels) });
    }
    return [{ ...segment, mask: maskOf(scene, blind, first.pixels) }];
  });
  return [...asked, ...wholes, ...parts];
}

/** Of each segment the pixels of those that are pieces of it; owners beyond `whole` were asked for. */
function pixelsByWhole(owners: Int32Array, whole: readonly number[]): number[][] {
  const pixels: number[][] = whole.map(() => []);
  for (let i = 0; i < owners.length; i++)
    if (owners[i] >= 0 && owners[i] < whole.length) pixels[whole[owners[i]]].push(i);
  return pixels;
}

function maskOf({ width, height }: MeasuredDepth, ...parts: readonly (readonly number[])[]): Mask {
  const mask = emptyMask(width, height);
  for (const pixels of parts) for (const i of pixels) mask.data[i] = 1;
  return mask;
}

/** A plane in which more of what was found lies than of the rest is no ground: it is left out of account. */
function surfacesUnder(owners: Int32Array, scene: MeasuredDepth, ground: GroundPlane | undefined): Surfaces {
  const surfaces = surfacesOf(scene, ground);
  // Of all pixels, and of those that were found.
  let [seen, seenFound, low, lowFound] = [0, 0, 0, 0];
  for (let i = 0; i < owners.length; i++) {
    if (!(scene.depth[i] > 0)) continue;
    const isFound = owners[i] < 0 ? 0 : 1;
    const isLow = surfaces.labels[i] === 0 ? 1 : 0;
    seen++;
    seenFound += isFound;
    low += isLow;
    lowFound += isFound & isLow;
  }
  return lowFound * (seen - seenFound) > (low - lowFound) * seenFound ? surfacesOf(scene, undefined) : surfaces;
}

/**
 * Owners after each of the first `count` has lost the surfaces that are not its own, and has got those that are, as far
 * as nobody else is on them.
 */
function grow(
  drawn: Int32Array,
  count: number,
  { labels, areas }: Surfaces,
  { width, height }: MeasuredDepth,
): Int32Array {
  const covered = Array.from({ length: count }, () => new Map<number, number>());
  // Neighbours in a row are mostly alike.
  for (let i = 0, end = 0; i < drawn.length; i = end) {
    for (end = i + 1; end < drawn.length && drawn[end] === drawn[i] && labels[end] === labels[i];) end++;
    const of = covered[drawn[i]];
    if (labels[i] !== 0) of?.set(labels[i], (of.get(labels[i]) ?? 0) + end - i);
  }
  // Its largest one is a mask's own, even if that goes on far beyond it.
  const own = covered.map((of) => {
    const largest = [...of.values()].reduce((most, part) => Math.max(most, part), 0);
    return new Set(
      [...of].flatMap(([label, part]) => (part === largest || part >= MOST * areas[label - 1] ? [label] : [])),
    );
  });
  const grown = new Int32Array(drawn.length).fill(-1);
  const claimed = new Float64Array(areas.length + 1);
  for (let i = 0; i < drawn.length; i++) {
    if (drawn[i] < 0 || drawn[i] >= count) continue;
    const isAsBefore = i > 0 && drawn[i] === drawn[i - 1] && labels[i] === labels[i - 1];
    grown[i] = isAsBefore ? grown[i - 1] : own[drawn[i]].has(labels[i]) ? drawn[i] : -1;
    if (grown[i] >= 0) claimed[labels[i]]++;
  }
  // Each pixel is put into it once.
  const queue = new Int32Array(grown.length);
  let tail = 0;
  for (let i = 0; i < grown.length; i++)
    if (grown[i] >= 0 && claimed[labels[i]] >= MOST * areas[labels[i] - 1]) queue[tail++] = i;
  const goOn = (k: number, i: number): void => {
    // What was asked for keeps its pixels.
    if (labels[k] !== labels[i] || grown[k] >= 0 || drawn[k] >= count) return;
    grown[k] = grown[i];
    queue[tail++] = k;
  };
  for (let head = 0; head < tail; head++) {
    const i = queue[head];
    const x = i % width;
    if (x > 0) goOn(i - 1, i);
    if (x < width - 1) goOn(i + 1, i);
    if (i >= width) goOn(i - width, i);
    if (i < width * (height - 1)) goOn(i + width, i);
  }
  return grown;
}

/** What is seen of something: pixels, and a box in pixels and in depth; the upper ends are inclusive. */
interface Part {
  pixels: number[];
  least: [number, number, number];
  most: [number, number, number];
}

/** The surfaces under these pixels in groups without a gap in depth; the largest group first. */
function groupsOf(pixels: readonly number[], { labels }: Surfaces, scene: MeasuredDepth): Part[] {
  const bySurface = new Map<number, number[]>();
  for (const i of pixels) {
    const of = bySurface.get(labels[i]);
    if (of === undefined) bySurface.set(labels[i], [i]);
    else of.push(i);
  }
  let left = [...bySurface.values()].sort((a, b) => b.length - a.length).map((of) => partOf(of, scene));
  const groups: Part[] = [];
  while (left.length > 0) {
    let [group] = left;
    left = left.slice(1);
    for (;;) {
      const limit = APART * extentOf(group, scene);
      const next = left.findIndex((part) => gapBetween(group, part) <= limit);
      if (next < 0) break;
      group = together(group, left[next]);
      left.splice(next, 1);
    }
    groups.push(group);
  }
  return groups.sort((a, b) => b.pixels.length - a.pixels.length);
}

function partOf(pixels: number[], { depth, width }: MeasuredDepth): Part {
  const rangeOf = (values: Float32Array): [number, number] => {
    const off = Math.floor(STRAYS * values.length);
    return [inOrder(values, off), inOrder(values, values.length - 1 - off)];
  };
  const columns = new Float32Array(pixels.length);
  const rows = new Float32Array(pixels.length);
  const depths = new Float32Array(pixels.length);
  for (let k = 0; k < pixels.length; k++) {
    columns[k] = pixels[k] % width;
    rows[k] = Math.floor(pixels[k] / width);
    depths[k] = depth[pixels[k]];
  }
  const [x, y, z] = [columns, rows, depths].map(rangeOf);
  return { pixels, least: [x[0], y[0], z[0]], most: [x[1], y[1], z[1]] };
}

const together = (a: Part, b: Part): Part => ({
  pixels: a.pixels.concat(b.pixels),
  least: [0, 1, 2].map((axis) => Math.min(a.least[axis], b.least[axis])) as Part['least'],
  most: [0, 1, 2].map((axis) => Math.max(a.most[axis], b.most[axis])) as Part['most'],
});

/** In depth; below 0 where they are side by side. */
const gapBetween = (a: Part, b: Part): number => Math.max(a.least[2] - b.most[2], b.least[2] - a.most[2]);

/** The diagonal of its box, in the units of the depth. */
function extentOf({ least, most }: Part, { intrinsics: { fx, fy } }: MeasuredDepth): number {
  const z = (least[2] + most[2]) / 2;
  return Math.hypot(((most[0] - least[0]) * z) / fx, ((most[1] - least[1]) * z) / fy, most[2] - least[2]);
}
