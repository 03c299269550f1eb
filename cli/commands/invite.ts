/** `gatehouse invite`: who may sign up where the policy says `sign_up: { mode: invite }`. */

import type { Command } from 'commander';
import { invitationFor } from '../../shared/policy/invitation.ts';
import { printable } from '../../shared/policy/print.ts';
import {
  giveInvitation,
  type InvitationChange,
  listInvitations,
  takeBackInvitation,
} from '../../shared/store/invitations.ts';
import type { Store } from '../../shared/store/ports.ts';
import { dateOf, expiryOf } from '../expiry.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { addTableOptions, type TableOptions, withTable } from '../table-options.ts';

interface InviteOptions extends TableOptions {
  expires?: number;
  yes?: true;
  json?: true;
}

interface ChangedInvitation {
  invited: string;
  change: InvitationChange;
  expiresAt: number | null;
}

const WHO = 'addresses (ada@example.com), or whole domains (example.com)';
const CHANGES_JSON = 'print {"dryRun": …, "invitations": [{invited, change, expires}]}';

const ADD_HELP = `
An address is compared as the sign-up trigger does it: the domain in its ASCII form, ASCII letters in lower case, and
what stands behind a + as part of it. A domain invites exactly that domain, not its subdomains. An invitation is not
used up: its address is, by the account. Given again, it is kept, and gets the new end, or none.

Change: new, changed (another end), or unchanged.

Examples:
  gatehouse invite add ada@example.com --expires 14d --stack gatehouse-prod
  gatehouse invite add partner.io ada@example.com --table gatehouse-prod-Table-1X --yes`;

const REMOVE_HELP = `
Who has an account keeps it.

Change: removed, or absent.

Examples:
  gatehouse invite remove ada@example.com --stack gatehouse-prod --yes`;

const LIST_HELP = `
Examples:
  gatehouse invite list --stack gatehouse-prod --json`;

export function registerInvite(program: Command, done: (code: ExitCode) => void): void {
  const invite = program
    .command('invite')
    .summary('say who may sign up where the policy asks for invitations')
    .description('Works with the invitations of `sign_up: { mode: invite }`.');
  addWriteOptions(invite.command('add'))
    .description('Invites addresses, or whole domains.')
    .option('--expires <when>', 'end of the invitation: 14d, 12h, or a date like 2027-01-31 (UTC)', expiryOf)
    .addHelpText('after', ADD_HELP)
    .action(async (who: string[], options: InviteOptions) => done(await add(who, options)));
  addWriteOptions(invite.command('remove'))
    .description('Takes invitations back.')
    .addHelpText('after', REMOVE_HELP)
    .action(async (who: string[], options: InviteOptions) => done(await remove(who, options)));
  addTableOptions(invite.command('list'))
    .description('Lists the invitations that have not ended.')
    .option('--json', 'print {"invitations": [{invited, expires, since}]}')
    .addHelpText('after', LIST_HELP)
    .action(async (options: InviteOptions) => done(await list(options)));
}

function addWriteOptions(command: Command): Command {
  return addTableOptions(command.argument('<who...>', WHO))
    .option('--yes', 'write; without it, only say what would change')
    .option('--json', CHANGES_JSON);
}

function add(who: string[], options: InviteOptions): Promise<ExitCode> {
  const expiresAt = options.expires ?? null;
  const how = { write: options.yes === true, nowSeconds: Math.floor(Date.now() / 1000) };
  return change(who, options, async (store, invited) => ({
    invited,
    change: await giveInvitation(store, { invited, expiresAt }, how),
    expiresAt,
  }));
}

function remove(who: string[], options: InviteOptions): Promise<ExitCode> {
  return change(who, options, async (store, invited) => ({
    invited,
    change: await takeBackInvitation(store, invited, { write: options.yes === true }),
    expiresAt: null,
  }));
}

async function change(
  who: string[],
  options: InviteOptions,
  one: (store: Store, invited: string) => Promise<ChangedInvitation>,
): Promise<ExitCode> {
  const invitations = await readInvited(who);
  const changes = await withTable(options, async (store) => {
    const changed: ChangedInvitation[] = [];
    for (const invited of invitations) changed.push(await one(store, invited));
    return changed;
  });
  const dryRun = options.yes !== true;
  if (options.json) {
    const shown = changes.map(({ expiresAt, ...rest }) => ({ ...rest, expires: dateOf(expiresAt) }));
    console.log(JSON.stringify({ dryRun, invitations: shown }, null, 2));
  } else
    for (const each of changes)
      console.log(`${each.change.padEnd(9)} ${shownInvitation(each.invited, each.expiresAt)}`);
  if (dryRun) console.error('note: nothing was written; --yes writes it');
  return EXIT.ok;
}

async function list(options: InviteOptions): Promise<ExitCode> {
  const invitations = await withTable(options, async (store) => {
    const all = [];
    for await (const each of listInvitations(store)) all.push(each);
    return all;
  });
  if (options.json) {
    const shown = invitations.map(({ invited, expiresAt, since }) => ({
      invited,
      expires: dateOf(expiresAt),
      since: dateOf(since),
    }));
    console.log(JSON.stringify({ invitations: shown }, null, 2));
  } else for (const { invited, expiresAt } of invitations) console.log(shownInvitation(invited, expiresAt));
  return EXIT.ok;
}

/** All that is given, before anything is asked or written. Throws `CommandFailure` that names what is no address. */
async function readInvited(who: string[]): Promise<string[]> {
  const read = await Promise.all(who.map(async (text) => ({ text, invited: await invitationFor(text) })));
  const wrong = read.filter(({ invited }) => invited === null).map(({ text }) => printable(text));
  if (wrong.length > 0)
    throw new CommandFailure(
      `neither an e-mail address nor a domain: ${wrong.join(', ')}\n  help: write ada@example.com or example.com; subdomains are invited one by one`,
    );
  return [...new Set(read.flatMap(({ invited }) => invited ?? []))];
}

function shownInvitation(invited: string, expiresAt: number | null): string {
  const end = dateOf(expiresAt);
  return `${printable(invited)}${end === null ? '' : `  until ${end}`}`;
}
