import { createRequire } from 'node:module';

const { name, version } = createRequire(import.meta.url)('../package.json') as { name: string; version: string };

/** This package and its version, `name@version`. */
export const GENERATOR = `${name}@${version}`;
