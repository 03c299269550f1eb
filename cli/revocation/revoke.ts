/** `gatehouse revoke`: cuts, blocks and signs out. Loads the SDK: import it lazily. */

import { type BlockSubject, block } from '../../shared/store/blocks.ts';
import { appendCuts } from '../../shared/store/cut-journal.ts';
import type { Cut, CutSubject } from '../../shared/store/cuts.ts';
import { lastCutsKey } from '../../shared/store/keys.ts';
import type { Store } from '../../shared/store/ports.ts';
import { reasonOf } from '../../shared/pool/failures.ts';
import { dateOf } from '../expiry.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { withTable } from '../table-options.ts';
import type { Named, NamingOptions } from './named.ts';
import { type Reach, type ReachOptions, reachAsText, readReach, worstCaseSeconds } from './reach.ts';
import { findSubjects, type Subjects, shownSubject } from './subjects.ts';

export interface RevokeOptions extends NamingOptions, ReachOptions {
  /** Seconds for which a cut is kept. */
  for?: number;
  block?: true;
  signOut?: true;
  yes?: true;
  json?: true;
}

/** A laptop's clock that is further off is worth a word. */
const CLOCK_NOTE_SECONDS = 5;

interface Revoked {
  cuts: Cut[];
  blocks: (BlockSubject & { change: 'new' | 'there' })[];
  signedOut: string[];
  /** Why users could not be signed out, by user name. */
  notSignedOut: Map<string, string>;
}

/** What stops new tokens comes first, and the cut last, so that none that is issued meanwhile is behind it. */
export async function revoke(named: Named, options: RevokeOptions & { for: number }): Promise<ExitCode> {
  return withTable(options, async (store, table) => {
    const found = await findSubjects(named, options, table);
    const reach = await readReach(options, table);
    const write = options.yes === true;
    const blocks = options.block ? await blockAll(store, found.subjects, write) : [];
    const out = options.signOut ? await signOutAll(found, write) : { signedOut: [], notSignedOut: new Map() };
    const at = await tableTime(store, table.clock);
    const cuts = found.subjects.map((subject) => ({ ...subject, at, expiresAt: at + options.for }));
    if (write) await appendCuts(store, cuts);
    const revoked = { cuts, blocks, ...out };
    console.log(options.json ? asJson(revoked, reach, write) : asText(revoked, reach, found.people));
    if (!write) console.error('note: nothing was written; --yes writes it');
    return judge(revoked, reach);
  });
}

async function blockAll(store: Store, subjects: CutSubject[], write: boolean): Promise<Revoked['blocks']> {
  const blocks: Revoked['blocks'] = [];
  for (const { kind, ...rest } of subjects) {
    if (kind !== 'user' && kind !== 'client') continue;
    const isNew = await block(store, { kind, ...rest }, { write, since: Math.floor(Date.now() / 1000) });
    blocks.push({ kind, ...rest, change: isNew ? 'new' : 'there' });
  }
  return blocks;
}

/** Who cannot be signed out is cut off all the same. */
async function signOutAll(
  { people, users }: Subjects,
  write: boolean,
): Promise<Pick<Revoked, 'signedOut' | 'notSignedOut'>> {
  const notSignedOut = new Map<string, string>();
  const signedOut: string[] = [];
  if (users === null || people.size === 0) notSignedOut.set('', 'the user pool does not know the user');
  for (const person of people.values()) {
    try {
      if (write) await users?.signOut(person);
      signedOut.push(person.username);
    } catch (error) {
      notSignedOut.set(person.username, reasonOf(error));
    }
  }
  return { signedOut, notSignedOut };
}

/** Epoch seconds by the clock of AWS, by which Cognito writes `auth_time` too. */
async function tableTime(store: Store, clock: () => number | null): Promise<number> {
  await store.get(lastCutsKey());
  const here = Math.floor(Date.now() / 1000);
  const there = clock() ?? here;
  if (Math.abs(there - here) > CLOCK_NOTE_SECONDS)
    console.error(`note: this machine's clock is ${Math.abs(there - here)} s off the table's, which counts`);
  return there;
}

function judge({ notSignedOut }: Revoked, { isRead }: Reach): ExitCode {
  if (notSignedOut.size > 0) {
    const reasons = [...notSignedOut].map(([username, reason]) =>
      username ? `${username}: ${reason}` : reason,
    );
    throw new CommandFailure(
      `cut off, but not signed out of Cognito: ${reasons.join(', ')}\n  help: it takes cognito-idp:AdminUserGlobalSignOut; the same command may be given again`,
    );
  }
  if (isRead !== false) return EXIT.ok;
  console.error(
    'warning: the authorizer reads another table, or none, and so no cut\n  help: deploy it with `revocation: on`, and look at its TABLE_NAME',
  );
  return EXIT.findings;
}

function asText({ cuts, blocks, signedOut }: Revoked, reach: Reach, people: Subjects['people']): string {
  return [
    ...blocks.map(
      (each) => `block     ${shownSubject(each, people)}${each.change === 'there' ? ': there is one' : ''}`,
    ),
    ...signedOut.map((username) => `sign out  ${username}`),
    ...cuts.map(
      (each) =>
        `cut       ${shownSubject(each, people)}: sign-ins up to ${dateOf(each.at)}, kept until ${dateOf(each.expiresAt)?.slice(0, 10)}`,
    ),
    reachAsText(reach),
  ].join('\n');
}

function asJson({ cuts, blocks, signedOut }: Revoked, reach: Reach, write: boolean): string {
  const felt = { withinSeconds: worstCaseSeconds(reach), ...reach };
  const shown = cuts.map(({ at, expiresAt, ...rest }) => ({
    ...rest,
    at: dateOf(at),
    expires: dateOf(expiresAt),
  }));
  return JSON.stringify({ dryRun: !write, cuts: shown, blocks, signedOut, felt }, null, 2);
}
