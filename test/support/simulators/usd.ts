/** OpenUSD's own view of a layer or package. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileSet } from '@scenemaker/sim-adapters';
import { output, withFiles } from './tools.js';

const INSPECT = fileURLToPath(new URL('inspect-usd.py', import.meta.url));

export interface UsdPrim {
  type: string;
  apis: string[];
  values: Record<string, unknown>;
  customData: { scenemaker?: Record<string, unknown> };
  /** In the world; xyzw. */
  translation: [number, number, number];
  rotation: [number, number, number, number];
  scale: [number, number, number];
  /** Meshes: in the world. */
  bounds?: [number[], number[]];
  /** Cameras: world to clip space, row vectors. */
  clip?: number[][];
  /** Shaders: the file that was found. */
  texture?: string;
  'material:'?: string;
  'material:physics'?: string;
}

export interface UsdStage {
  /** What OpenUSD's validators find wrong. */
  problems: string[];
  metersPerUnit: number;
  kilogramsPerUnit: number;
  upAxis: string;
  customData: { scenemaker: Record<string, unknown> };
  prims: Record<string, UsdPrim>;
}

/** `python` has the module `pxr`, of the package `usd-core`. */
export const inspectUsd = (python: string, files: FileSet, path: string): Promise<UsdStage> =>
  withFiles(files, async (folder) => {
    const said = await output(python, [INSPECT, join(folder, path)]);
    // OpenUSD's remarks are on lines of their own.
    return JSON.parse(said.split('\n').find((line) => line.startsWith('{')) ?? '') as UsdStage;
  });
