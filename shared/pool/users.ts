/**
 * How many of a pool's users the policy would refuse a token, by reason, before it is asked to. Reads `ListUsers` only:
 * `AdminGetUser` makes each user it is asked about a monthly active one, who is billed (contracts D1).
 */

import {
  type CognitoIdentityProviderClient,
  ListUsersCommand,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Artefact } from '../policy/artefact.ts';
import type { DecisionCode } from '../policy/codes.ts';
import { domainRefusal } from '../policy/decide.ts';
import { type MailIdentity, mailIdentity } from '../policy/principal.ts';
import { providerNames } from '../policy/tokens.ts';
import { vouchesFor } from '../policy/vouching.ts';

export interface UserCount {
  users: number;
  /** Get no tokens, whatever the policy says. */
  disabled: number;
  /** Have signed up and not confirmed; their address may be verified by then. */
  unconfirmed: number;
  /** Of providers, and judged by what `inbound-federation` will make of their address when they sign in next. */
  federated: number;
  passing: number;
  refused: Partial<Record<DecisionCode, RefusedUsers>>;
}

export interface RefusedUsers {
  count: number;
  examples: { username: string; email: string | null }[];
}

/** For each reason, so that a million users take no more memory than a hundred. */
const EXAMPLES = 3;
const PAGE = 60;

/** What the pool's triggers will judge users by. */
export interface Judges {
  policy: Artefact;
  /** True if `inbound-federation` says whose address counts. */
  vouching: boolean;
}

/** `progress` hears the number of users after each page. */
export async function countRefused(
  pages: AsyncIterable<readonly UserType[]>,
  judges: Judges,
  progress: (users: number) => void = () => {},
): Promise<UserCount> {
  const count: UserCount = { users: 0, disabled: 0, unconfirmed: 0, federated: 0, passing: 0, refused: {} };
  for await (const page of pages) {
    for (const user of page) await countUser(count, user, judges);
    progress(count.users);
  }
  return count;
}

export function refusedTotal({ refused }: UserCount): number {
  return Object.values(refused).reduce((sum, { count }) => sum + count, 0);
}

/**
 * The pool's users, page by page, at most `pagesPerSecond` of them: the account's sign-ins share the quota. Not asked for
 * by attribute: AWS then leaves out, or fails for, users who lack it.
 */
export async function* userPages(
  client: CognitoIdentityProviderClient,
  poolId: string,
  pagesPerSecond: number,
): AsyncGenerator<readonly UserType[]> {
  let token: string | undefined;
  let next = Date.now();
  do {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
    next = Math.max(next, Date.now()) + 1000 / pagesPerSecond;
    const page = await client.send(
      new ListUsersCommand({ UserPoolId: poolId, Limit: PAGE, PaginationToken: token }),
    );
    yield page.Users ?? [];
    token = page.PaginationToken;
  } while (token !== undefined);
}

async function countUser(count: UserCount, user: UserType, judges: Judges): Promise<void> {
  count.users += 1;
  if (user.Enabled === false) {
    count.disabled += 1;
    return;
  }
  if (user.UserStatus === 'UNCONFIRMED') {
    count.unconfirmed += 1;
    return;
  }
  const attributes = new Map((user.Attributes ?? []).map(({ Name: name, Value: value }) => [name, value]));
  const isFederated = judges.vouching && user.UserStatus === 'EXTERNAL_PROVIDER';
  if (isFederated) count.federated += 1;
  const refusal = domainRefusal(judges.policy, await mailOf(attributes, isFederated ? judges.policy : null));
  if (refusal === null) {
    count.passing += 1;
    return;
  }
  const refused = (count.refused[refusal] ??= { count: 0, examples: [] });
  refused.count += 1;
  if (refused.examples.length < EXAMPLES)
    refused.examples.push({ username: user.Username ?? '', email: attributes.get('email') ?? null });
}

/** As it is; or with `federation`, as it will be: a provider that the policy does not list vouches for nobody. */
async function mailOf(
  attributes: ReadonlyMap<string | undefined, string | undefined>,
  federation: Artefact | null,
): Promise<MailIdentity> {
  const email = attributes.get('email');
  if (federation === null) return mailIdentity(email, attributes.get('email_verified'));
  const [name = ''] = providerNames(attributes.get('identities'));
  const provider = Object.hasOwn(federation.providers, name) ? federation.providers[name] : undefined;
  const { domain } = await mailIdentity(email, true);
  return mailIdentity(email, provider !== undefined && vouchesFor(provider, domain, undefined));
}

/** Enough to recognise whom one knows, too little to learn of whom one does not; the domain is what decides. */
export function maskedUser({ username, email }: RefusedUsers['examples'][number]): string {
  if (email === null) return `${username.slice(0, 4)}…`;
  const at = email.lastIndexOf('@');
  return `${email.slice(0, 1)}…${at === -1 ? '' : email.slice(at)}`;
}
