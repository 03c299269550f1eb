/** A checked policy to its artefact. */

import type {
  Artefact,
  Bind,
  CompiledCondition,
  CompiledGroup,
  CompiledProvider,
  CompiledRule,
  Route,
  RouteNode,
} from './artefact.ts';
import { canonicalDomainSet } from './domain-pattern.ts';
import { parsePattern, type RoutePattern } from './pattern.ts';
import type { Policy, PolicyCondition, PolicyRule } from './schema.ts';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86400 } as const;

/** Compiles a policy that `parsePolicy` has checked. The same policy always gives the same JSON. */
export function compilePolicy(policy: Policy): Artefact {
  const ordered = inPrecedence(policy.rules ?? []);
  const groups = mapValues(policy.groups ?? {}, compileGroup);
  const domainGroups = Object.keys(groups).filter((name) => groups[name]?.memberDomains);
  const { allow, deny, disposable = 'allow', plus_addressing = 'allow' } = policy.domains ?? {};
  return {
    format: 1,
    domains: {
      ...(allow && { allow: canonicalDomainSet(allow) }),
      ...(deny && { deny: canonicalDomainSet(deny) }),
      disposable,
      plusAddressing: plus_addressing,
    },
    providers: mapValues(policy.providers ?? {}, compileProvider),
    groups,
    domainGroups,
    usesDomain:
      Boolean(allow ?? deny) ||
      domainGroups.length > 0 ||
      ordered.some((rule) => rule.to?.domains ?? rule.unless?.domains),
    rules: ordered.map(compileRule),
    routes: compileRoutes(ordered),
    signUp: { mode: policy.sign_up?.mode ?? 'open', autoConfirm: policy.sign_up?.auto_confirm ?? false },
    confirmed: { groups: policy.confirmed?.groups ?? [], welcome: policy.confirmed?.welcome ?? false },
    tokens: { claims: policy.tokens?.claims ?? {}, scopes: policy.tokens?.scopes ?? {} },
    ...(policy.sign_in && { signIn: policy.sign_in }),
    messages: policy.messages ?? {},
  };
}

/** `15m` to 900. Takes what the schema has checked. */
export function secondsOf(duration: string): number {
  return Number(duration.slice(0, -1)) * SECONDS[duration.at(-1) as keyof typeof SECONDS];
}

/** `${claims.sub}` to `sub`. Takes what the schema has checked. */
export function boundClaim(reference: string): string {
  return reference.slice('${claims.'.length, -1);
}

/** Deny rules first, then by id: the first that applies is the one that an answer names. */
function inPrecedence(rules: readonly PolicyRule[]): PolicyRule[] {
  return rules.toSorted((a, b) => Number(!a.deny) - Number(!b.deny) || (a.id < b.id ? -1 : 1));
}

function compileRule(rule: PolicyRule): CompiledRule {
  return {
    id: rule.id,
    effect: rule.deny ? 'deny' : 'allow',
    ...(rule.to && { to: compileCondition(rule.to) }),
    ...(rule.unless && { unless: compileCondition(rule.unless) }),
  };
}

function compileCondition({ domains, claims, auth_age, ...same }: PolicyCondition): CompiledCondition {
  return {
    ...same,
    ...(domains && { domains: canonicalDomainSet(domains) }),
    ...(claims && {
      claims: Object.entries(claims).map(([name, wanted]) => ({ name, values: [wanted].flat().map(String) })),
    }),
    ...(auth_age && { authAgeSeconds: secondsOf(auth_age) }),
  };
}

function compileProvider(provider: NonNullable<Policy['providers']>[string]): CompiledProvider {
  const { domains, link = false, subject_attribute, groups_attribute, claims } = provider;
  return {
    domains: canonicalDomainSet(domains),
    link,
    ...(subject_attribute !== undefined && { subjectAttribute: subject_attribute }),
    ...(groups_attribute !== undefined && { groupsAttribute: groups_attribute }),
    claims: { email: claims?.email ?? 'email', groups: claims?.groups ?? 'groups', keep: claims?.keep ?? [] },
  };
}

function compileGroup(group: NonNullable<Policy['groups']>[string]): CompiledGroup {
  const { precedence, role, includes = [], members } = group;
  return {
    ...(precedence !== undefined && { precedence }),
    ...(role !== undefined && { role }),
    includes,
    ...(members?.domains && { memberDomains: canonicalDomainSet(members.domains) }),
    ...(members?.idp && { memberIdp: members.idp }),
  };
}

function compileRoutes(rules: PolicyRule[]): RouteNode {
  const root = routeNode();
  for (const [ruleIndex, rule] of rules.entries()) {
    for (const [patternIndex, text] of (rule.allow ?? rule.deny ?? []).entries()) {
      const pattern = parsePattern(text);
      if ('code' in pattern) throw new Error(`not a checked policy: ${pattern.message}`);
      addRoute(root, pattern, {
        rule: ruleIndex,
        pattern: patternIndex,
        verbs: pattern.verbs,
        binds: bindsOf(rule, pattern),
      });
    }
  }
  return root;
}

function addRoute(root: RouteNode, pattern: RoutePattern, route: Route): void {
  let node = root;
  for (const segment of pattern.segments) {
    if (segment.kind === 'rest') {
      node.rests.push(route);
      return;
    }
    node =
      segment.kind === 'any' ? (node.any ??= routeNode()) : (node.literals[segment.text] ??= routeNode());
  }
  node.ends.push(route);
}

function bindsOf(rule: PolicyRule, pattern: RoutePattern): Bind[] {
  return Object.entries(rule.where ?? {}).map(([variable, claim]) => ({
    variable,
    segment: pattern.segments.findIndex((segment) => segment.kind === 'any' && segment.variable === variable),
    claim: boundClaim(claim),
  }));
}

function routeNode(): RouteNode {
  // No prototype: a path may hold a segment named `__proto__` or `constructor`.
  return { literals: Object.create(null) as Record<string, RouteNode>, ends: [], rests: [] };
}

function mapValues<T, U>(record: Record<string, T>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
