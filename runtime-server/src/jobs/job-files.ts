/**
 * One job on disk, a folder with three files:
 *
 *   job       who asked, and when: a JobRecord as msgpack
 *   request   the request as msgpack; removed when the job has ended
 *   events    one after the other: a header, then the event as msgpack
 *
 *   header: uint32 length of the event | float64 milliseconds since 1970 | uint8 index into EVENT_TYPES
 *
 * All numbers are little-endian. The end of this process at any moment leaves at most the last event
 * incomplete; it is cut off when the folder is opened next.
 */
import { closeSync, ftruncateSync, openSync, readSync, writeSync, fstatSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { decode, encode, type JobEventType, PRIORITIES } from '@scenemaker/sdk';
import type { EncodedJobEvent, NumberedEvent } from './job-queue.js';

const recordSchema = v.object({
  version: v.literal(1),
  jobId: v.string(),
  client: v.string(),
  priority: v.picklist(PRIORITIES),
  createdAt: v.number(),
  requestKey: v.string(),
});

export type JobRecord = v.InferOutput<typeof recordSchema>;

/** A new one goes to the end: the files hold indices. */
const EVENT_TYPES = [
  'queued',
  'started',
  'progress',
  'preview',
  'object',
  'warning',
  'done',
  'failed',
  'cancelled',
] as const satisfies JobEventType[];

const HEADER_BYTES = 13;

interface EventPlace {
  type: JobEventType;
  at: number;
  /** Where the event begins in the file, after its header. */
  offset: number;
  length: number;
}

export class JobFiles {
  readonly record: JobRecord;
  readonly #folder: string;
  readonly #events: number;
  readonly #places: EventPlace[] = [];
  #end = 0;
  #closed = false;

  private constructor(folder: string, record: JobRecord) {
    this.#folder = folder;
    this.record = record;
    this.#events = openSync(join(folder, 'events'), 'a+');
  }

  /** When this has returned, the job is on disk, whole. */
  static async create(folder: string, record: JobRecord, request: Uint8Array): Promise<JobFiles> {
    const making = join(dirname(folder), `.new-${record.jobId}`);
    await rm(making, { recursive: true, force: true });
    await mkdir(making, { recursive: true });
    await writeDurably(join(making, 'job'), encode(record));
    await writeDurably(join(making, 'request'), request);
    await rename(making, folder);
    await syncFolder(dirname(folder));
    return new JobFiles(folder, record);
  }

  /** Throws when the folder holds no readable job. */
  static async open(folder: string): Promise<JobFiles> {
    const record = v.parse(recordSchema, decode(await readFile(join(folder, 'job'))));
    const files = new JobFiles(folder, record);
    files.#scan();
    return files;
  }

  /** Of the events, in their order. */
  get types(): JobEventType[] {
    return this.#places.map(({ type }) => type);
  }

  get lastType(): JobEventType | undefined {
    return this.#places.at(-1)?.type;
  }

  get eventCount(): number {
    return this.#places.length;
  }

  /** Bytes of the events. */
  get bytes(): number {
    return this.#end;
  }

  append(event: EncodedJobEvent, at: number): void {
    try {
      writeWhole(this.#events, headerOf(event, at));
      writeWhole(this.#events, event.bytes);
    } catch (thrown) {
      // What was written of it would make the next event unreadable.
      ftruncateSync(this.#events, this.#end);
      throw thrown;
    }
    this.#appended(event, at);
  }

  #appended({ type, bytes }: EncodedJobEvent, at: number): void {
    this.#places.push({ type, at, offset: this.#end + HEADER_BYTES, length: bytes.length });
    this.#end += HEADER_BYTES + bytes.length;
  }

  /** Event `number`, from 1: at once, so that the job cannot be removed meanwhile. */
  readNow(number: number): NumberedEvent {
    const { type, at, offset, length } = this.#places[number - 1];
    const bytes = new Uint8Array(length);
    const file = this.#closed ? openSync(join(this.#folder, 'events'), 'r') : this.#events;
    try {
      readWhole(file, bytes, offset);
    } finally {
      if (this.#closed) closeSync(file);
    }
    return { number, type, at, bytes };
  }

  /** The same without holding this thread up. */
  async read(number: number): Promise<NumberedEvent> {
    const { type, at } = this.#places[number - 1];
    return { number, type, at, bytes: await this.readBehind(number, 0) };
  }

  /** The bytes of event `number` from `skip` on, behind `head`: read to where they are sent from. */
  async readBehind(
    number: number,
    skip: number,
    head: Uint8Array = new Uint8Array(0),
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { offset, length } = this.#places[number - 1];
    // All of it is written to below.
    const bytes = Buffer.allocUnsafeSlow(head.length + length - skip);
    bytes.set(head);
    const file = await open(join(this.#folder, 'events'), 'r');
    try {
      for (let at = head.length; at < bytes.length;) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, offset + skip + at - head.length);
        if (bytesRead === 0) throw new Error(CUT_SHORT);
        at += bytesRead;
      }
    } finally {
      await file.close();
    }
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  readRequest(): Promise<Uint8Array> {
    return readFile(join(this.#folder, 'request'));
  }

  /**
   * Appends the final event, which may be a scene of many megabytes, without holding this thread up; waits until all
   * events are on disk, and drops the request: the job has ended.
   */
  async finish(event: EncodedJobEvent, at: number): Promise<void> {
    const events = await open(join(this.#folder, 'events'), 'a');
    try {
      await events.writeFile(headerOf(event, at));
      await events.writeFile(event.bytes);
      await events.datasync();
    } catch (thrown) {
      await events.truncate(this.#end);
      throw thrown;
    } finally {
      await events.close();
    }
    this.#appended(event, at);
    await unlink(join(this.#folder, 'request')).catch(ignoreMissing);
    this.close();
  }

  /** Reading stays possible. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#events);
  }

  async remove(): Promise<void> {
    this.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #scan(): void {
    const { size } = fstatSync(this.#events);
    const header = Buffer.alloc(HEADER_BYTES);
    while (this.#end + HEADER_BYTES <= size) {
      readWhole(this.#events, header, this.#end);
      const length = header.readUInt32LE(0);
      const type = EVENT_TYPES[header.readUInt8(12)] as JobEventType | undefined;
      const offset = this.#end + HEADER_BYTES;
      if (type === undefined || offset + length > size) break;
      this.#places.push({ type, at: header.readDoubleLE(4), offset, length });
      this.#end = offset + length;
    }
    if (this.#end < size) ftruncateSync(this.#events, this.#end);
  }
}

const CUT_SHORT = 'the file of events ends before the event does';

function headerOf({ type, bytes }: EncodedJobEvent, at: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(bytes.length, 0);
  header.writeDoubleLE(at, 4);
  header.writeUInt8(EVENT_TYPES.indexOf(type), 12);
  return header;
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

function readWhole(file: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length;) {
    const read = readSync(file, bytes, at, bytes.length - at, position + at);
    if (read === 0) throw new Error(CUT_SHORT);
    at += read;
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a rename within the folder outlive a loss of power. Not every platform lets a folder be opened. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}

function ignoreMissing(thrown: unknown): void {
  if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown;
}
