/** `gatehouse status`: how user pools stand to the deployed functions. */

import { type Command, Option } from 'commander';
import { EXIT, type ExitCode } from '../failure.ts';
import { addPoolOptions } from '../pool/options.ts';
import type { StatusOptions } from '../pool/status.ts';
import { wholeHours } from '../whole-number.ts';

const HELP = `
For each pool: what each trigger calls, whether the pool may call it, in which mode it runs, replicas in other
Regions; and how often sign-ups, tokens and providers' addresses were refused (deny), or in observe mode would have been
(would_deny), by reason, as CloudWatch has counted it. Challenges of custom authentication are not among them. Modes are
read of the stack's own functions only. Reads only.

Exit code: 0 well; 1 a trigger that would fail whoever signs in; 3 AWS could not be asked.

Examples:
  gatehouse status --stack gatehouse-prod
  gatehouse status eu-west-1_AbCdEf123 --stack gatehouse-prod --since 168
  gatehouse status eu-west-1_AbCdEf123 --json`;

export function registerStatus(program: Command, done: (code: ExitCode) => void): void {
  addPoolOptions(
    program
      .command('status')
      .summary('show what user pools call, in which mode, and what would have been refused')
      .description('Shows how user pools stand to the deployed functions.')
      .argument('[pool...]', 'user pool ids; default: the pool of the stack')
      .addOption(
        new Option('--since <hours>', 'count refusals since then').argParser(wholeHours).default(24),
      ),
  )
    .option('--json', 'print {"pools": [...], "wouldDeny": [...], ...} (docs/attach.md)')
    .addHelpText('after', HELP)
    .action(async (pools: string[], options: StatusOptions) => done(await status(pools, options)));
}

/** The SDK is loaded by those who ask. */
async function status(pools: string[], options: StatusOptions): Promise<ExitCode> {
  const { findingsOf, readStatus } = await import('../pool/status.ts');
  const { statusAsText } = await import('../pool/status-report.ts');
  const found = await readStatus(pools, options);
  const findings = findingsOf(found);
  console.log(options.json ? JSON.stringify({ ...found, findings }, null, 2) : statusAsText(found));
  return findings.length > 0 ? EXIT.findings : EXIT.ok;
}
