/** What a run tells its hooks: progress, previews, what was left out; and how long each stage took. */
import { type ErrorCode, isSceneMakerError, type SceneObject } from '@scenemaker/sdk';
import type { PipelineHooks, PipelinePreview, PipelineProgress } from './pipeline-types.js';
import { resample, wholeRect } from './stages/picture-ops.js';

type StageKey = PipelineProgress['stage'];

export interface Reporter {
  /**
   * Runs `work`, reporting progress of `stage` and adding up its time. With `part`, progress is that of
   * one object of several.
   */
  timed<T>(
    stage: StageKey,
    work: (context: { onProgress: (fraction: number) => void }) => Promise<T>,
    part?: { index: number; count: number },
  ): Promise<T>;
  preview(preview: PipelinePreview): void;
  /** Reports a preview when it is made, which it is only if somebody wants it. */
  previewLater(make: () => Promise<PipelinePreview>): void;
  /** Waits for those. */
  previewed(): Promise<unknown>;
  /** A depth map at the working size; previews are at the picture's. */
  depth(
    depth: Float32Array,
    size: { picture: { width: number; height: number }; fullWidth: number; fullHeight: number },
  ): void;
  object(object: SceneObject): void;
  warn(message: string): void;
  /** Reports an object that failed. Errors that are not about this object are thrown on. */
  leaveOut(objectId: string, label: string, error: unknown): undefined;
  /** Seconds by stage so far. */
  seconds(): Record<string, number>;
}

/** Faults of the installation, not of one object. */
const FATAL: readonly ErrorCode[] = [
  'pack-missing',
  'pack-corrupt',
  'device-unavailable',
  'model-unreachable',
  'cancelled',
  'internal',
];

export function createReporter(hooks: PipelineHooks): Reporter {
  const seconds: Record<string, number> = {};
  /** Fractions of the parts of each stage so far; those left out before they began are done. */
  const fractions: Partial<Record<StageKey, number[]>> = {};
  /** Parts of a stage may run at once: its clock runs while any does. */
  const running: Partial<Record<StageKey, { parts: number; since: number }>> = {};
  const later: Promise<void>[] = [];
  return {
    async timed(stage, work, part = { index: 0, count: 1 }) {
      const parts = (fractions[stage] ??= []);
      const progress = (fraction: number): void => {
        for (let before = 0; before < part.index; before++) parts[before] ??= 1;
        parts[part.index] = fraction;
        const sum = parts.reduce((total, value) => total + value, 0);
        hooks.onProgress?.({ stage, fraction: Math.min(1, sum / part.count) });
      };
      const clock = (running[stage] ??= { parts: 0, since: 0 });
      if (clock.parts++ === 0) clock.since = performance.now();
      progress(0);
      try {
        return await work({ onProgress: progress });
      } finally {
        if (--clock.parts === 0) seconds[stage] = (seconds[stage] ?? 0) + (performance.now() - clock.since) / 1000;
        progress(1);
      }
    },
    preview: (preview) => hooks.onPreview?.(preview),
    previewLater(make) {
      const { onPreview } = hooks;
      if (onPreview === undefined) return;
      const made = make().then(onPreview);
      made.catch(() => {}); // Thrown where it is waited for.
      later.push(made);
    },
    previewed: () => Promise.all(later),
    depth(depth, { picture: { width, height }, fullWidth, fullHeight }) {
      if (hooks.onPreview === undefined) return;
      const planes = { channels: 1, width, height, data: depth };
      const same = width === fullWidth && height === fullHeight;
      const data = same ? depth : resample(planes, wholeRect(planes), fullWidth, fullHeight).data;
      hooks.onPreview({ kind: 'depth', depth: { width: fullWidth, height: fullHeight, data } });
    },
    object: (object) => hooks.onObject?.(object),
    warn: (message) => hooks.onWarning?.({ message }),
    leaveOut(objectId, label, error): undefined {
      if (isSceneMakerError(error) && FATAL.includes(error.code)) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      hooks.onWarning?.({ objectId, message: `${objectId} (${label}) was left out: ${reason}` });
    },
    seconds: () => ({ ...seconds }),
  };
}
