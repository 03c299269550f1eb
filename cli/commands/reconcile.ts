/** `gatehouse reconcile`: lists users whose welcoming is not through, and makes up for what is missing. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { MAIL_FROM, POOL_ID } from '../../shared/runtime/config.ts';
import { EXIT, type ExitCode, UsageError } from '../failure.ts';
import { loadPolicy } from '../policy-file.ts';
import { ReconcileReport } from '../reconcile-report.ts';
import { addTableOptions, type TableOptions, withTable } from '../table-options.ts';
import { loadTemplates } from '../template-files.ts';

export interface ReconcileOptions extends TableOptions {
  policy: string;
  users?: true;
  since?: number;
  resendWelcome?: true;
  skipWelcome?: true;
  from?: string;
  templates: string;
  rate: number;
  showUsers?: true;
  yes?: true;
  json?: true;
}

const HELP = `
Looks at whom the table lists as unfinished: a quota that was used up, a mail that was refused, a function that ended too
soon. With --users also at every confirmed user of the pool (ListUsers; never AdminGetUser, which bills), for those
of whom nothing was written down because the table was away. It cannot tell them from users who are older than the policy, or
whom an administrator made: --since leaves out older accounts. Users whom \`domains\` refuses are left out.

A welcome mail that was not sent, or perhaps was, stays listed until it is sent (--resend-welcome) or struck off
(--skip-welcome). Groups are given at --rate a second, because sign-ups share the account's 25. Running it again changes
nothing. docs/onboarding.md has the permissions that it takes.

Exit code: 0 nothing is left, 1 something is.

Examples:
  gatehouse reconcile eu-west-1_AbCdEf123 --stack gatehouse-prod
  gatehouse reconcile eu-west-1_AbCdEf123 --stack gatehouse-prod --yes
  gatehouse reconcile eu-west-1_AbCdEf123 --stack gatehouse-prod --users --since 2026-11-21 --skip-welcome --yes
  gatehouse reconcile eu-west-1_AbCdEf123 --stack gatehouse-prod --resend-welcome --from no-reply@example.com --yes`;

export function registerReconcile(program: Command, done: (code: ExitCode) => void): void {
  const command = program
    .command('reconcile')
    .summary('make up for what is missing of new users: profile, groups, welcome mail')
    .description('Lists users whose welcoming is not through, and makes up for what is missing.')
    .argument('<pool>', 'user pool id')
    .option('--policy <file>', 'policy file', 'policy.yml')
    .option('--users', 'also look at every confirmed user of the pool')
    .addOption(
      new Option('--since <day>', 'with --users: leave out accounts that are older (UTC)').argParser(dayOf),
    )
    .addOption(
      new Option('--resend-welcome', 'also send welcome mails that were not, or perhaps not, sent').conflicts(
        'skipWelcome',
      ),
    )
    .option('--skip-welcome', 'strike such mails off, without sending them')
    .addOption(
      new Option('--from <sender>', 'sender of mail: an address, or "Name <address>"')
        .env('MAIL_FROM')
        .argParser(senderOf),
    )
    .option('--templates <folder>', 'mail templates', 'templates')
    .addOption(new Option('--rate <number>', 'groups given a second, 1 to 20').argParser(rateOf).default(5))
    .option('--show-users', 'show user names and addresses as they are')
    .option('--yes', 'write; without it, only say what is missing');
  addTableOptions(command)
    .option(
      '--json',
      'print {"dryRun": …, "users": [{user, name, groups, welcome, state, problems}], "left": …}',
    )
    .addHelpText('after', HELP)
    .action(async (pool: string, options: ReconcileOptions) => done(await reconcile(pool, options)));
}

async function reconcile(pool: string, options: ReconcileOptions): Promise<ExitCode> {
  refuseUnusable(pool, options);
  const { artefact } = loadPolicy(options.policy);
  const templates = options.resendWelcome ? loadTemplates(options.templates) : null;
  const report = new ReconcileReport(options);
  await withTable({ ...options, pool }, async (store) => {
    const { reconcilePool } = await import('../reconcile-pool.ts');
    const found = reconcilePool({ pool, policy: artefact, store, templates }, options, report.looked);
    for await (const user of found) report.show(user);
  });
  return report.end() === 0 ? EXIT.ok : EXIT.findings;
}

function refuseUnusable(pool: string, { resendWelcome, from, since, users }: ReconcileOptions): void {
  if (!POOL_ID.test(pool))
    throw new UsageError(`${pool} is no user pool id\n  help: it looks like eu-west-1_AbCdEf123`);
  if (resendWelcome && from === undefined)
    throw new UsageError('--resend-welcome needs a sender\n  help: give --from, or set MAIL_FROM');
  if (since !== undefined && !users)
    throw new UsageError(
      '--since is for --users\n  help: who is listed as unfinished is looked at in any case',
    );
}

/** Epoch milliseconds of a day's begin. */
function dayOf(text: string): number {
  const start = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // V8 takes 2027-02-31 for a day in March.
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== text)
    throw new InvalidArgumentError('It must be a day like 2026-11-21.');
  return start;
}

function senderOf(text: string): string {
  if (!MAIL_FROM.test(text))
    throw new InvalidArgumentError('It must be an e-mail address, or a name and an address in <>.');
  return text;
}

function rateOf(text: string): number {
  const rate = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (rate < 1 || rate > 20) throw new InvalidArgumentError('It must be a whole number from 1 to 20.');
  return rate;
}
