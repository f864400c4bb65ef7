// Runs TypeScript in every thread of a process: node --import this-file. tsx by itself leaves threads other than the first out.
import { register } from 'tsx/esm/api';

register();
