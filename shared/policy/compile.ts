/** A checked policy to its artefact. */

import type {
  Artefact,
  Bind,
  CompiledCondition,
  CompiledGroup,
  CompiledProvider,
  CompiledRule,
  CompiledSignIn,
  Route,
  RouteNode,
} from './artefact.ts';
import { canonicalDomainSet } from './domain-pattern.ts';
import { secondsOf } from './duration.ts';
import { parsePattern, type RoutePattern } from './pattern.ts';
import type { Policy, PolicyCondition, PolicyRule } from './schema.ts';
import { OTP_DEFAULTS } from './sign-in.ts';

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
    ...(policy.sign_in && { signIn: compileSignIn(policy.sign_in) }),
    messages: policy.messages ?? {},
  };
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

function compileSignIn({
  methods,
  otp,
  magic_link,
  resend_after = '60s',
  rules = [],
}: NonNullable<Policy['sign_in']>): CompiledSignIn {
  const { digits, ttl, attempts } = { ...OTP_DEFAULTS, ...otp };
  return {
    methods,
    otp: { digits, ttlSeconds: secondsOf(ttl), attempts },
    ...(magic_link && {
      magicLink: {
        ttlSeconds: secondsOf(magic_link.ttl ?? '10m'),
        redirectUris: magic_link.redirect_uris,
        sameBrowser: magic_link.same_browser ?? false,
      },
    }),
    resendAfterSeconds: secondsOf(resend_after),
    rules: rules.map(({ domains, after_srp = false, ...same }) => ({
      ...same,
      ...(domains && { domains: canonicalDomainSet(domains) }),
      afterSrp: after_srp,
    })),
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
