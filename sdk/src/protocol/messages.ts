/**
 * Every message of `scenemaker.v1`. A client opens with `hello` and is answered with `welcome`;
 * after that it may send the others in any order.
 *
 * The client names a job when it asks for one, so that asking again after a lost connection
 * cannot start it twice: a known `jobId` is the job that already goes by it.
 */
import * as v from 'valibot';
import { SceneMakerError } from './errors.js';
import { jobEventSchema } from './events.js';
import { MAX_FRAME_BYTES } from './limits.js';
import { generateRequestSchema } from './request.js';
import { sceneDescriptionSchema } from '../scene/schema.js';
import { wireErrorSchema } from './wire-error.js';

const describe = v.description;
const shortText = v.pipe(v.string(), v.maxLength(200));
const naturalNumber = v.pipe(v.number(), v.integer(), v.minValue(0));
const identifier = v.pipe(v.string(), v.regex(/^[\w-]{8,64}$/, 'is not 8 to 64 letters, digits, - or _'));
const jobId = v.pipe(
  identifier,
  describe('Chosen by the client and not guessable: whoever knows it may follow and cancel the job.'),
);

export const PRIORITIES = ['low', 'normal', 'high'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const clientMessageSchema = v.variant('op', [
  v.pipe(
    v.strictObject({
      op: v.literal('hello'),
      client: v.pipe(shortText, describe('Name and version of the program.')),
      clientId: v.exactOptional(
        v.pipe(
          identifier,
          describe(
            'The same on all connections of one client: its jobs are listed, and take turns with those of others, by it. Chosen by the client and not guessable. Absent: this connection is a client of its own.',
          ),
        ),
      ),
      token: v.exactOptional(v.pipe(v.string(), v.maxLength(4096), describe('Needed where the server demands one.'))),
      maxFrameBytes: v.exactOptional(
        v.pipe(
          v.number(),
          v.integer(),
          v.minValue(MAX_FRAME_BYTES),
          describe(
            `Longest frame that the client takes: the fewer chunks, the less is copied; ${MAX_FRAME_BYTES} when absent.`,
          ),
        ),
      ),
    }),
    describe('The first message of a connection.'),
  ),
  v.pipe(
    v.strictObject({
      op: v.literal('generate'),
      jobId,
      priority: v.exactOptional(
        v.pipe(
          v.picklist(PRIORITIES),
          describe(
            'Of the jobs of one client, the higher run first. Between clients, a high job counts as a quarter of a turn and a low one as four; normal.',
          ),
        ),
      ),
      request: generateRequestSchema,
    }),
    describe('Makes a scene of a picture. Answered with accepted, then with events.'),
  ),
  v.pipe(
    v.strictObject({
      op: v.literal('resume'),
      jobId,
      afterEvent: v.pipe(naturalNumber, describe('0 for all events.')),
    }),
    describe('Follows a job from the event after this number. Answered with accepted, then with events.'),
  ),
  v.pipe(
    v.strictObject({ op: v.literal('cancel'), jobId }),
    describe('Stops a job within a second; cancelled follows.'),
  ),
  v.pipe(v.strictObject({ op: v.literal('fetch'), jobId }), describe('Asks for the scene of a finished job: result.')),
  v.pipe(v.strictObject({ op: v.literal('list') }), describe('Asks for the jobs of this client: jobs.')),
]);

export const capabilitiesSchema = v.object({
  stages: v.array(v.string()),
  pack: v.pipe(v.string(), describe('Model pack, name@version.')),
  executionProvider: v.string(),
  hints: v.pipe(v.array(v.string()), describe('The ways to point out objects that the server understands.')),
  pictureFormats: v.array(v.string()),
});

export const limitsSchema = v.object({
  maxMessageBytes: naturalNumber,
  maxPictureBytes: naturalNumber,
  maxPicturePixels: naturalNumber,
  maxQueuedJobs: v.pipe(naturalNumber, describe('Jobs that may wait, of all clients together.')),
  maxQueuedJobsPerClient: naturalNumber,
  maxMessagesPerSecond: v.pipe(naturalNumber, describe('Of one connection, on average; short bursts are allowed.')),
  maxJobSeconds: v.pipe(naturalNumber, describe('A job that runs longer is ended.')),
});

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export const jobSummarySchema = v.object({
  jobId: v.string(),
  state: v.picklist(JOB_STATES),
  priority: v.picklist(PRIORITIES),
  queuePosition: v.pipe(naturalNumber, describe('How many jobs are ahead; 0 unless queued.')),
  lastEvent: v.pipe(naturalNumber, describe('Number of the newest event.')),
  createdAt: v.pipe(v.number(), describe('Milliseconds since 1970.')),
});

export const CLIENT_OPS = [
  'hello',
  'generate',
  'resume',
  'cancel',
  'fetch',
  'list',
] as const satisfies ClientMessage['op'][];

export const serverMessageSchema = v.variant('op', [
  v.pipe(
    v.object({ op: v.literal('welcome'), server: v.string(), capabilities: capabilitiesSchema, limits: limitsSchema }),
    describe('Answers hello.'),
  ),
  v.pipe(
    v.object({ op: v.literal('accepted'), jobId: v.string(), queuePosition: naturalNumber }),
    describe('Answers generate and resume: the job is known, and its events follow.'),
  ),
  v.pipe(
    v.object({
      op: v.literal('event'),
      jobId: v.string(),
      number: v.pipe(naturalNumber, describe('Counts from 1 without a gap.')),
      at: v.pipe(v.number(), describe('Milliseconds since 1970, server clock.')),
      event: jobEventSchema,
    }),
    describe('One step of a job that this connection follows.'),
  ),
  v.pipe(
    v.object({ op: v.literal('result'), jobId: v.string(), scene: sceneDescriptionSchema }),
    describe('Answers fetch.'),
  ),
  v.pipe(v.object({ op: v.literal('jobs'), jobs: v.array(jobSummarySchema) }), describe('Answers list.')),
  v.pipe(
    v.object({
      op: v.literal('error'),
      inReplyTo: v.pipe(v.nullable(v.picklist(CLIENT_OPS)), describe('Null when the message could not be read.')),
      jobId: v.exactOptional(v.string()),
      error: wireErrorSchema,
    }),
    describe('A message was refused. A job that fails says so in a failed event instead.'),
  ),
]);

export type ClientMessage = v.InferOutput<typeof clientMessageSchema>;
export type ServerMessage = v.InferOutput<typeof serverMessageSchema>;
export type Capabilities = v.InferOutput<typeof capabilitiesSchema>;
export type Limits = v.InferOutput<typeof limitsSchema>;
export type JobSummary = v.InferOutput<typeof jobSummarySchema>;

/** One handler for each `op`: leaving one out does not compile. */
export type Handlers<Message extends { op: string }, Result> = {
  [Op in Message['op']]: (message: Extract<Message, { op: Op }>) => Result;
};

export function dispatch<Message extends { op: string }, Result>(
  handlers: Handlers<Message, Result>,
  message: Message,
): Result {
  const handler = handlers[message.op as Message['op']] as (message: Message) => Result;
  return handler(message);
}

/** Errors: bad-request, naming the first field that is wrong. */
export function parseClientMessage(value: unknown): ClientMessage {
  return parse(clientMessageSchema, value);
}

/** Errors: bad-request, naming the first field that is wrong. */
export function parseServerMessage(value: unknown): ServerMessage {
  return parse(serverMessageSchema, value);
}

function parse<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw new SceneMakerError('bad-request', `${path ?? 'message'}: ${issue.message}`, {
    ...(issue.received.length < 100 && { given: issue.received }),
    ...(issue.expected !== null && { allowed: issue.expected }),
  });
}
