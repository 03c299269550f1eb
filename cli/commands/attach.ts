/** `gatehouse attach`: puts the triggers onto existing user pools, and loses nothing. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXIT, type ExitCode } from '../failure.ts';
import type { AttachedPool, AttachOptions } from '../pool/attach.ts';
import { addPoolOptions, addWriteOptions, triggerOption } from '../pool/options.ts';

const HELP = `
UpdateUserPool resets what a request leaves out. This reads the pool as AWS describes it, in JSON that no SDK has cut
down; refuses if there is a setting that it does not know; shows what would change, and how many of the pool's users
would get no token under the policy, by reason. With --yes it allows the pool to call the functions, saves a backup
(readable by you alone), writes the whole description back with the triggers in it, reads it again and compares. What
its own write reset it sends again; if somebody else has written since, it stops and shows both sides.

The functions are those of a deployed stack (--stack), or are named one by one (--function). Without a pool id, the
stack's own pool is meant. Of the triggers those are attached that the policy has work for. A trigger that calls
another function is taken only with --replace; gatehouse detach puts it back.

Attach in observe mode first (npm run deploy with --param="mode=observe"): nobody is refused, would_deny is counted,
and tokens get what an enforcing authorizer will ask for. Then: gatehouse status, gatehouse mode enforce.

Running it again finishes what was interrupted, and writes nothing if all is there.

docs/attach.md has the whole way, the permissions, and the shape of --json.

Exit code: 0 done, or nothing to do; 1 a dry run found users who would be refused; 3 refused or failed.

Examples:
  gatehouse attach eu-west-1_AbCdEf123 --stack gatehouse-prod
  gatehouse attach eu-west-1_AbCdEf123 --stack gatehouse-prod --yes
  gatehouse attach --stack gatehouse-dev --show-users
  gatehouse attach eu-west-1_AbCdEf123 eu-west-1_GhIjKl456 --stack gatehouse-prod --no-users --json
  gatehouse attach eu-west-1_AbCdEf123 --function pre-sign-up=arn:aws:lambda:eu-west-1:123456789012:function:mine`;

export function registerAttach(program: Command, done: (code: ExitCode) => void): void {
  const command = addPoolOptions(
    program
      .command('attach')
      .summary('put the triggers onto existing user pools, and lose no setting')
      .description('Attaches the functions of a stack to user pools that are there. Dry run without --yes.')
      .argument('[pool...]', 'user pool ids; default: the pool of the stack')
      .option('--policy <file>', 'the policy that the functions were built with', 'policy.yml')
      .addOption(triggerOption('those that the policy needs'))
      .addOption(
        new Option(
          '--pre-token-version <version>',
          'event version of pre-token-generation (default: the best of the tier)',
        ).choices(['V1_0', 'V2_0', 'V3_0']),
      )
      .option('--replace', 'take slots that call another function')
      .option('--no-users', 'do not count whom the policy would refuse')
      .addOption(
        new Option('--user-pages <number>', 'pages of 60 users asked for in a second')
          .argParser(perSecond)
          .default(10),
      )
      .option('--show-users', 'show examples of refused users unmasked')
      .option('--accept-refusals', 'write though enforcing functions would refuse users'),
  );
  addWriteOptions(command)
    .option('--json', 'print {"pools": [...]} (docs/attach.md)')
    .addHelpText('after', HELP)
    .action(async (pools: string[], options: AttachOptions) => done(await attach(pools, options)));
}

/** The SDK is loaded by those who attach. */
async function attach(pools: string[], options: AttachOptions): Promise<ExitCode> {
  const { attachPools, hasFindings } = await import('../pool/attach.ts');
  const { attachedAsJson, attachedAsText } = await import('../pool/attach-report.ts');
  const { isFailure } = await import('../pool/outcome.ts');
  const attached = await attachPools(pools, options);
  const showUsers = options.showUsers === true;
  console.log(
    options.json
      ? JSON.stringify({ pools: attached.map((pool) => attachedAsJson(pool, showUsers)) }, null, 2)
      : attached.map((pool) => attachedAsText(pool, { showUsers })).join('\n\n'),
  );
  const refused = attached.some(({ judgement }) => judgement.refusals.length > 0);
  if (!options.yes && !refused && attached.some(changesSomething))
    console.error('dry run: nothing was written; --yes writes');
  const failed = attached.some(
    ({ written }) => written && [written.pool, ...written.clients].some(isFailure),
  );
  if (refused || failed) return EXIT.failure;
  return !options.yes && attached.some(hasFindings) ? EXIT.findings : EXIT.ok;
}

function changesSomething({ survey, customAuthClients }: AttachedPool): boolean {
  return (
    survey.plan.changes.length > 0 ||
    customAuthClients.length > 0 ||
    survey.ours.some(({ permission }) => permission !== 'exact')
  );
}

function perSecond(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 100))
    throw new InvalidArgumentError('It must be a number above 0, of 100 at most.');
  return number;
}
