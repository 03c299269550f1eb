/** `gatehouse mode`: lets the deployed functions enforce the policy, or only observe. */

import { Argument, type Command, Option } from 'commander';
import type { Mode } from '../../shared/pool/functions.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import type { ModeOptions } from '../pool/mode.ts';
import { addPoolOptions } from '../pool/options.ts';
import { wholeHours } from '../whole-number.ts';

const HELP = `
Sets MODE of the stack's trigger functions; every other variable stays, and a change that somebody else makes at the
same time is read again, not undone. Before enforcing it shows what the functions would have refused lately, and with
--yes goes on only if that is nothing, or with --accept-refusals.

The next deployment sets MODE from serverless.yml again: change the parameter \`mode\` there too.

Exit code: 0 done, or nothing to do; 1 enforcing would refuse people; 3 refused or failed.

Examples:
  gatehouse mode enforce --stack gatehouse-prod
  gatehouse mode enforce --stack gatehouse-prod --yes
  gatehouse mode observe --stack gatehouse-prod --yes`;

export function registerMode(program: Command, done: (code: ExitCode) => void): void {
  addPoolOptions(
    program
      .command('mode')
      .summary('let the deployed functions enforce the policy, or only observe')
      .description('Switches the deployed functions between enforcing and observing. Dry run without --yes.')
      .addArgument(new Argument('<mode>', 'what they are to do').choices(['enforce', 'observe'])),
  )
    .addOption(
      new Option('--since <hours>', 'look at would_deny since then').argParser(wholeHours).default(24),
    )
    .option('--accept-refusals', 'enforce though people would have been refused')
    .option('--yes', 'write; without it nothing is written')
    .option('--json', 'print {mode, functions, wouldDeny, sinceHours, refusal} (docs/attach.md)')
    .addHelpText('after', HELP)
    .action(async (mode: Mode, options: ModeOptions) => done(await run(mode, options)));
}

/** The SDK is loaded by those who switch. */
async function run(mode: Mode, options: ModeOptions): Promise<ExitCode> {
  const { changeMode, totalOf } = await import('../pool/mode.ts');
  const { modeAsText } = await import('../pool/mode-report.ts');
  const result = await changeMode(mode, options);
  console.log(options.json ? JSON.stringify(result, null, 2) : modeAsText(result));
  if (result.refusal !== null) return EXIT.failure;
  if (!options.yes && result.functions.some(({ state }) => state === 'planned'))
    console.error('dry run: nothing was written; --yes writes');
  return !options.yes && totalOf(result.wouldDeny ?? []) > 0 ? EXIT.findings : EXIT.ok;
}
