/** The decision: may this principal make this request? Pure; the same question always has the same answer. */

import type { Artefact, CompiledRule, Route } from './artefact.ts';
import type { DecisionCode } from './codes.ts';
import { type Evidence, judgeCondition, type KeyTruth } from './conditions.ts';
import { domainMatches } from './domain.ts';
import { membershipsOf } from './memberships.ts';
import { segmentsOfPath } from './path.ts';
import { isVerb } from './pattern.ts';
import { evidenceOf, type MailIdentity, type Principal } from './principal.ts';
import { matchRoutes } from './routes.ts';
import { allOf } from './truth.ts';

export interface AccessRequest {
  verb: string;
  path: string;
  /** Why an edge has found the request unfit to decide on; null if it has not. */
  flaw: 'path_ambiguous' | 'path_too_long' | 'verb_unknown' | 'method_override' | null;
}

export interface Circumstances {
  /** Seconds since 1970. */
  nowSeconds: number;
  /** How long the answer may be used: the gateway's cache; 0 if it is not cached. */
  ttlSeconds: number;
  /** True if the token, its session, user or client has been cut off. */
  revoked: boolean;
}

export interface Decision {
  effect: 'allow' | 'deny';
  code: DecisionCode;
  /** The rule that decided; null where none did. */
  rule: string | null;
  principal: Principal;
}

/** How one pattern of one rule came out: what `explain` shows. */
export interface Trial {
  rule: CompiledRule;
  /** False if an allow rule does not name the foreign issuer in `to.pools`. */
  namesIssuer: boolean;
  where: { variable: string; claim: string; matches: boolean }[];
  to: KeyTruth[];
  unless: KeyTruth[];
  applies: boolean;
}

/**
 * Decides a request. Never throws. Order of rules never matters: denies are asked first, each kind by id, and
 * the first that applies is named. With `trials`, every rule that matches the path is tried and recorded there.
 */
export function decide(
  policy: Artefact,
  principal: Principal,
  request: AccessRequest,
  circumstances: Circumstances,
  trials?: Trial[],
): Decision {
  const answer = (code: DecisionCode, rule: string | null = null): Decision => ({
    effect: code === 'allowed' ? 'allow' : 'deny',
    code,
    rule,
    principal,
  });

  if (request.flaw) return answer(request.flaw);
  const segments = segmentsOfPath(request.path);
  if (segments === null) return answer('path_ambiguous');
  if (!isVerb(request.verb)) return answer('verb_unknown');
  if (circumstances.revoked) return answer('revoked');
  const refusal = principal.kind === 'machine' ? null : domainRefusal(policy, principal);
  if (refusal) return answer(refusal);

  const evidence = evidenceFor(policy, principal, circumstances);
  let decided: CompiledRule | null = null;
  for (const route of matchRoutes(policy.routes, request.verb, segments)) {
    const trial = tryRule(policy.rules[route.rule] as CompiledRule, route, segments, evidence);
    trials?.push(trial);
    if (trial.applies) decided ??= trial.rule;
    if (decided && !trials) break;
  }
  if (!decided) return answer('no_rule');
  return answer(decided.effect === 'allow' ? 'allowed' : 'denied_by_rule', decided.id);
}

/** What the conditions of rules are judged against. */
export function evidenceFor(
  policy: Artefact,
  principal: Principal,
  { nowSeconds, ttlSeconds }: Circumstances,
): Evidence {
  return {
    principal,
    memberships: membershipsOf(policy, principal),
    nowSeconds,
    usableUntilSeconds: nowSeconds + ttlSeconds,
  };
}

/** Why the domain gate refuses a user; null if it lets them pass, or if the policy has none. */
export function domainRefusal(
  { domains }: Artefact,
  { domain, domainFlaw }: MailIdentity,
): DecisionCode | null {
  if (!domains.allow && !domains.deny) return null;
  if (domain === null) return domainFlaw ?? 'domain_denied';
  if (domains.deny && domainMatches(domains.deny, domain)) return 'domain_denied';
  return domains.allow && !domainMatches(domains.allow, domain) ? 'domain_denied' : null;
}

function tryRule(rule: CompiledRule, route: Route, segments: readonly string[], evidence: Evidence): Trial {
  const where = route.binds.map(({ variable, segment, claim }) => ({
    variable,
    claim,
    matches: bound(segments[segment], evidenceOf(evidence.principal, claim)),
  }));
  // By name: this is done for every rule whose path matches, and a rest and a spread of four take a third of it.
  const { stands, namesIssuer, to, unless } = judgeRule(rule, evidence);
  return { rule, namesIssuer, where, to, unless, applies: stands && where.every(({ matches }) => matches) };
}

/** A rule as far as the path has no say in it: `stands` if it applies wherever its patterns and binds match. */
export function judgeRule(
  rule: CompiledRule,
  evidence: Evidence,
): Pick<Trial, 'namesIssuer' | 'to' | 'unless'> & { stands: boolean } {
  const { principal } = evidence;
  const to = rule.to ? judgeCondition(rule.to, evidence) : [];
  const unless = rule.unless ? judgeCondition(rule.unless, evidence) : [];
  const namesIssuer =
    rule.effect === 'deny' ||
    !principal.foreign ||
    (principal.pool !== null && rule.to?.pools?.includes(principal.pool) === true);
  const stands =
    rule.effect === 'allow'
      ? allOf(truths(to)) === true && namesIssuer
      : // Missing evidence never opens a door: a deny rule yields only to what is known.
        allOf(truths(to)) !== false && !(rule.unless && allOf(truths(unless)) === true);
  return { namesIssuer, to, unless, stands };
}

function truths(judged: KeyTruth[]) {
  return judged.map(({ truth }) => truth);
}

/** A bound segment must equal its claim exactly; a missing, empty or non-text claim never matches: no segment is empty. */
function bound(segment: string | undefined, value: unknown): boolean {
  return typeof value === 'string' && segment === value;
}
