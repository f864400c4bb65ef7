/** Every way a request can fail, in one closed table. The wire carries the key. */
export const ERROR_CODES = {
  'bad-request': { meaning: 'A message or argument is malformed or out of range.', retryable: false },
  'unsupported-version': { meaning: 'The peer speaks no protocol version this side knows.', retryable: false },
  unauthorized: { meaning: 'Authentication is missing or wrong.', retryable: false },
  'input-missing': { meaning: 'The input file does not exist or cannot be read.', retryable: false },
  'input-empty': { meaning: 'The input has no bytes.', retryable: false },
  'image-unreadable': { meaning: 'The bytes are not a picture in an allowed format.', retryable: false },
  'image-truncated': { meaning: 'The picture ends before it is complete.', retryable: false },
  'image-too-large': { meaning: 'The picture has more pixels or bytes than the limit.', retryable: false },
  'image-animated': { meaning: 'The picture has more than one frame.', retryable: false },
  'depth-invalid': { meaning: 'The depth map does not fit the picture or holds no valid depth.', retryable: false },
  'package-missing': { meaning: 'An optional npm package that the request needs is not installed.', retryable: false },
  'pack-missing': { meaning: 'A file of the model pack does not exist.', retryable: false },
  'pack-corrupt': { meaning: 'A file of the model pack does not match its checksum or manifest.', retryable: false },
  'device-unavailable': { meaning: 'The execution provider asked for cannot be used here.', retryable: false },
  'port-in-use': { meaning: 'Another process listens on the port.', retryable: false },
  'job-unknown': { meaning: 'No job with this id is known.', retryable: false },
  'queue-full': { meaning: 'As many jobs wait as may, of this client or of all.', retryable: true },
  'rate-limited': { meaning: 'The connection sends more messages a second than it may.', retryable: true },
  'timed-out': { meaning: 'The job ran longer than a job may.', retryable: false },
  'queue-unreachable': { meaning: 'The broker that holds the jobs does not answer.', retryable: true },
  'model-unreachable': { meaning: 'The inference server of a stage does not answer, or refuses.', retryable: true },
  cancelled: { meaning: 'The job was cancelled.', retryable: false },
  'inference-crashed': { meaning: 'The inference process ended while it worked on the job.', retryable: true },
  'connection-lost': { meaning: 'The connection ended before the answer came.', retryable: true },
  'folder-in-use': { meaning: 'Another server keeps its jobs in the folder.', retryable: false },
  'output-unwritable': { meaning: 'The output folder or file cannot be written.', retryable: false },
  internal: { meaning: 'A defect in SceneMaker.', retryable: false },
} as const satisfies Record<string, { meaning: string; retryable: boolean }>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorDetails {
  /** The offending value, short enough to print. */
  given?: unknown;
  /** What would have been accepted. */
  allowed?: unknown;
}

/** The one error class of SceneMaker. Tell errors apart by `code`, never by class or message. */
export class SceneMakerError extends Error {
  override readonly name = 'SceneMakerError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: ErrorDetails & { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = {
      ...(options.given !== undefined && { given: options.given }),
      ...(options.allowed !== undefined && { allowed: options.allowed }),
    };
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }

  /** The single funnel for whatever was thrown: keeps ours, wraps the rest as `internal`. */
  static from(thrown: unknown, code: ErrorCode = 'internal'): SceneMakerError {
    if (isSceneMakerError(thrown)) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new SceneMakerError(code, message, { cause: thrown });
  }
}

/** Works across duplicated copies of the package, where `instanceof` does not. */
export function isSceneMakerError(value: unknown): value is SceneMakerError {
  return (
    value instanceof Error && value.name === 'SceneMakerError' && 'code' in value && String(value.code) in ERROR_CODES
  );
}
