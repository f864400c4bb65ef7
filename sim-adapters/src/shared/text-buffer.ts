/**
 * Text as bytes, for files that are mostly numbers: joining strings takes many times as long, and a string cannot
 * be as long as the file of a large scene.
 */

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
/** The most bytes that a UTF-16 unit becomes. */
const BYTES_PER_UNIT = 3;
/** Below this length a loop is faster than the encoder. */
const SHORT = 24;
/** Digits, point and sign of the longest number that is written digit by digit. */
const NUMBER_BYTES = 32;
const [ZERO, POINT, MINUS] = [0x30, 0x2e, 0x2d];

const MAX_INTEGER = 2 ** 31;
const POWERS = Array.from({ length: 10 }, (_, exponent) => 10 ** exponent);

function countDigits(value: number): number {
  let count = 1;
  while (count < 10 && value >= POWERS[count]) count++;
  return count;
}

export class TextBuffer {
  #bytes: Uint8Array;
  #length = 0;

  /** `expected` bytes are taken at once, more as they come. */
  constructor(expected = 4096) {
    this.#bytes = new Uint8Array(expected);
  }

  text(text: string): this {
    this.#reserve(BYTES_PER_UNIT * text.length);
    if (text.length < SHORT && this.#ascii(text)) return this;
    this.#length += ENCODER.encodeInto(text, this.#bytes.subarray(this.#length)).written;
    return this;
  }

  /** Rounded to `decimals`, at most 9; zeros at the end are left out, and there is no -0. */
  decimal(value: number, decimals: number): this {
    const scale = POWERS[decimals];
    const scaled = Math.round(Math.abs(value) * scale);
    // Beyond, sums are not exact; NaN comes here, too.
    if (!(scaled <= Number.MAX_SAFE_INTEGER && scaled < MAX_INTEGER * scale)) return this.text(String(value));
    this.#reserve(NUMBER_BYTES);
    if (value < 0 && scaled > 0) this.#bytes[this.#length++] = MINUS;
    const whole = Math.floor(scaled / scale);
    this.#digits(whole, countDigits(whole));
    let rest = (scaled - whole * scale) | 0;
    if (rest === 0) return this;
    let count = decimals;
    while (rest % 10 === 0) {
      rest = (rest / 10) | 0;
      count--;
    }
    this.#bytes[this.#length++] = POINT;
    this.#digits(rest, count);
    return this;
  }

  /** Not negative, below 2^31. */
  integer(value: number): this {
    this.#reserve(NUMBER_BYTES);
    this.#digits(value, countDigits(value));
    return this;
  }

  /** A copy. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  toString(): string {
    return DECODER.decode(this.#bytes.subarray(0, this.#length));
  }

  /** False, with nothing written, where it is not ASCII. */
  #ascii(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      this.#bytes[this.#length + i] = code;
    }
    this.#length += text.length;
    return true;
  }

  /** `value` is an integer; `|` tells the compiler, which then divides without floating point. */
  #digits(value: number, count: number): void {
    const bytes = this.#bytes;
    let rest = value | 0;
    for (let at = this.#length + count - 1; at >= this.#length; at--) {
      const tenth = (rest / 10) | 0;
      bytes[at] = ZERO + rest - 10 * tenth;
      rest = tenth;
    }
    this.#length += count;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
