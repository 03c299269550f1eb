/** The `gatehouse` command: argv in, exit code out. */

import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { registerCheck } from './commands/check.ts';
import { registerExplain } from './commands/explain.ts';
import { registerKeys } from './commands/keys.ts';
import { CommandFailure, EXIT, type ExitCode, UsageError } from './failure.ts';

async function main(argv: string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const done = (result: ExitCode) => {
    code = result;
  };
  const program = new Command('gatehouse')
    .description('One policy file for Amazon Cognito: check it, and ask it.')
    .version(packageJson.version)
    .showSuggestionAfterError()
    .exitOverride();
  registerCheck(program, done);
  registerExplain(program, done);
  registerKeys(program, done);
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
