/** Command-line arguments, with errors that say what was given and what is allowed. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { SceneMakerError } from '@scenemaker/sdk';

type Options = NonNullable<ParseArgsConfig['options']>;
type Config<T extends Options> = { args: string[]; options: T; allowPositionals: true; strict: true };

/** Options and positionals; an unknown option is an error. Errors: bad-request. */
export function parseArguments<const T extends Options>(
  args: string[],
  options: T,
): ReturnType<typeof parseArgs<Config<T>>> {
  try {
    return parseArgs<Config<T>>({ args, options, allowPositionals: true, strict: true });
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    // The first sentence says what is wrong; what follows is about the syntax of `--`.
    const allowed = Object.keys(options).map((name) => `--${name}`);
    throw usageError(text.split('. ')[0], undefined, allowed);
  }
}

export function usageError(message: string, given?: unknown, allowed?: unknown): SceneMakerError {
  return new SceneMakerError('bad-request', message, { given, allowed });
}

export function parseNumber(text: string, option: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value)) throw usageError(`${option} takes a number, not ${text}`, text);
  return value;
}

export function parseInteger(text: string, option: string, least: number, most: number): number {
  const value = parseNumber(text, option);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw usageError(`${option} takes a whole number from ${least} to ${most}, not ${text}`, text, [least, most]);
}

export function parseChoice<T extends string>(text: string, option: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw usageError(`${option} takes ${choices.join(', ')}, not ${text}`, text, choices);
  return found;
}

/** `fx,fy,cx,cy` in pixels. */
export function parseIntrinsics(text: string): { fx: number; fy: number; cx: number; cy: number } {
  const numbers = text.split(',').map((part) => parseNumber(part, '--intrinsics'));
  if (numbers.length !== 4) throw usageError(`--intrinsics takes FX,FY,CX,CY, not ${text}`, text);
  const [fx, fy, cx, cy] = numbers;
  return { fx, fy, cx, cy };
}
