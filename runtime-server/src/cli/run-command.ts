/** Finds the command, runs it, and says in one line what went wrong. */
import { ERROR_CODES, SceneMakerError } from '@scenemaker/sdk';
import { GENERATOR } from '../version.js';

/** What the module of a command exports. */
interface Command {
  /** Takes the arguments after its name; may give an exit status. Throws SceneMakerErrors. */
  run: (args: string[]) => Promise<number | void>;
  help: string;
}

/** Each is loaded when it is asked for. */
const COMMANDS: Record<string, { summary: string; load: () => Promise<Command> }> = {
  demo: { summary: 'a sample picture becomes a settled scene in out/', load: () => import('./demo.js') },
  generate: { summary: 'a picture becomes a settled scene in a folder', load: () => import('./generate.js') },
  export: { summary: 'a settled scene becomes the files of a simulator', load: () => import('./export.js') },
  check: { summary: 'says whether a scene stays as it is', load: () => import('./check.js') },
  evaluate: { summary: 'measures the models on scenes with known truth', load: () => import('./evaluate.js') },
  doctor: { summary: 'says what this machine can do', load: () => import('./doctor.js') },
  models: { summary: 'lists, fetches and checks the files of model packs', load: () => import('./models.js') },
  worker: { summary: 'runs jobs of a shared queue', load: () => import('./worker.js') },
  serve: { summary: 'runs the server', load: () => import('./serve.js') },
};

const HELP = `${GENERATOR}: one picture becomes a settled, textured 3D scene

scenemaker COMMAND [options]

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}

scenemaker COMMAND --help tells more.
`;

/** Runs a command; gives the exit status: 0 done, 1 failed, 2 bad input, 130 cancelled. */
export async function runCommand([name, ...args]: string[]): Promise<number> {
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      (name === undefined ? process.stderr : process.stdout).write(HELP);
      return name === undefined ? 2 : 0;
    }
    if (name === '--version') {
      console.log(GENERATOR);
      return 0;
    }
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) {
      const allowed = Object.keys(COMMANDS);
      throw new SceneMakerError('bad-request', `there is no command ${name}; there are ${allowed.join(', ')}`, {
        given: name,
        allowed,
      });
    }
    const { run, help } = await command.load();
    if (args.includes('--help') || args.includes('-h')) {
      process.stdout.write(help);
      return 0;
    }
    return (await run(args)) ?? 0;
  } catch (thrown) {
    return report(thrown);
  }
}

/** One line on standard error; the stack only of a defect, and only when asked for. */
function report(thrown: unknown): number {
  const error = SceneMakerError.from(thrown);
  process.stderr.write(`scenemaker: ${error.message} [${error.code}]\n`);
  if (error.code === 'internal') {
    if (process.env['SCENEMAKER_DEBUG']) console.error(thrown);
    else process.stderr.write('This is a defect in SceneMaker; SCENEMAKER_DEBUG=1 shows where.\n');
    return 1;
  }
  if (error.code === 'cancelled') return 130;
  return ERROR_CODES[error.code].retryable ? 1 : 2;
}
