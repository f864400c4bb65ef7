/**
 * Materials and what they weigh, how they slide and how they bounce; every value with its source.
 *
 * Densities are the middle of the range that the source gives. Friction is against dry hard surfaces, since an
 * engine combines that of two bodies; where the source gives a range, a round value in it. Restitution is kept
 * low, since what stands in a scene has stopped bouncing.
 *
 * `filled` is the share of a household object's volume that is material: mugs, boxes and cabinets are
 * hollow, but their meshes are often solid. Own estimates, from weighing words against volumes.
 */
export interface Material {
  densityKgPerM3: number;
  /** Coulomb friction, static and sliding alike. */
  friction: number;
  /** Share of its speed that a body keeps when it bounces, 0 to 1. */
  restitution: number;
  /** Share of the outer volume that is material, 0 to 1. */
  filled: number;
  /** Where each value is from. */
  sources: { density: string; friction: string; restitution: string };
}

const DENSITIES = 'The Engineering ToolBox, Densities of Solids';
const FRICTIONS = 'The Engineering ToolBox, Friction Coefficients and Calculator';
const ESTIMATE = 'Own estimate';
const LOW = 'Own estimate, kept low';

function material(
  densityKgPerM3: number,
  density: string,
  friction: number,
  frictionSource: string,
  restitution: number,
  filled: number,
  restitutionSource = LOW,
): Material {
  const sources = { density, friction: frictionSource, restitution: restitutionSource };
  return { densityKgPerM3, friction, restitution, filled, sources };
}

export const MATERIALS = {
  wood: material(650, 'The Engineering ToolBox, Wood Species - Densities: beech, oak', 0.45, `${FRICTIONS}: wood on wood, 0.25 to 0.5`, 0.3, 1),
  metal: material(7850, `${DENSITIES}: steel`, 0.4, `${FRICTIONS}: wood on metals, 0.2 to 0.6`, 0.3, 0.15),
  aluminium: material(2700, `${DENSITIES}: aluminium`, 0.45, `${FRICTIONS}: aluminium on mild steel, sliding, 0.47`, 0.3, 0.2),
  plastic: material(950, `${DENSITIES}: polypropylene, polyethylene`, 0.35, ESTIMATE, 0.4, 0.4),
  ceramic: material(2300, `${DENSITIES}: porcelain`, 0.45, ESTIMATE, 0.2, 0.5),
  glass: material(2500, `${DENSITIES}: glass, common`, 0.5, `${FRICTIONS}: glass on metal, 0.5 to 0.7`, 0.3, 0.4),
  paper: material(700, `${DENSITIES}: paper`, 0.45, ESTIMATE, 0.1, 1),
  cardboard: material(690, `${DENSITIES}: cardboard`, 0.45, ESTIMATE, 0.1, 0.2),
  fabric: material(300, 'Own estimate: cotton at 1500 kg/m^3, loosely packed', 0.6, ESTIMATE, 0.05, 0.5),
  foam: material(60, 'Own estimate: upholstery foam is sold at 20 to 60 kg/m^3, with cover and frame', 0.6, ESTIMATE, 0.1, 1),
  leather: material(900, `${DENSITIES}: leather, dry`, 0.4, `${FRICTIONS}: leather on metal`, 0.1, 0.3),
  rubber: material(1100, `${DENSITIES}: rubber`, 0.8, `${FRICTIONS}: rubber on dry concrete, 0.6 to 0.85`, 0.7, 0.8, 'R. Cross, The bounce of a ball, American Journal of Physics 67, 1999, rounded'),
  stone: material(2600, `${DENSITIES}: granite, marble`, 0.6, `${FRICTIONS}: brick on wood`, 0.2, 1),
  food: material(900, 'Own estimate: fruit and bread lie just under water, 1000 kg/m^3', 0.5, ESTIMATE, 0.1, 1),
  plant: material(400, 'Own estimate: soil at 1300 kg/m^3 in the pot, leaves mostly air', 0.5, ESTIMATE, 0.05, 0.6),
  unknown: material(600, 'Own estimate: between wood and plastic', 0.5, ESTIMATE, 0.1, 0.6),
} as const satisfies Record<string, Material>; // prettier-ignore

export type MaterialName = keyof typeof MATERIALS;

/** The material of that name; `unknown` for any other. */
export const materialOf = (name: string): Material =>
  Object.hasOwn(MATERIALS, name) ? MATERIALS[name as MaterialName] : MATERIALS.unknown;

/** Words of a label and the material they suggest; the first that occurs decides. */
const WORDS: readonly (readonly [MaterialName, string])[] = [
  ...Object.keys(MATERIALS)
    .filter((name) => name !== 'unknown')
    .map((name) => [name as MaterialName, name] as const),
  [
    'wood',
    'wooden oak pine table desk chair stool bench shelf bookcase cabinet drawer dresser wardrobe crate door log',
  ],
  ['metal', 'steel iron pan pot kettle hammer wrench fork knife spoon cutlery tool bolt key radiator'],
  ['aluminium', 'aluminum can laptop'],
  ['plastic', 'toy bottle bucket bin remote keyboard mouse phone controller lego brick container box-plastic'],
  ['ceramic', 'mug cup plate bowl saucer vase teapot porcelain pottery tile sink toilet'],
  ['glass', 'wineglass jar goblet lamp bulb window mirror'],
  ['paper', 'book magazine notebook newspaper'],
  ['cardboard', 'box carton package parcel'],
  ['fabric', 'cloth towel curtain blanket rug carpet shirt bag'],
  ['foam', 'sofa couch armchair cushion pillow mattress bed plush teddy'],
  ['leather', 'shoe boot wallet'],
  ['rubber', 'tyre tire ball duck'],
  ['stone', 'rock brick statue bust sculpture marble concrete'],
  ['food', 'apple orange banana pear bread cake fruit vegetable tomato lemon egg cheese melon'],
  ['plant', 'flower tree cactus potted bush'],
];

/** The material that an object's label suggests; `unknown` when it suggests none. */
export function guessMaterial(label: string): MaterialName {
  const words = label.toLowerCase().split(/[^a-z]+/u);
  for (const [material, list] of WORDS) {
    const known = list.split(' ');
    if (words.some((word) => known.includes(word) || (word.endsWith('s') && known.includes(word.slice(0, -1)))))
      return material;
  }
  return 'unknown';
}
