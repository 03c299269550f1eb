/** The `gatehouse` command: argv in, exit code out. */

import { CommanderError } from 'commander';
import { complete } from './complete.ts';
import { CommandFailure, EXIT, type ExitCode, UsageError } from './failure.ts';
import { createProgram } from './program.ts';

async function main(argv: string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = createProgram((result) => {
    code = result;
  });
  const [first, ...words] = argv;
  if (first === '__complete') {
    // Not a command of its own: words like `--help` are to be completed, not obeyed.
    for (const candidate of complete(program, words)) console.log(candidate);
    return EXIT.ok;
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof UsageError || error instanceof CommandFailure) {
    console.error(`error: ${error.message}`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failure;
  }
  console.error('error: this is a bug in gatehouse; please report it');
  console.error(error);
  return EXIT.failure;
}

// A reader who has seen enough (`| head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
process.exitCode = await main(process.argv.slice(2));
