/** The command's definition: what it can be asked to do. docs/cli.md is made from it (`npm run cli-docs`). */

import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { registerAttach } from './commands/attach.ts';
import { registerAudit } from './commands/audit.ts';
import { registerCheck } from './commands/check.ts';
import { registerCompletion } from './commands/completion.ts';
import { registerDetach } from './commands/detach.ts';
import { registerExplain } from './commands/explain.ts';
import { registerExport } from './commands/export.ts';
import { registerInvite } from './commands/invite.ts';
import { registerKeys } from './commands/keys.ts';
import { registerMode } from './commands/mode.ts';
import { registerStatus } from './commands/status.ts';
import { registerRestore, registerRevoke } from './commands/revoke.ts';
import { registerReconcile } from './commands/reconcile.ts';
import type { ExitCode } from './failure.ts';

/** `done` is given the exit code of the command that ran. */
export function createProgram(done: (code: ExitCode) => void): Command {
  const program = new Command('gatehouse')
    .description(
      'One policy file for Amazon Cognito: check and explain it, attach it to user pools, audit those, and cut people off.',
    )
    .version(packageJson.version)
    .showSuggestionAfterError()
    .showHelpAfterError('  help: `gatehouse help COMMAND` shows what it takes')
    .exitOverride();
  program.commandsGroup('The policy:');
  registerCheck(program, done);
  registerExplain(program, done);
  registerExport(program, done);
  program.commandsGroup('User pools:');
  registerAttach(program, done);
  registerDetach(program, done);
  registerStatus(program, done);
  registerMode(program, done);
  registerAudit(program, done);
  registerKeys(program, done);
  program.commandsGroup('People:');
  registerInvite(program, done);
  registerReconcile(program, done);
  registerRevoke(program, done);
  registerRestore(program, done);
  program.commandsGroup('This command:');
  registerCompletion(program, done);
  program.helpCommand('help [command]', 'show what a command takes');
  return program;
}
