/** `gatehouse detach`: takes the triggers off user pools, and puts back what was there. */

import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../failure.ts';
import type { DetachOptions } from '../pool/detach.ts';
import { addPoolOptions, addWriteOptions, triggerOption } from '../pool/options.ts';

const HELP = `
Only slots that call the stack's functions are touched, and written as carefully as by gatehouse attach. What such a
slot called before is put back, if a backup in --backups remembers it and that function is still there; else the slot
is emptied. Everything else stays as it is now, also what was changed since attaching. Then the permissions go that
attaching had added.

Detach before a stack is removed: a pool whose trigger's function is gone signs nobody in.

Exit code: 0 done, or nothing to do; 3 refused or failed.

Examples:
  gatehouse detach eu-west-1_AbCdEf123 --stack gatehouse-prod
  gatehouse detach eu-west-1_AbCdEf123 --stack gatehouse-prod --yes
  gatehouse detach eu-west-1_AbCdEf123 --stack gatehouse-prod --trigger pre-sign-up --no-restore`;

export function registerDetach(program: Command, done: (code: ExitCode) => void): void {
  const command = addPoolOptions(
    program
      .command('detach')
      .summary('take the triggers off user pools, and put back what was there')
      .description('Takes the functions of a stack off user pools. Dry run without --yes.')
      .argument('[pool...]', 'user pool ids; default: the pool of the stack')
      .addOption(triggerOption('all that are attached'))
      .option('--no-restore', 'leave the slots empty'),
  );
  addWriteOptions(command)
    .option('--json', 'print {"pools": [...]} (docs/attach.md)')
    .addHelpText('after', HELP)
    .action(async (pools: string[], options: DetachOptions) => done(await detach(pools, options)));
}

/** The SDK is loaded by those who detach. */
async function detach(pools: string[], options: DetachOptions): Promise<ExitCode> {
  const { detachPools } = await import('../pool/detach.ts');
  const { detachedAsJson, detachedAsText } = await import('../pool/detach-report.ts');
  const { isFailure } = await import('../pool/outcome.ts');
  const detached = await detachPools(pools, options);
  console.log(
    options.json
      ? JSON.stringify({ pools: detached.map(detachedAsJson) }, null, 2)
      : detached.map(detachedAsText).join('\n\n'),
  );
  const refused = detached.some(({ plan }) => plan.refusals.length > 0);
  if (!options.yes && !refused && detached.some(({ plan }) => plan.changes.length > 0))
    console.error('dry run: nothing was written; --yes writes');
  const outcomes = detached.flatMap(({ written }) =>
    written ? [...written.clients, ...(written.pool ? [written.pool] : [])] : [],
  );
  return refused || outcomes.some(isFailure) ? EXIT.failure : EXIT.ok;
}
