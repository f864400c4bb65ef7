/** One colour an object, the same wherever it is shown. */
const COLORS = [
  [79, 141, 245],
  [242, 140, 66],
  [39, 174, 120],
  [235, 94, 107],
  [155, 108, 240],
  [22, 176, 199],
  [214, 168, 0],
  [224, 100, 178],
  [122, 158, 59],
  [92, 107, 192],
  [196, 120, 74],
  [60, 166, 155],
] as const;

/** sRGB, 0 to 255. */
export function colorOf(index: number): readonly [number, number, number] {
  return COLORS[index % COLORS.length];
}

export const cssColorOf = (index: number): string => `rgb(${colorOf(index).join(' ')})`;

/** Position of `object-N` among the masks. */
export const indexOfId = (id: string): number => Math.max(0, Number(id.slice(id.lastIndexOf('-') + 1)) - 1);

export const isNamed = (label: string): boolean => label !== '' && label !== 'object';

/** `Mug`, or `Object 3` where nobody named it. */
export function nameOf({ id, label }: { id: string; label: string }): string {
  if (!isNamed(label)) return `Object ${indexOfId(id) + 1}`;
  return label[0].toUpperCase() + label.slice(1);
}
