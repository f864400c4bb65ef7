/**
 * A small proportional font of our own, so that pictures need no system font.
 *
 * Glyphs are at most 5 wide; 7 rows stand on the baseline and 2 hang below it. Enlarged glyphs are
 * smoothed, so that slopes do not show as stairs.
 */
import type { Picture } from '../stages/stage.js';
import { blendPixel, type Color } from './canvas.js';

/** The printable ASCII characters in order; each row is a digit in base 32, its highest bit on the left. */
const GLYPHS = [
  '000000000 ggggg0g00 kk0000000 aavavaa00 4fke5u400 pp248jj00 cik8lid00 gg0000000', //  !"#$%&'
  '48ggg8400 g84448g00 04lel4000 044v44000 0000088g0 000u00000 000000g00 11248gg00', // ()*+,-./
  'ehjlphe00 8o8888s00 eh168gv00 eh161he00 26aiv2200 vgu11he00 egguhhe00 v12448800', // 01234567
  'ehhehhe00 ehhf11e00 00g00g000 0080088g0 048g84000 00u0u0000 0g848g000 eh1640400', // 89:;<=>?
  'ehnlnge00 ehhvhhh00 uhhuhhu00 ehggghe00 uhhhhhu00 vgguggv00 vgguggg00 ehgnhhe00', // @ABCDEFG
  'hhhvhhh00 s88888s00 11111he00 hikokih00 ggggggv00 hrllhhh00 hpljhhh00 ehhhhhe00', // HIJKLMNO
  'uhhuggg00 ehhhlid00 uhhukih00 fgge11u00 v44444400 hhhhhhe00 hhhhaa400 hhhllrh00', // PQRSTUVW
  'hha4ahh00 hhha44400 v1248gv00 sgggggs00 gg8421100 s44444s00 4ah000000 0000000v0', // XYZ[\]^_
  'g80000000 00e1fhf00 gguhhhu00 00eggge00 11fhhhf00 00ehvge00 68u888800 01fhhhf1e', // `abcdefg
  'ggmphhh00 80o888s00 2062222ic ggikoki00 o88888s00 00qllll00 00mphhh00 00ehhhe00', // hijklmno
  '00uhhhugg 00fhhhf11 00mpggg00 00fge1u00 88u889600 00hhhjd00 00hhha400 00hhlla00', // pqrstuvw
  '00ha4ah00 00hhhhf1e 00v248v00 688g88600 ggggggg00 o44244o00 009li0000', // xyz{|}~
]
  .join(' ')
  .split(' ');

const ROWS = 9;
const ASCENT = 7;
const SPACE = 3;
const GAP = 1;

/** Height above the baseline, and in all, of text at a scale of 1, pixels. */
export const TEXT_ASCENT = ASCENT;
export const TEXT_HEIGHT = ROWS;

/** `scale` is the size of one dot in pixels. */
export function textWidth(text: string, scale: number): number {
  let dots = -GAP;
  for (const character of printable(text)) dots += glyphWidth(character) + GAP;
  return Math.max(0, dots) * scale;
}

/** Draws with the top left corner of the first glyph at (x, y). Characters that the font lacks become `?`. */
export function drawText(picture: Picture, text: string, x: number, y: number, scale: number, color: Color): void {
  let left = x;
  for (const character of printable(text)) {
    drawGlyph(picture, glyphOf(character), left, y, scale, color);
    left += (glyphWidth(character) + GAP) * scale;
  }
}

/** The longest start of `text` that fits, with dots where something is left out. */
export function fitText(text: string, scale: number, width: number): string {
  if (textWidth(text, scale) <= width) return text;
  const characters = Array.from(text);
  while (characters.length > 0 && textWidth(`${characters.join('')}...`, scale) > width) characters.pop();
  return characters.length > 0 ? `${characters.join('')}...` : '';
}

/** Letters with accents lose them; what is left and not ASCII becomes `?`. */
function printable(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '');
  return Array.from(plain, (character) => (/^[ -~]$/.test(character) ? character : '?'));
}

const glyphOf = (character: string): string => GLYPHS[character.charCodeAt(0) - 32];

const dot = (glyph: string, row: number, column: number): number =>
  row < 0 || row >= ROWS || column < 0 || column > 4 ? 0 : (Number.parseInt(glyph[row], 32) >> (4 - column)) & 1;

function glyphWidth(character: string): number {
  if (character === ' ') return SPACE;
  const glyph = glyphOf(character);
  for (let column = 4; column > 0; column--) {
    for (let row = 0; row < ROWS; row++) if (dot(glyph, row, column)) return column + 1;
  }
  return 1;
}

function drawGlyph(picture: Picture, glyph: string, x: number, y: number, scale: number, color: Color): void {
  const margin = scale > 1 ? 1 : 0;
  for (let j = -margin; j < ROWS * scale + margin; j++) {
    for (let i = -margin; i < 5 * scale + margin; i++) {
      const alpha = coverage(glyph, (i + 0.5) / scale - 0.5, (j + 0.5) / scale - 0.5, scale);
      if (alpha > 0) blendPixel(picture, Math.round(x) + i, Math.round(y) + j, color, alpha);
    }
  }
}

/** How far a pixel lies in the glyph, 0 to 1: the dots, blurred and made sharp again at half height. */
function coverage(glyph: string, column: number, row: number, scale: number): number {
  const [c, r] = [Math.floor(column), Math.floor(row)];
  const [s, t] = [column - c, row - r];
  const top = (1 - s) * dot(glyph, r, c) + s * dot(glyph, r, c + 1);
  const bottom = (1 - s) * dot(glyph, r + 1, c) + s * dot(glyph, r + 1, c + 1);
  return Math.min(1, Math.max(0, 0.5 + ((1 - t) * top + t * bottom - 0.45) * scale));
}
