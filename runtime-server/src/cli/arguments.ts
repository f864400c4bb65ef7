/** Command-line arguments, with errors that say what was given and what is allowed. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { quat, type RigidTransform, SceneMakerError } from '@scenemaker/sdk';

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

/** Bytes. */
export function parseGigabytes(text: string, option: string): number {
  const value = parseNumber(text, option);
  if (value > 0) return value * 2 ** 30;
  throw usageError(`${option} takes a number of gigabytes above 0, not ${text}`, text);
}

export function parseChoice<T extends string>(text: string, option: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw usageError(`${option} takes ${choices.join(', ')}, not ${text}`, text, choices);
  return found;
}

/** Numbers between commas, as many as there are `names`. */
export function parseNumbers(text: string, option: string, names: readonly string[]): number[] {
  const numbers = text.split(',').map((part) => parseNumber(part, option));
  if (numbers.length !== names.length) throw usageError(`${option} takes ${names.join(',')}, not ${text}`, text, names);
  return numbers;
}

/** `FX,FY,CX,CY` in pixels. */
export function parseIntrinsics(text: string): { fx: number; fy: number; cx: number; cy: number } {
  const [fx, fy, cx, cy] = parseNumbers(text, '--intrinsics', ['FX', 'FY', 'CX', 'CY']);
  return { fx, fy, cx, cy };
}

/** `X,Y,Z,QX,QY,QZ,QW`, the order of the TUM RGB-D benchmark. Rounding of the quaternion is made up for. */
export function parsePose(text: string, option: string): RigidTransform {
  const [x, y, z, qx, qy, qz, qw] = parseNumbers(text, option, ['X', 'Y', 'Z', 'QX', 'QY', 'QZ', 'QW']);
  const length = Math.hypot(qx, qy, qz, qw);
  if (Math.abs(length - 1) > 0.01) {
    throw usageError(`${option} takes a quaternion of length 1, not ${length.toFixed(3)}`, text);
  }
  return { translation: [x, y, z], rotation: quat.normalize([qx, qy, qz, qw]) };
}
