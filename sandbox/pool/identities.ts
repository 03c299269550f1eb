/** The attribute `identities`: the provider accounts that sign in to one user (contracts F2). */

import { attributeOf, withAttributes } from './attributes.ts';
import type { User } from './directory.ts';
import { PoolError } from './errors.ts';
import type { PoolSettings, ProviderType } from './settings.ts';

export interface Identity {
  userId: string;
  providerName: string;
  providerType: ProviderType;
  issuer: string | null;
  primary: boolean;
  /** Milliseconds. */
  dateCreated: number;
}

const MOST_IDENTITIES = 5;

/** The name of a profile that a provider's person gets here. */
export function federatedUserName(
  providerName: string,
  subject: string,
  { caseSensitive }: Pick<PoolSettings, 'caseSensitive'>,
): string {
  const name = `${providerName}_${subject}`;
  return caseSensitive ? name : name.toLowerCase();
}

export function identityOf(
  account: { providerName: string; type: ProviderType; subject: string; primary: boolean },
  nowMs: number,
): Identity {
  return {
    userId: account.subject,
    providerName: account.providerName,
    providerType: account.type,
    issuer: null,
    primary: account.primary,
    dateCreated: nowMs,
  };
}

export function isIdentity(user: User, providerName: string, subject: string): boolean {
  return identitiesOf(user).some((each) => each.providerName === providerName && each.userId === subject);
}

export function withIdentity(user: User, identity: Identity): User {
  const identities = [...identitiesOf(user), identity];
  if (identities.length > MOST_IDENTITIES)
    throw new PoolError('LimitExceededException', `A user has at most ${MOST_IDENTITIES} linked identities.`);
  return withAttributes(user, { identities: JSON.stringify(identities) });
}

function identitiesOf(user: User): Identity[] {
  return JSON.parse(attributeOf(user, 'identities') ?? '[]') as Identity[];
}
