/** What a provider's response makes of somebody's profile: whether the address counts, and which groups are let in. */

import type { Artefact, CompiledProvider } from './artefact.ts';
import { type Claims, claim, isVerified } from './claims.ts';
import { acceptedGroups, printGroupList, readProviderGroups } from './idp-groups.ts';
import { mailIdentity } from './principal.ts';
import { vouchesFor } from './vouching.ts';

export interface FederatedProfile {
  /** All that the pool's attribute mapping is to see, by the provider's names; what is left out is dropped. */
  attributes: Record<string, string>;
  /** Why the address does not count as verified; null if it does. */
  flaw: 'email_missing' | 'email_unverified' | 'domain_denied' | null;
  /** True if the provider itself calls the address verified, and is not trusted to. */
  withdrawn: boolean;
}

/** A provider that the policy does not list vouches for nobody. */
const UNLISTED: CompiledProvider = {
  domains: {},
  link: false,
  claims: { email: 'email', groups: 'groups', keep: [] },
};

/** `response`: what the provider says of somebody, by its own names. */
export async function federatedProfile(
  policy: Artefact,
  providerName: string,
  response: Claims,
): Promise<FederatedProfile> {
  const { providers } = policy;
  const provider = Object.hasOwn(providers, providerName)
    ? (providers[providerName] as CompiledProvider)
    : UNLISTED;
  const email = claim(response, provider.claims.email);
  const said = claim(response, 'email_verified');
  const mail = await mailIdentity(email, true);
  const isVouched = vouchesFor(provider, mail.domain, said);
  const attributes = Object.fromEntries([
    ...Object.entries(response).filter(([name]) => mayPass(name, provider)),
    // Under the pool's own name as well, so that what counts is what was judged, whichever of the two is mapped.
    ['email', email],
    // Never left out: Cognito keeps an attribute's old value then (contracts F4).
    ['email_verified', isVouched],
    ...groupEntries(policy, providerName, { provider, response }),
  ]);
  return {
    attributes: asTexts(attributes),
    flaw: isVouched ? null : (mail.domainFlaw ?? 'email_unverified'),
    withdrawn: !isVouched && isVerified(said),
  };
}

/**
 * A response holds whatever the provider likes, and may call it by the name of an attribute that only the pool's owner
 * sets (`custom:tenant`). It is not known whether Cognito would take it for that attribute; so it passes only if named.
 */
function mayPass(name: string, { claims }: CompiledProvider): boolean {
  return !/^(?:custom:|dev:|cognito:|identities$)/.test(name) || claims.keep.includes(name);
}

function groupEntries(
  policy: Artefact,
  providerName: string,
  { provider, response }: { provider: CompiledProvider; response: Claims },
): [string, string][] {
  const { groupsAttribute, claims } = provider;
  if (groupsAttribute === undefined) return [];
  const theirs = readProviderGroups(claim(response, claims.groups));
  const list = printGroupList(acceptedGroups(policy, providerName, theirs));
  return [
    [claims.groups, list],
    [groupsAttribute, list],
  ];
}

/** Cognito takes text only; lists as it writes them itself. What is neither is left out. */
function asTexts(attributes: Record<string, unknown>): Record<string, string> {
  const texts = Object.entries(attributes).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'string') return [[name, value]];
    if (typeof value === 'number' || typeof value === 'boolean') return [[name, String(value)]];
    if (Array.isArray(value) && value.every((each) => typeof each === 'string'))
      return [[name, printGroupList(value)]];
    return [];
  });
  return Object.fromEntries(texts);
}
