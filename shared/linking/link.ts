/**
 * Links a first sign-in through a provider to the one account that is surely the same person's (contracts F3), where
 * the policy says so (`providers.*.link`). Can be repeated, and run several times at once.
 */

import type { Artefact, CompiledProvider } from '../policy/artefact.ts';
import { type Claims, claim } from '../policy/claims.ts';
import { type Mailbox, mailboxOf } from '../policy/mailbox.ts';
import { vouchesFor } from '../policy/vouching.ts';
import { identitiesOf, readingsOf, spelledSubject } from './identity.ts';
import { judgeUsers, type SeparateReason } from './judge.ts';
import type { Directory, Identity, PoolUser } from './ports.ts';

export interface FederatedSignUp {
  pool: string;
  userName: string;
  /** As the pool's attribute mapping has made them. */
  attributes: Claims;
}

export type LinkOutcome =
  | { kind: 'linked' }
  | { kind: 'separate'; reason: SeparateReason | 'not_vouched' }
  | { kind: 'blocked' };

/** The account is found and cannot be linked to; making another would split the person in two for good. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly code: 'LINK_SUBJECT_UNKNOWN' | 'LINK_LIMIT' | 'LINK_REFUSED';

  constructor(code: LinkError['code']) {
    super('the identity cannot be linked to its account');
    this.code = code;
  }
}

/** Cognito's limit (quotas). */
const MAX_IDENTITIES = 5;

/** Null if the policy links nobody of this provider. Throws `LinkError`, `DirectoryError`. */
export async function linkFederatedUser(
  { policy: { providers }, directory }: { policy: Pick<Artefact, 'providers'>; directory: Directory },
  signUp: FederatedSignUp,
): Promise<LinkOutcome | null> {
  const linking = Object.keys(providers).filter((name) => providers[name]?.link);
  const readings = readingsOf(Object.keys(providers), signUp.userName);
  const [reading] = readings;
  if (!reading || !linking.includes(reading.provider)) return null;
  const trusted = providers[reading.provider] as CompiledProvider;
  const mailbox = await mailboxOf(claim(signUp.attributes, 'email'));
  const said = claim(signUp.attributes, 'email_verified');
  // Of a name that fits two providers, either may be meant.
  const isVouched = (name: string) =>
    vouchesFor(providers[name] as CompiledProvider, mailbox?.domain ?? null, said);
  if (mailbox === null || !readings.every(({ provider }) => isVouched(provider)))
    return { kind: 'separate', reason: 'not_vouched' };

  const subject = spelledSubject(reading, trusted, signUp);
  const users = await usersOf(directory, signUp, mailbox);
  const judgement = await judgeUsers(users, mailbox, { provider: reading.provider, subject });
  if (judgement.kind !== 'link') return judgement;
  if (subject === null) throw new LinkError('LINK_SUBJECT_UNKNOWN');
  if (identitiesOf(judgement.user.attributes).length >= MAX_IDENTITIES) throw new LinkError('LINK_LIMIT');
  const linked = await directory.link(signUp.pool, judgement.user.username, { ...reading, subject });
  if (!linked) await assertLinked({ directory, signUp, mailbox }, judgement.user, { ...reading, subject });
  return { kind: 'linked' };
}

/** The pool's filter may tell upper from lower case. */
function usersOf(directory: Directory, { pool, attributes }: FederatedSignUp, { address }: Mailbox) {
  return directory.usersByEmail(pool, [...new Set([String(attributes['email']), address])]);
}

/** A refusal is what a repetition gets, too: Cognito asks triggers again, and people sign in twice at once. */
async function assertLinked(
  { directory, signUp, mailbox }: { directory: Directory; signUp: FederatedSignUp; mailbox: Mailbox },
  { username }: PoolUser,
  { provider, subject }: Identity,
): Promise<void> {
  const users = await usersOf(directory, signUp, mailbox);
  const same = users.find((user) => user.username === username);
  const isThere = identitiesOf(same?.attributes ?? {}).some(
    (identity) => identity.provider === provider && identity.subject === subject,
  );
  if (!isThere) throw new LinkError('LINK_REFUSED');
}
