/** Errors as they travel. */
import * as v from 'valibot';
import { ERROR_CODES, type ErrorCode, SceneMakerError } from './errors.js';

const CODES = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]];

export const wireErrorSchema = v.object({
  code: v.pipe(v.picklist(CODES), v.description('A key of the error table.')),
  message: v.string(),
  retryable: v.pipe(v.boolean(), v.description('Whether the same request may succeed later.')),
  given: v.exactOptional(v.unknown()),
  allowed: v.exactOptional(v.unknown()),
});

export type WireError = v.InferOutput<typeof wireErrorSchema>;

const MAX_TEXT = 2000;

/** Our own errors keep their words; of a defect the peer learns the message and no more. */
export function toWireError(thrown: unknown): WireError {
  const { code, message, retryable, details } = SceneMakerError.from(thrown);
  return {
    code,
    message: message.slice(0, MAX_TEXT),
    retryable,
    ...(details.given !== undefined && { given: plain(details.given) }),
    ...(details.allowed !== undefined && { allowed: plain(details.allowed) }),
  };
}

export function fromWireError({ code, message, given, allowed }: WireError): SceneMakerError {
  return new SceneMakerError(code, message, { given, allowed });
}

/** What JSON can say of a value, cut short. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return String(value).slice(0, MAX_TEXT);
  return text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : (JSON.parse(text) as unknown);
}
