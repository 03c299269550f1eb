/** Which groups a principal is in, once the policy has had its say. */

import type { Artefact } from './artefact.ts';
import { domainMatches } from './domain.ts';
import type { Principal } from './principal.ts';
import type { Truth } from './truth.ts';

export interface Memberships {
  /** Known members, with all that their groups include; also groups outside the policy. */
  held: ReadonlySet<string>;
  /** Membership that hangs on evidence that is absent. */
  unknown: ReadonlySet<string>;
}

const NONE: Memberships = { held: new Set(), unknown: new Set() };

type Member = Readonly<Pick<Principal, 'kind' | 'domain' | 'groups'>>;

/** Of a principal that is remembered, with its token, between requests. */
const COMPUTED = new WeakMap<Member, { policy: Artefact; memberships: Memberships }>();

/** Groups as the token lists them and as the domain computes them, closed over `includes`. */
export function membershipsOf(policy: Artefact, principal: Member): Memberships {
  const known = COMPUTED.get(principal);
  if (known?.policy === policy) return known.memberships;
  const memberships = computeMemberships(policy, principal);
  COMPUTED.set(principal, { policy, memberships });
  return memberships;
}

function computeMemberships(policy: Artefact, principal: Member): Memberships {
  if (principal.kind === 'machine') return NONE;
  const { domainGroups, groups } = policy;
  const byDomain = domainGroups.filter((name) => isMemberByDomain(policy, name, principal.domain));
  const undecided = principal.domain === null ? domainGroups : [];
  const unreadable = principal.groups === 'unknown' ? Object.keys(groups) : [];
  const listed = principal.groups === 'unknown' ? [] : principal.groups;
  return {
    held: closure(policy, [...listed.filter((name) => !isDomainGroup(policy, name)), ...byDomain]),
    unknown: closure(policy, [...undecided, ...unreadable.filter((name) => !isDomainGroup(policy, name))]),
  };
}

/** Membership in one group: held, unknown, or not. */
export function memberTruth(memberships: Memberships, group: string): Truth {
  if (memberships.held.has(group)) return true;
  return memberships.unknown.has(group) ? 'unknown' : false;
}

/** Membership by domain comes from the domain alone, never from a listing: who leaves the policy leaves the group. */
function isDomainGroup(policy: Artefact, name: string): boolean {
  return Object.hasOwn(policy.groups, name) && policy.groups[name]?.memberDomains !== undefined;
}

function isMemberByDomain(policy: Artefact, name: string, domain: string | null): boolean {
  const domains = policy.groups[name]?.memberDomains;
  return domain !== null && domains !== undefined && domainMatches(domains, domain);
}

/** The groups themselves and everything that they include. */
function closure(policy: Artefact, names: readonly string[]): Set<string> {
  const reached = new Set(names);
  // A Set visits what is added to it while it is walked.
  for (const name of reached) {
    const includes = Object.hasOwn(policy.groups, name) ? (policy.groups[name]?.includes ?? []) : [];
    for (const included of includes) reached.add(included);
  }
  return reached;
}
