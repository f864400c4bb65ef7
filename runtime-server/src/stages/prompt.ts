/** What somebody asks for in words, and how well an object fits it. */
import { COLOR_WORDS, type ColorWord, colorWord } from './color-words.js';
import type { WordTable } from './words.js';

export interface Prompt {
  /** Rows of the word table: things and what they are like. */
  rows: number[];
  colors: ColorWord[];
  /** Words of which nothing is known, as they were given. */
  unknown: string[];
}

/** Words that say nothing of what an object looks like. */
const EMPTY_WORDS = new Set(
  'a an the this that these those my some any one ones of on in at by with and or for to from is are please find object objects thing things item items color colored colour coloured'.split(' '), // prettier-ignore
);

/** Names for the same thing: one that the table lacks is taken for another of its line that it has. */
const SYNONYMS = [
  ['sofa', 'couch', 'settee'],
  ['cup', 'mug', 'coffee cup', 'teacup'],
  ['television', 'tv', 'telly'],
  ['trash can', 'bin', 'dustbin', 'trashcan', 'garbage can', 'wastebasket'],
  ['refrigerator', 'fridge', 'icebox'],
  ['car', 'automobile', 'auto', 'sedan'],
  ['bookcase', 'bookshelf', 'shelf'],
  ['nightstand', 'night stand', 'bedside table', 'drawer cabinet'],
  ['plant', 'houseplant', 'potted plant'],
  ['chest', 'trunk'],
  ['rock', 'stone', 'boulder'],
  ['ship', 'boat'],
  ['computer', 'laptop', 'notebook'],
  ['stove', 'oven', 'cooker'],
  ['armchair', 'easy chair', 'recliner', 'chair'],
  ['box', 'carton', 'package'],
  ['toy gun', 'gun', 'pistol', 'rifle', 'weapon'],
  ['wood', 'wooden'],
  ['metal', 'metallic', 'steel', 'iron'],
];
const LONGEST_PHRASE = 3;

/** Reads `text` from left to right; the longest phrase that is known counts, its parts do not. */
export function parsePrompt(text: string, table: WordTable): Prompt {
  const tokens = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const rows = new Set<number>();
  const colors = new Set<ColorWord>();
  const unknown: string[] = [];
  for (let i = 0; i < tokens.length;) {
    const length = longestKnown(tokens.slice(i, i + LONGEST_PHRASE), table);
    const phrase = tokens.slice(i, i + Math.max(1, length)).join(' ');
    const color = colorWord(phrase);
    const row = rowOf(phrase, table);
    if (color !== undefined) colors.add(color);
    else if (row !== undefined) rows.add(row);
    else if (!EMPTY_WORDS.has(phrase)) unknown.push(phrase);
    i += Math.max(1, length);
  }
  return { rows: [...rows], colors: [...colors], unknown };
}

/** Of how many of the tokens, from the first, the longest known phrase is; 0 when none is known. */
function longestKnown(tokens: readonly string[], table: WordTable): number {
  for (let length = tokens.length; length > 0; length--) {
    const phrase = tokens.slice(0, length).join(' ');
    if (colorWord(phrase) !== undefined || rowOf(phrase, table) !== undefined) return length;
  }
  return 0;
}

function rowOf(phrase: string, table: WordTable): number | undefined {
  const spellings = singulars(phrase);
  for (const spelling of spellings) {
    const row = table.rowOf(spelling);
    if (row !== undefined) return row;
  }
  const others = SYNONYMS.find((names) => spellings.some((spelling) => names.includes(spelling))) ?? [];
  return others.map((name) => table.rowOf(name)).find((row) => row !== undefined);
}

/** The phrase, and what it may be the plural of. */
function singulars(phrase: string): string[] {
  const endings: [RegExp, string][] = [[/s$/, ''], [/es$/, ''], [/ies$/, 'y'], [/ves$/, 'f'], [/ves$/, 'fe']]; // prettier-ignore
  return [
    phrase,
    ...endings.filter(([ending]) => ending.test(phrase)).map(([ending, to]) => phrase.replace(ending, to)),
  ];
}

/**
 * The logarithm of how much likelier the object is to be called this than an object of which nothing is known: above
 * 0 it fits. What is asked for is taken as independent. -Infinity for a prompt of which nothing is known.
 * @param lifts Of the object's embedding, by row (`WordTable.lifts`).
 * @param shares Of the object's colours, in the order of COLOR_WORDS.
 */
export function promptFit({ rows, colors }: Prompt, lifts: Float32Array, shares: Float32Array): number {
  if (rows.length + colors.length === 0) return -Infinity;
  let fit = 0;
  for (const row of rows) fit += lifts[row];
  for (const color of colors) fit += Math.log((0.01 + shares[COLOR_WORDS.indexOf(color)]) * COLOR_WORDS.length);
  return fit;
}

/** One sentence on words of which nothing is known; undefined where there are none. */
export function aboutUnknown({ unknown }: Prompt, table: WordTable): string | undefined {
  if (unknown.length === 0) return undefined;
  const known = [...table.words, ...COLOR_WORDS];
  const about = unknown.map((word) => `"${word}" (nearest known: ${nearestWords(word, known, 3).join(', ')})`);
  return `I know no word ${about.join(', nor ')}`;
}

/** By the number of letters to insert, delete or replace (Levenshtein); of equal ones the first. */
export function nearestWords(word: string, known: readonly string[], count: number): string[] {
  return [...new Set(known)]
    .map((other) => ({ other, distance: editDistance(word, other) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ other }) => other);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}
