/**
 * A policy in the Cedar language, rule for rule, so that others can read, analyse and check it: Cedar permits what
 * `decide` allows. `cedar-request.ts` says what a token and a request are in Cedar; a Cedar store needs both.
 *
 * Cedar's work: verbs, segments and depth of a path, bound segments, groups and what they include, groups by domain,
 * domains by label, scopes, clients, pools, claims, factors, the age of a sign-in, deny over allow. Not Cedar's, and
 * done before it is asked: reading a token (what a machine is, which claims are evidence, the domain of an address,
 * numbers as text) and a path (splitting, decoding, what is ambiguous), revocation.
 *
 * Cedar has two truths, a condition of ours three. Evidence that is absent is an attribute or tag that is absent, and
 * each key is written twice: what makes it true, for allow rules and `unless`, and what makes it false, for deny rules.
 * No expression can fail: Cedar would skip the policy, a deny too. Every access stands behind its `has`.
 */

import { boundClaim } from './compile.ts';
import { canonicalDomainPattern } from './domain-pattern.ts';
import { secondsOf } from './duration.ts';
import { parsePattern } from './pattern.ts';
import type { Policy, PolicyCondition, PolicyRule } from './schema.ts';

export interface CedarPolicy {
  id: string;
  text: string;
}

/** What the policies are valid against, in Cedar's strict mode. */
export const CEDAR_SCHEMA = `type Claim = { values: Set<String>, text?: String };
entity Group in [Group];
entity Listing in [Group];
entity Unreadable in [Group];
entity User in [Listing] {
  foreign: Bool,
  listing_unreadable: Bool,
  domain?: String,
  scopes?: Set<String>,
  client?: String,
  pool?: String,
  amr?: Set<String>,
  auth_time?: Long,
} tags Claim;
entity Machine {
  scopes?: Set<String>,
  client?: String,
  pool?: String,
} tags Claim;
entity Path { depth: Long } tags String;
action GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, CONNECT appliesTo {
  principal: [User, Machine],
  resource: [Path],
  context: { now: Long, until: Long },
};
`;

/** One Cedar policy for each rule, by the prefix `rule:` and its id, and `domains` for the domain gate. */
export function cedarPolicies(policy: Policy): CedarPolicy[] {
  return [...domainGate(policy), ...(policy.rules ?? []).map((rule) => cedarRule(rule, policy))];
}

function domainGate({ domains }: Policy): CedarPolicy[] {
  if (!domains?.allow && !domains?.deny) return [];
  const passes = [
    'principal has domain',
    ...(domains.allow ? [domainIsIn(domains.allow)] : []),
    ...(domains.deny ? [`!${domainIsIn(domains.deny)}`] : []),
  ];
  const text = `@id("domains")\nforbid (principal is User, action, resource)\nunless { ${all(passes)} };`;
  return [{ id: 'domains', text }];
}

function cedarRule(rule: PolicyRule, policy: Policy): CedarPolicy {
  const id = `rule:${rule.id}`;
  const routes = any((rule.allow ?? rule.deny ?? []).map((pattern) => routeIs(pattern, rule.where ?? {})));
  const to = rule.to ? keysOf(rule.to, policy) : [];
  const unless = rule.unless ? keysOf(rule.unless, policy) : [];
  const clauses = rule.allow
    ? [
        `when { ${routes} }`,
        ...to.map(({ holds }) => `when { ${holds} }`),
        // `to.pools` already says whose tokens an allow rule is for.
        ...(rule.to?.pools ? [] : ['unless { principal is User && principal.foreign }']),
      ]
    : [
        `when { ${routes} }`,
        ...to.map(({ fails }) => `unless { ${fails} }`),
        ...(unless.length > 0 ? [`unless { ${all(unless.map(({ holds }) => holds))} }`] : []),
      ];
  const head = `${rule.allow ? 'permit' : 'forbid'} (principal, action, resource)`;
  return { id, text: [`@id(${quote(id)})`, head, `${clauses.join('\n')};`].join('\n') };
}

function routeIs(text: string, where: Record<string, string>): string {
  const pattern = parsePattern(text);
  if ('code' in pattern) throw new Error(`not a checked policy: ${pattern.message}`);
  const rest = pattern.segments.at(-1)?.kind === 'rest';
  const depth = pattern.segments.length - (rest ? 1 : 0);
  return all([
    `action in [${pattern.verbs.map((verb) => `Action::"${verb}"`).join(', ')}]`,
    `resource.depth ${rest ? '>=' : '=='} ${depth}`,
    ...pattern.segments.flatMap((segment, index) => {
      if (segment.kind === 'literal') return [segmentIs(index, quote(segment.text))];
      const claim = segment.kind === 'any' && segment.variable !== null && where[segment.variable];
      return claim ? [boundTo(index, quote(boundClaim(claim)))] : [];
    }),
  ]);
}

