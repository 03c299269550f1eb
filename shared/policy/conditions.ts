/** `to` and `unless`: what a condition makes of the evidence (docs/policy.md, "Conditions"). */

import type { CompiledCondition } from './artefact.ts';
import { isScalar } from './claims.ts';
import { domainMatches } from './domain.ts';
import { type Memberships, memberTruth } from './memberships.ts';
import { evidenceOf, type Principal } from './principal.ts';
import { anyOf, type Truth } from './truth.ts';

export type ConditionKey =
  | 'groups'
  | 'domains'
  | 'scopes'
  | 'clients'
  | 'pools'
  | 'claims'
  | 'mfa'
  | 'auth_age'
  | 'machine';

/** One key of a condition, judged. `name` is set for `claims`, which has a truth for each claim. */
export interface KeyTruth {
  key: ConditionKey;
  name?: string;
  truth: Truth;
}

/** What a condition is judged against. */
export interface Evidence {
  principal: Principal;
  memberships: Memberships;
  /** The moment until which the answer may be used, and now; seconds since 1970. */
  nowSeconds: number;
  usableUntilSeconds: number;
}

/** RFC 8176 names of a second factor, as Cognito writes them into `amr`. */
const SECOND_FACTORS = ['mfa', 'swk', 'hwk'];

/** Judges every key that is present. All must be true for the condition to be: see `allOf`. */
export function judgeCondition(condition: CompiledCondition, evidence: Evidence): KeyTruth[] {
  const { principal, memberships } = evidence;
  const { groups, domains, scopes, clients, pools, claims, mfa, authAgeSeconds, machine } = condition;
  const judged: KeyTruth[] = [];
  const judge = (key: ConditionKey, truth: Truth) => judged.push({ key, truth });
  const isMachine = principal.kind === 'machine';

  if (groups) judge('groups', anyOf(groups.map((group) => memberTruth(memberships, group))));
  if (domains) judge('domains', isMachine ? false : domainTruth(domains, principal.domain));
  if (scopes) judge('scopes', principal.scopes === null ? 'unknown' : overlap(scopes, principal.scopes));
  if (clients) judge('clients', principal.client === null ? 'unknown' : clients.includes(principal.client));
  if (pools) judge('pools', principal.pool === null ? 'unknown' : pools.includes(principal.pool));
  for (const { name, values } of claims ?? []) {
    judged.push({ key: 'claims', name, truth: claimTruth(evidenceOf(principal, name), values) });
  }
  if (mfa) judge('mfa', isMachine ? false : mfaTruth(evidenceOf(principal, 'amr')));
  if (authAgeSeconds !== undefined)
    judge('auth_age', isMachine ? false : authAgeTruth(authAgeSeconds, evidence));
  if (machine !== undefined) judge('machine', isMachine === machine);
  return judged;
}

function domainTruth(domains: NonNullable<CompiledCondition['domains']>, domain: string | null): Truth {
  return domain === null ? 'unknown' : domainMatches(domains, domain);
}

function overlap(wanted: readonly string[], had: readonly string[]): boolean {
  return wanted.some((each) => had.includes(each));
}

/** Scalars are compared as text; of a list, any scalar element; null and objects are no evidence. */
function claimTruth(value: unknown, wanted: readonly string[]): Truth {
  if (Array.isArray(value))
    return value.some((element) => isScalar(element) && wanted.includes(String(element)));
  return isScalar(value) ? wanted.includes(String(value)) : 'unknown';
}

/** Cognito writes `amr` only where `acr_values` is used (developer guide, step-up-authentication). */
function mfaTruth(amr: unknown): Truth {
  if (!Array.isArray(amr)) return 'unknown';
  // Federated sign-in: the second factor, if there was one, was not Cognito's to see.
  return SECOND_FACTORS.some((factor) => amr.includes(factor)) && !amr.includes('fed');
}

function authAgeTruth(ageSeconds: number, { principal, nowSeconds, usableUntilSeconds }: Evidence): Truth {
  const authTime = evidenceOf(principal, 'auth_time');
  if (typeof authTime !== 'number' || !Number.isFinite(authTime)) return 'unknown';
  return authTime <= nowSeconds && usableUntilSeconds - authTime <= ageSeconds;
}
