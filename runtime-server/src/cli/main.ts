/** The `scenemaker` command. */
import { runCommand } from './run-command.js';

// A reader that has seen enough, as `head` has, closes the pipe: the work goes on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runCommand(process.argv.slice(2));