function segmentIs(index: number, text: string): string {
  return `resource.hasTag("${index}") && resource.getTag("${index}") == ${text}`;
}

function boundTo(index: number, claim: string): string {
  return all([
    `principal.hasTag(${claim})`,
    `principal.getTag(${claim}) has text`,
    segmentIs(index, `principal.getTag(${claim}).text`),
  ]);
}

/** A key of a condition: when it is known to be true, and when it is known to be false. */
interface Key {
  holds: string;
  fails: string;
}

function keysOf(condition: PolicyCondition, policy: Policy): Key[] {
  const { groups, domains, scopes, clients, pools, claims, mfa, auth_age, machine } = condition;
  const keys: Key[] = [];
  if (groups) keys.push(groupsKey(groups, policy));
  if (domains) keys.push(forPeople('principal has domain', domainIsIn(domains)));
  if (scopes) keys.push(known('principal has scopes', `principal.scopes.containsAny(${set(scopes)})`));
  if (clients) keys.push(known('principal has client', `${set(clients)}.contains(principal.client)`));
  if (pools) keys.push(known('principal has pool', `${set(pools)}.contains(principal.pool)`));
  for (const [name, value] of Object.entries(claims ?? {})) {
    const wanted = set([value].flat().map(String));
    keys.push(
      known(
        `principal.hasTag(${quote(name)})`,
        `principal.getTag(${quote(name)}).values.containsAny(${wanted})`,
      ),
    );
  }
  if (mfa) {
    const second = 'principal.amr.containsAny(["mfa", "swk", "hwk"]) && !principal.amr.contains("fed")';
    keys.push(forPeople('principal has amr', second));
  }
  if (auth_age) {
    const age = `context.until - principal.auth_time <= ${secondsOf(auth_age)}`;
    keys.push(forPeople('principal has auth_time', `principal.auth_time <= context.now && ${age}`));
  }
  if (machine !== undefined) {
    const [holds, fails] = ['principal is Machine', 'principal is User'];
    keys.push(machine ? { holds, fails } : { holds: fails, fails: holds });
  }
  return keys;
}

function known(evidence: string, test: string): Key {
  return { holds: `${evidence} && ${test}`, fails: `${evidence} && !(${test})` };
}

/** What is false for every machine. */
function forPeople(evidence: string, test: string): Key {
  const { holds, fails } = known(evidence, test);
  return { holds: `principal is User && ${holds}`, fails: `principal is Machine || ${fails}` };
}

/** By what the token lists, or by the domain; `in` follows what groups include. */
function groupsKey(groups: readonly string[], { groups: defined = {} }: Policy): Key {
  const wanted = `[${groups.map((name) => `Group::${quote(name)}`).join(', ')}]`;
  const byDomain = Object.entries(defined).flatMap(([name, { members }]) =>
    members?.domains ? [{ domains: members.domains, reaches: `Group::${quote(name)} in ${wanted}` }] : [],
  );
  const held = any([
    `principal in ${wanted}`,
    ...byDomain.map(({ domains, reaches }) => all(['principal has domain', domainIsIn(domains), reaches])),
  ]);
  const unknown = any([
    `principal.listing_unreadable && Unreadable::"listing" in ${wanted}`,
    ...byDomain.map(({ reaches }) => `!(principal has domain) && ${reaches}`),
  ]);
  return {
    holds: `principal is User && ${held}`,
    fails: `principal is Machine || !${held} && !${unknown}`,
  };
}

/** A label more or less is a dot more or less: no domain begins with one. */
function domainIsIn(patterns: readonly string[]): string {
  return any(
    patterns.map((pattern) => {
      const canonical = canonicalDomainPattern(pattern) ?? pattern;
      return `principal.domain ${canonical.startsWith('*.') ? 'like' : '=='} ${quote(canonical)}`;
    }),
  );
}

function all(expressions: readonly string[]): string {
  return expressions.join(' && ');
}

function any(expressions: readonly string[]): string {
  return `(${expressions.join(' || ')})`;
}

function set(texts: readonly string[]): string {
  return `[${texts.map(quote).join(', ')}]`;
}

/** A Cedar string: what is not printable ASCII by its number, so that nothing can end it or look like another. */
function quote(text: string): string {
  const escaped = text.replace(
    /[^ !#-[\]-~]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return `"${escaped}"`;
}
