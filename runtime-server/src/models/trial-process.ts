/** Entry of a process that tries the device it is told, and tells what came of it. */
import type { ConcreteDevice } from './devices.js';
import { tryHere } from './trial.js';

process.send?.(await tryHere(process.argv[2] as ConcreteDevice));
process.disconnect?.();
