/**
 * Materials and what they weigh, how they slide and how they bounce.
 *
 * Density, kg/m^3: The Engineering ToolBox, "Densities of Solids", "Wood Species - Densities" and
 * "Densities of Common Materials", middle of the range given. Friction, against dry hard surfaces: The
 * Engineering ToolBox, "Friction Coefficients and Calculator"; where it lists a range or no pair with
 * wood or steel, a round value in its range. Restitution: rounded from R. Cross, "The bounce of a ball",
 * American Journal of Physics 67, 1999, and kept low, since what stands in a scene has stopped bouncing.
 *
 * `filled` is the share of a household object's volume that is material: mugs, boxes and cabinets are
 * hollow, but their meshes are often solid. Own estimates, from weighing words against volumes.
 */
export interface Material {
  densityKgPerM3: number;
  friction: number;
  restitution: number;
  /** Share of the outer volume that is material, 0 to 1. */
  filled: number;
  /** Where the density is from. */
  source: string;
}

const DENSITIES = 'The Engineering ToolBox, Densities of Solids';

export const MATERIALS = {
  wood: { densityKgPerM3: 650, friction: 0.45, restitution: 0.3, filled: 1, source: 'The Engineering ToolBox, Wood Species - Densities: beech, oak' },
  metal: { densityKgPerM3: 7850, friction: 0.4, restitution: 0.3, filled: 0.15, source: `${DENSITIES}: steel` },
  aluminium: { densityKgPerM3: 2700, friction: 0.4, restitution: 0.3, filled: 0.2, source: `${DENSITIES}: aluminium` },
  plastic: { densityKgPerM3: 950, friction: 0.35, restitution: 0.4, filled: 0.4, source: `${DENSITIES}: polypropylene, polyethylene` },
  ceramic: { densityKgPerM3: 2300, friction: 0.45, restitution: 0.2, filled: 0.5, source: `${DENSITIES}: porcelain` },
  glass: { densityKgPerM3: 2500, friction: 0.4, restitution: 0.3, filled: 0.4, source: `${DENSITIES}: glass, common` },
  paper: { densityKgPerM3: 700, friction: 0.45, restitution: 0.1, filled: 1, source: `${DENSITIES}: paper` },
  cardboard: { densityKgPerM3: 690, friction: 0.45, restitution: 0.1, filled: 0.2, source: `${DENSITIES}: cardboard` },
  fabric: { densityKgPerM3: 300, friction: 0.6, restitution: 0.05, filled: 0.5, source: 'Own estimate: cotton at 1500 kg/m^3, loosely packed' },
  foam: { densityKgPerM3: 60, friction: 0.6, restitution: 0.1, filled: 1, source: 'Own estimate: upholstery foam is sold at 20 to 60 kg/m^3, with cover and frame' },
  leather: { densityKgPerM3: 900, friction: 0.6, restitution: 0.1, filled: 0.3, source: `${DENSITIES}: leather, dry` },
  rubber: { densityKgPerM3: 1100, friction: 0.8, restitution: 0.7, filled: 0.8, source: `${DENSITIES}: rubber` },
  stone: { densityKgPerM3: 2600, friction: 0.6, restitution: 0.2, filled: 1, source: `${DENSITIES}: granite, marble` },
  food: { densityKgPerM3: 900, friction: 0.5, restitution: 0.1, filled: 1, source: 'Own estimate: fruit and bread lie just under water, 1000 kg/m^3' },
  plant: { densityKgPerM3: 400, friction: 0.5, restitution: 0.05, filled: 0.6, source: 'Own estimate: soil at 1300 kg/m^3 in the pot, leaves mostly air' },
  unknown: { densityKgPerM3: 600, friction: 0.5, restitution: 0.1, filled: 0.6, source: 'Own estimate: between wood and plastic' },
} as const satisfies Record<string, Material>; // prettier-ignore

export type MaterialName = keyof typeof MATERIALS;

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
