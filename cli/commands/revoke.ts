/** `gatehouse revoke` and `gatehouse restore`: who is cut off, and who gets no tokens (docs/revocation.md). */

import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { secondsOf } from '../../shared/policy/duration.ts';
import type { CutKind } from '../../shared/store/cuts.ts';
import { type ExitCode, UsageError } from '../failure.ts';
import { append } from '../repeated.ts';
import { readNamed } from '../revocation/named.ts';
import type { RestoreOptions } from '../revocation/restore.ts';
import type { RevokeOptions } from '../revocation/revoke.ts';
import { addTableOptions } from '../table-options.ts';
import { wholeNumber } from '../whole-number.ts';

const KINDS: CutKind[] = ['user', 'session', 'token', 'client', 'all'];

/** Options that not everything has, and what has them. */
const ONLY: Record<string, (CutKind | 'list')[]> = {
  username: ['user'],
  email: ['user'],
  token: ['user', 'session', 'token'],
  block: ['user', 'client'],
  signOut: ['user'],
  cut: ['user', 'client'],
  for: KINDS,
  yes: KINDS,
};

/** Refresh tokens live for ten years at the most; access and ID tokens for a day (contracts C2). */
const KEEP = { token: secondsOf('2d'), other: secondsOf('3650d') };

const NAMING = `
A user is named by sub, or by --email or --username, which the pool is asked about (ListUsers), letter by letter; an address
may be of several users, and all of them are meant. A session is named by origin_jti, a token by jti, a client by its id. A
--token names its user, session or itself, and its pool; it is decoded, not verified. "all" is everybody of a pool.`;

const REVOKE_HELP = `${NAMING}

A cut denies, at the authorizer, every token of a sign-in up to now; whoever signs in anew gets in. Given again, it moves
forward. It is kept for --for, which must be longer than any refresh token lives: after it, tokens of before are good again.
--block (user, client) stops new tokens too; --sign-out (user) ends the refresh tokens at Cognito (AdminUserGlobalSignOut).

How soon a cut is felt is asked of the authorizer of --stack, or read from --serverless. "list" shows the cuts that hold,
and the blocks of --pool, of the stack's pool and of the pools that a cut names.

Exit code: 0 done, 1 the authorizer does not read the table, 3 not done, or not all of it.

Examples:
  gatehouse revoke user --email ada@example.com --block --stack gatehouse-prod
  gatehouse revoke session --token token.txt --stack gatehouse-prod --yes
  gatehouse revoke client 1example23456789 --stack gatehouse-prod --json
  gatehouse revoke all --pool eu-west-1_AbCdEf123 --stack gatehouse-prod
  gatehouse revoke list --stack gatehouse-prod`;

const RESTORE_HELP = `${NAMING}

A block is lifted. The cut of a user or client stays, for a new sign-in passes it; --cut takes it back, and makes what was
stolen good again. Of a session, a token and everybody there are only cuts, which are taken back.

Examples:
  gatehouse restore user --email ada@example.com --stack gatehouse-prod --yes
  gatehouse restore client 1example23456789 --cut --stack gatehouse-prod`;

export function registerRevoke(program: Command, done: (code: ExitCode) => void): void {
  const command = program
    .command('revoke')
    .summary('cut off a user, a session, a token, a client or everybody')
    .description('Denies the tokens of sign-ins up to now, at the authorizer, before they expire.');
  addNaming(command, [...KINDS, 'list'])
    .addOption(
      new Option(
        '--for <duration>',
        'how long the cut is kept, like 90d (default: token 2d, else 3650d)',
      ).argParser(keepFor),
    )
    .option('--block', 'and issue no new tokens, until `gatehouse restore`')
    .option('--sign-out', "and end the user's refresh tokens at Cognito")
    .addOption(new Option('--ttl <seconds>', "TTL of the gateway's cache").argParser(wholeNumber))
    .addOption(new Option('--refresh <seconds>', 'POLICY_REFRESH_SECONDS').argParser(wholeNumber))
    .option('--serverless <file>', 'the serverless.yml that says both')
    .option('--stage <name>', 'its stage', 'dev')
    .option<string[]>('--param <name=value>', 'parameter of the stage; may be repeated', append, [])
    .option('--yes', 'write; without it, only say what would change')
    .option('--json', 'print {dryRun, cuts: [...], blocks: [...], signedOut, felt: {withinSeconds, ...}}')
    .addHelpText('after', REVOKE_HELP)
    .action(async (what: CutKind | 'list', id: string | undefined, options: RevokeOptions) =>
      done(what === 'list' ? await list(id, options) : await revoke(what, id, options)),
    );
}

export function registerRestore(program: Command, done: (code: ExitCode) => void): void {
  const command = program
    .command('restore')
    .summary('lift a block, and take a cut back')
    .description('Lifts what `gatehouse revoke` has done.');
  addNaming(command, KINDS)
    .option('--cut', 'take the cut back too: tokens of before are good again')
    .option('--yes', 'write; without it, only say what would change')
    .option('--json', 'print {dryRun, restored: [{kind, pool, value, block, cut}]}')
    .addHelpText('after', RESTORE_HELP)
    .action(async (what: CutKind, id: string | undefined, options: RestoreOptions) =>
      done(await restore(what, id, options)),
    );
}

function addNaming(command: Command, choices: string[]): Command {
  command
    .addArgument(new Argument('<what>', 'what it is about').choices(choices))
    .argument('[id]', 'which one')
    .option('--username <name>', "the user's name in the pool")
    .option('--email <address>', "the user's address")
    .option('--token <file>', 'a token: a file, or - for standard input')
    .option('--pool <id>', "user pool, or the URL of another issuer (default: the token's, or the stack's)");
  return addTableOptions(command);
}

async function revoke(kind: CutKind, id: string | undefined, options: RevokeOptions): Promise<ExitCode> {
  assertOptions(kind, options);
  const named = readNamed(kind, id, options);
  const work = await import('../revocation/revoke.ts');
  return work.revoke(named, { ...options, for: options.for ?? (kind === 'token' ? KEEP.token : KEEP.other) });
}

async function restore(kind: CutKind, id: string | undefined, options: RestoreOptions): Promise<ExitCode> {
  assertOptions(kind, options);
  const named = readNamed(kind, id, options);
  const work = await import('../revocation/restore.ts');
  return work.restore(named, options);
}

async function list(id: string | undefined, options: RestoreOptions): Promise<ExitCode> {
  if (id !== undefined) throw new UsageError('`list` takes no id\n  help: choose a pool with --pool');
  assertOptions('list', options);
  const work = await import('../revocation/restore.ts');
  return work.list(options);
}

/** One that does nothing is a misunderstanding. */
function assertOptions(kind: CutKind | 'list', options: object): void {
  for (const [name, kinds] of Object.entries(ONLY)) {
    if (!(name in options) || kinds.includes(kind)) continue;
    const shown = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new UsageError(`--${shown} is for: ${kinds.join(', ')}`);
  }
}

/** Below two days an access token, and the answer that the gateway keeps of it, could outlive the cut. */
function keepFor(text: string): number {
  const seconds = /^[1-9]\d{0,5}[smhd]$/.test(text) ? secondsOf(text) : 0;
  if (seconds < KEEP.token) throw new InvalidArgumentError('It must be a time like 90d, and 2d at least.');
  return seconds;
}
