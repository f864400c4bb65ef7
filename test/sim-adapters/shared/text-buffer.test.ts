import { expect, test } from 'vitest';
import { TextBuffer } from '../../../sim-adapters/src/shared/text-buffer.js';

const decimal = (value: number, decimals: number): string => new TextBuffer().decimal(value, decimals).toString();

test.each([
  [0, 3, '0'],
  [-0, 3, '0'],
  [-0.0004, 3, '0'],
  [0.0005, 3, '0.001'],
  [1.5, 7, '1.5'],
  [-12.03, 7, '-12.03'],
  [99.9999999, 6, '100'],
  [0.000001, 6, '0.000001'],
  [2_147_483_646.5, 1, '2147483646.5'],
  [7, 0, '7'],
])('%d with %d decimals is %s', (value, decimals, text) => expect(decimal(value, decimals)).toBe(text));

test('decimals are near what was given, of any size and sign', () => {
  for (let i = 0; i < 2000; i++) {
    const value = Math.sin(i * 12.9898) * 10 ** ((i % 13) - 6);
    expect(Math.abs(Number(decimal(value, 7)) - value)).toBeLessThanOrEqual(0.5e-7 + 1e-15 * Math.abs(value));
    expect(decimal(value, 7)).toMatch(/^-?\d+(\.\d*[1-9])?$/);
  }
});

test('what has no plain decimals is written as it is', () => {
  expect(decimal(1e30, 7)).toBe('1e+30');
  expect(decimal(NaN, 7)).toBe('NaN');
});

test('text of any script and length, and integers, however little room was expected', () => {
  const out = new TextBuffer(1);
  const long = 'ab'.repeat(5000);
  out.text('杯 "ß"').text(long).integer(0).text(' ').integer(1_234_567_890);
  expect(out.toString()).toBe(`杯 "ß"${long}0 1234567890`);
  expect(new TextDecoder().decode(out.toBytes())).toBe(out.toString());
});
