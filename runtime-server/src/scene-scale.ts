/** Metres for one unit of an estimated scene, and how far that can be believed. */
import type { Scale } from '@scenemaker/sdk';

export interface SceneScale {
  metersPerUnit: number;
  scale: Scale;
}

/** Longest side of ordinary things, metres: the order of magnitude is what matters. */
const TYPICAL_SIZES: Record<string, number> = {
  apple: 0.08, backpack: 0.45, ball: 0.22, banana: 0.18, barrel: 0.9, basket: 0.4, bathtub: 1.6, bed: 2, bench: 1.4, bicycle: 1.7,
  book: 0.24, bookcase: 1.8, bookshelf: 1.8, bottle: 0.25, bowl: 0.18, box: 0.35, bread: 0.25, bucket: 0.3, cabinet: 1, cake: 0.25,
  can: 0.12, candle: 0.15, car: 4.4, carrot: 0.18, chair: 0.9, chest: 0.8, clock: 0.3, coin: 0.025, computer: 0.45, crate: 0.5,
  cup: 0.1, desk: 1.3, desktop: 0.45, dresser: 1, fork: 0.2, fridge: 1.8, glass: 0.14, guitar: 1, hammer: 0.33, hat: 0.3,
  house: 9, keyboard: 0.44, knife: 0.25, lamp: 0.5, laptop: 0.35, lemon: 0.08, microwave: 0.5, monitor: 0.55, mouse: 0.11, mug: 0.11,
  orange: 0.08, oven: 0.7, pan: 0.4, pear: 0.1, pen: 0.14, phone: 0.15, pillow: 0.5, pizza: 0.3, plant: 0.5, plate: 0.25,
  pot: 0.28, printer: 0.45, refrigerator: 1.8, screwdriver: 0.2, shelf: 1.2, shoe: 0.28, sofa: 1.9, speaker: 0.3, spoon: 0.17, stool: 0.55,
  table: 1.2, television: 1, toaster: 0.3, toilet: 0.7, tomato: 0.07, toy: 0.2, tree: 4, truck: 6, vase: 0.3, wardrobe: 1.9, washer: 0.85,
}; // prettier-ignore

/** Without any label that says more, the objects are taken to be about this far from the camera, metres. */
const TYPICAL_DISTANCE = 1.2;

/** The typical longest side of what `label` names, by its last known word; undefined when unknown. */
export function typicalSize(label: string): number | undefined {
  const tokens = label.toLowerCase().match(/[a-z]+/g) ?? [];
  for (const token of tokens.toReversed()) {
    const size = TYPICAL_SIZES[token] ?? TYPICAL_SIZES[token.replace(/s$/, '')];
    if (size !== undefined) return size;
  }
  return undefined;
}

/**
 * Sizes of known things vote, weighted by nothing but being known: the median of typical over estimated
 * size. Otherwise the distance to the objects decides. Estimated either way.
 */
export function estimateScale(objects: readonly { label: string; size: number }[], distance: number): SceneScale {
  const votes = objects
    .flatMap(({ label, size }) => {
      const typical = typicalSize(label);
      return typical === undefined || !(size > 0) ? [] : [typical / size];
    })
    .sort((a, b) => a - b);
  const voted = votes.length === 0 ? undefined : votes[(votes.length - 1) >> 1];
  const metersPerUnit = voted ?? TYPICAL_DISTANCE / (distance > 0 ? distance : 1);
  return { metersPerUnit, scale: { measured: false, source: 'estimated' } };
}
