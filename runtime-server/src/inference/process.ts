/**
 * The inference process as the server sees it. Model runs block their thread and cannot be
 * interrupted, and ending a worker thread inside one takes the whole process down; so they have a
 * process of their own, which is killed to cancel and started again.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fromWireError, SceneMakerError } from '@scenemaker/sdk';
import type { EncodedJobEvent, JobRunner } from '../jobs/job-queue.js';
import type { PipelineInfo } from '../pipeline-types.js';
import type { FromInference, ToInference } from './messages.js';

export interface InferenceProcessOptions {
  /** The module to run; it calls `serveInference`. */
  module: URL;
  /** Its arguments. */
  args?: string[];
  /** Arguments for Node itself. Default: those of this process. */
  execArgv?: string[];
  /** Of the pipeline; with 1, V8 collects garbage and compiles in the thread that computes, too, not in others beside it. */
  threads?: number;
}

/**
 * For V8. A job calls most of its functions in one burst and not again before the next job: by default their code has
 * been thrown away by then, and is interpreted and compiled anew.
 */
const V8_OPTIONS = ['--no-flush-bytecode'];
/** Further ones for a process that is to take one core. */
const ONE_THREAD = ['--single-threaded'];

interface Run {
  number: number;
  onEvent: (event: EncodedJobEvent) => void;
  resolve: (scene: Uint8Array) => void;
  reject: (error: SceneMakerError) => void;
}

interface Child {
  process: ChildProcess;
  /** Rejects when the process ends before it is ready. */
  ready: Promise<PipelineInfo>;
  exited: Promise<void>;
}

export class InferenceProcess implements JobRunner {
  readonly #options: InferenceProcessOptions;
  #child: Child;
  #run: Run | undefined;
  #runs = 0;
  #closed = false;

  /** Starts the process; `ready` tells when it can run jobs, or why it never will. */
  constructor(options: InferenceProcessOptions) {
    this.#options = options;
    this.#child = this.#start();
  }

  /** Errors: those of making the pipeline, such as pack-missing; inference-crashed. */
  get ready(): Promise<PipelineInfo> {
    return this.#child.ready;
  }

  /** The process's id, which changes when it is started again. */
  get pid(): number | undefined {
    return this.#child.process.pid;
  }

  async run(request: Uint8Array, onEvent: (event: EncodedJobEvent) => void): Promise<Uint8Array> {
    if (this.#run) throw new SceneMakerError('internal', 'the inference process is busy');
    if (this.#closed) throw closing();
    if (hasEnded(this.#child.process)) this.#child = this.#start();
    return new Promise((resolve, reject) => {
      const run = { number: ++this.#runs, onEvent, resolve, reject };
      this.#run = run;
      const { process, ready } = this.#child;
      ready.then(
        () => {
          const message: ToInference = { type: 'run', run: run.number, request };
          if (this.#run === run) process.send(message);
        },
        (error: SceneMakerError) => this.#end(run, (ended) => ended.reject(error)),
      );
    });
  }

  cancel(): void {
    const run = this.#run;
    if (!run) return;
    this.#child.process.kill('SIGKILL');
    this.#child = this.#start();
    this.#end(run, ({ reject }) => reject(new SceneMakerError('cancelled', 'the job was cancelled')));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const { process, exited } = this.#child;
    process.kill('SIGKILL');
    await exited;
  }

  #start(): Child {
    const { module, args = [], execArgv = process.execArgv, threads } = this.#options;
    const started = fork(module, args, {
      execArgv: [...execArgv, ...V8_OPTIONS, ...(threads === 1 ? ONE_THREAD : [])],
      serialization: 'advanced',
      // What libraries print goes to standard error, so that standard output stays the command's own.
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    let wasReady = false;
    const ready = new Promise<PipelineInfo>((resolve, reject) => {
      started.on('message', (message: FromInference) => {
        if (message.type === 'ready') {
          wasReady = true;
          resolve(message.info);
        } else if (message.type === 'unusable') reject(fromWireError(message.error));
        else if (started === this.#child.process) this.#receive(message);
      });
      started.on('error', (cause) => reject(crashed('could not be started', cause)));
      onEnd(started, (how) => reject(crashed(how)));
    });
    ready.catch(() => {}); // Told to whoever asks.
    const exited = new Promise<void>((resolve) => {
      onEnd(started, (how) => {
        resolve();
        if (started !== this.#child.process) return;
        // One that was ready is replaced at once; one that never was, when the next job asks.
        if (wasReady && !this.#closed) this.#child = this.#start();
        const run = this.#run;
        if (!run) return;
        const error = this.#closed ? closing() : crashed(how);
        this.#end(run, ({ reject }) => reject(error));
      });
    });
    return { process: started, ready, exited };
  }

  #receive(message: Extract<FromInference, { run: number }>): void {
    const run = this.#run;
    if (run?.number !== message.run) return;
    if (message.type === 'event') run.onEvent(message.event);
    else if (message.type === 'done') this.#end(run, ({ resolve }) => resolve(message.scene));
    else this.#end(run, ({ reject }) => reject(fromWireError(message.error)));
  }

  #end(run: Run, settle: (run: Run) => void): void {
    if (this.#run !== run) return;
    this.#run = undefined;
    settle(run);
  }
}

function closing(): SceneMakerError {
  return new SceneMakerError('cancelled', 'the server is closing');
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Calls back once the process has ended and its last message has arrived. */
function onEnd(child: ChildProcess, callback: (how: string) => void): void {
  child.once('exit', (code, signal) => {
    const how = signal ? `was ended by ${signal}` : `ended with status ${code}`;
    if (child.connected) child.once('disconnect', () => callback(how));
    else callback(how);
  });
}

function crashed(what: string, cause?: unknown): SceneMakerError {
  return new SceneMakerError('inference-crashed', `the inference process ${what}`, { cause });
}
