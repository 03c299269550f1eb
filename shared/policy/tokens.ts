/** What a policy puts into a user's tokens: groups, roles, claims, scopes and the domain stamp. */

import type { Artefact } from './artefact.ts';
import { claim, vouchedClaim } from './claims.ts';
import { groupsByProvider, parseGroupList } from './idp-groups.ts';
import { membershipsOf } from './memberships.ts';
import type { MailIdentity } from './principal.ts';
import { isReservedClaim } from './reserved-claims.ts';

/** A user as Cognito describes them when it is about to issue tokens. */
export interface TokenSubject {
  sub: string | null;
  mail: MailIdentity;
  attributes: Readonly<Record<string, unknown>>;
  /** What Cognito would put there; null if the event does not say: the unknown must not be overridden. */
  current: GroupChanges | null;
  /** Groups that the user has been added to just now, which Cognito would not put there yet. */
  given?: readonly string[];
}

export interface TokenChanges {
  /** Null: leave what Cognito would put there. */
  groups: GroupChanges | null;
  claims: Record<string, string | number | boolean>;
  scopes: string[];
  /** The verified domain for `gatehouse_domain`; null if there is none or nothing asks for it. */
  domainStamp: string | null;
}

export interface GroupChanges {
  groups: string[];
  roles: string[];
  preferredRole: string | null;
}

export function shapeTokens(policy: Artefact, subject: TokenSubject): TokenChanges {
  const listed = [
    ...(subject.current?.groups ?? []),
    ...(subject.given ?? []),
    ...idpGroups(policy, subject.attributes),
  ];
  const { held } = membershipsOf(policy, { kind: 'user', domain: subject.mail.domain, groups: listed });
  return {
    groups: subject.current && groupChanges(policy, subject.current, held),
    claims: renderClaims(policy, subject.attributes),
    scopes: [...held].flatMap((group) =>
      Object.hasOwn(policy.tokens.scopes, group) ? (policy.tokens.scopes[group] ?? []) : [],
    ),
    domainStamp: domainStamp(policy, subject.mail),
  };
}

/**
 * What `MODE=observe` writes: the stamp alone, so that by the time the policy is enforced every token that is
 * about carries it.
 */
export function stampOnly(policy: Artefact, { mail }: TokenSubject): TokenChanges {
  return { groups: null, claims: {}, scopes: [], domainStamp: domainStamp(policy, mail) };
}

function domainStamp(policy: Artefact, mail: MailIdentity): string | null {
  return policy.usesDomain ? mail.domain : null;
}

/** Null where nothing changes: an override that is present but empty would wipe every group (contracts B6). */
function groupChanges(
  policy: Artefact,
  current: GroupChanges,
  held: ReadonlySet<string>,
): GroupChanges | null {
  const groups = [
    ...current.groups.filter((name) => held.has(name)),
    ...[...held].filter((name) => !current.groups.includes(name)).toSorted(),
  ];
  const changed = { groups, ...rolesOf(policy, current, held) };
  return sameGroups(changed, current) ? null : changed;
}

/** A policy that gives no role leaves roles alone; else its roles are held by its members and by nobody else. */
function rolesOf(
  policy: Artefact,
  current: GroupChanges,
  held: ReadonlySet<string>,
): Omit<GroupChanges, 'groups'> {
  const grants = Object.entries(policy.groups).flatMap(
    ([name, { role, precedence = Number.POSITIVE_INFINITY }]) =>
      role === undefined ? [] : [{ role, precedence, held: held.has(name) }],
  );
  if (grants.length === 0) return { roles: current.roles, preferredRole: current.preferredRole };
  const granted = grants.filter((grant) => grant.held);
  const ours = new Set(grants.map(({ role }) => role));
  const others = current.roles.filter((role) => !ours.has(role));
  const top = Math.min(...granted.map(({ precedence }) => precedence));
  const preferred = new Set(granted.filter(({ precedence }) => precedence === top).map(({ role }) => role));
  const kept = ours.has(current.preferredRole ?? '') ? null : current.preferredRole;
  return {
    roles: [...new Set([...others, ...granted.map(({ role }) => role)])],
    // As Cognito does: two roles at the top, and none is preferred.
    preferredRole: preferred.size === 0 ? kept : preferred.size === 1 ? ([...preferred][0] as string) : null,
  };
}

function renderClaims(policy: Artefact, attributes: TokenSubject['attributes']): TokenChanges['claims'] {
  const rendered = Object.entries(policy.tokens.claims).flatMap(([name, template]) => {
    const value = typeof template === 'string' ? renderTemplate(template, attributes) : template;
    // The schema refuses reserved names; what reaches a token is worth a second look.
    return value === null || isReservedClaim(name) ? [] : [[name, value] as const];
  });
  return Object.fromEntries(rendered);
}

/** Null if an attribute that the template names is missing or unverified: half a value is not a value. */
function renderTemplate(template: string, attributes: TokenSubject['attributes']): string | null {
  let complete = true;
  const text = template.replace(/\$\{user\.([^{}$\s]+)\}/g, (_, name: string) => {
    const value = vouchedClaim(attributes, name);
    if (typeof value === 'string' && value !== '') return value;
    complete = false;
    return '';
  });
  return complete ? text : null;
}

/**
 * The provider groups that the policy lets in, for a user who has identities of one provider only: with two, the
 * attribute does not say who wrote it, and a user without any could have written it himself.
 */
function idpGroups(policy: Artefact, attributes: TokenSubject['attributes']): string[] {
  const providers = new Set(providerNames(attributes['identities']));
  const [provider] = providers;
  if (provider === undefined || providers.size > 1 || !Object.hasOwn(policy.providers, provider)) return [];
  const attribute = policy.providers[provider]?.groupsAttribute;
  if (attribute === undefined) return [];
  return groupsByProvider(policy, provider, parseGroupList(claim(attributes, attribute)));
}

/** The providers of a user's `identities`, which arrive as JSON text (contracts F2). */
export function providerNames(identities: unknown): string[] {
  if (typeof identities !== 'string') return [];
  try {
    const parsed: unknown = JSON.parse(identities);
    if (!Array.isArray(parsed)) return [];
    return parsed.map((identity) =>
      String((identity as { providerName?: unknown } | null)?.providerName ?? ''),
    );
  } catch {
    return [];
  }
}

function sameGroups(a: GroupChanges, b: GroupChanges): boolean {
  return sameList(a.groups, b.groups) && sameList(a.roles, b.roles) && a.preferredRole === b.preferredRole;
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
