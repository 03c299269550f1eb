/** An explanation for people and for tools. */

import type { DecisionCode } from '../shared/policy/codes.ts';
import type { KeyTruth } from '../shared/policy/conditions.ts';
import type { AccessRequest, Trial } from '../shared/policy/decide.ts';
import type { Explanation } from '../shared/policy/explain.ts';
import { membershipsOf } from '../shared/policy/memberships.ts';
import { printable } from '../shared/policy/print.ts';
import { paint } from './paint.ts';
import type { Location, LoadedPolicy } from './policy-file.ts';

const REASONS: Partial<Record<DecisionCode, string>> = {
  no_rule: 'no rule allows it',
  path_ambiguous: 'the path could be read in more than one way',
  path_too_long: 'the path is too long',
  verb_unknown: 'the verb is none that a policy speaks of',
  method_override: 'the request overrides its method',
  email_missing: 'the token has no e-mail address and no domain stamp',
  email_unverified: 'the e-mail address is not verified',
  domain_denied: 'the e-mail domain may not hold an account',
};

/** The shape of `--json`: docs/explain.md. */
export function explanationAsJson(explanation: Explanation, { artefact, locationOf }: LoadedPolicy) {
  const { effect, code, rule, principal, nearMiss, trials } = explanation;
  const { kind, sub, username, email, emailVerified, domain, scopes, client, pool } = principal;
  return {
    effect,
    code,
    rule,
    location: rule === null ? null : locationOf(rule),
    nearMiss: nearMiss && { ...nearMiss, location: locationOf(nearMiss.rule) },
    principal: {
      kind,
      sub,
      username,
      email,
      emailVerified,
      domain,
      groups: [...membershipsOf(artefact, principal).held].toSorted(),
      scopes,
      client,
      pool,
    },
    rules: trials.map(({ rule: { id, effect: ruleEffect }, applies, namesIssuer, where, to, unless }) => ({
      id,
      effect: ruleEffect,
      applies,
      namesIssuer,
      location: locationOf(id),
      to,
      unless,
      where,
    })),
  };
}

export function explanationAsText(
  explanation: Explanation,
  request: AccessRequest,
  policy: LoadedPolicy,
): string {
  const { effect, code, rule, nearMiss, trials } = explanation;
  const verdict = effect === 'allow' ? paint('green', 'ALLOW') : paint('red', 'DENY');
  const reason =
    rule === null
      ? `${code}: ${REASONS[code] ?? code}`
      : `${code} by rule ${rule}${place(policy.locationOf(rule))}`;
  return [
    `${verdict}  ${printable(`${request.verb} ${request.path}`)}`,
    `why    ${reason}`,
    ...(nearMiss ? [`near   ${printable(nearMiss.text)}${place(policy.locationOf(nearMiss.rule))}`] : []),
    `who    ${describePrincipal(explanation, policy)}`,
    ...(trials.length > 0
      ? ['rules  for this verb and path:', ...trials.map((trial) => describeTrial(trial, policy))]
      : []),
  ].join('\n');
}

function describePrincipal({ principal }: Explanation, { artefact }: LoadedPolicy): string {
  const { kind, sub, email, emailVerified, domain, scopes, client, pool } = principal;
  const groups = [...membershipsOf(artefact, principal).held].toSorted();
  const facts = [
    `${kind} ${sub ?? '(no sub)'}`,
    email && `${email} (${emailVerified ? 'verified' : 'not verified'})`,
    domain && `domain ${domain}`,
    groups.length > 0 && `groups ${groups.join(', ')}`,
    scopes && scopes.length > 0 && `scopes ${scopes.join(', ')}`,
    client && `client ${client}`,
    pool && `pool ${pool}`,
  ];
  return printable(facts.filter(Boolean).join('; '));
}

function describeTrial(
  { rule, applies, to, unless, where, namesIssuer }: Trial,
  policy: LoadedPolicy,
): string {
  const conditions = [
    ...to.map(describeTruth),
    ...unless.map((each) => `unless ${describeTruth(each)}`),
    ...where.map(({ variable, claim, matches }) => `{${variable}} ${matches ? '=' : '≠'} ${claim}`),
    ...(namesIssuer ? [] : ['does not name the issuer']),
  ];
  const mark = applies ? '●' : '○';
  return `       ${mark} ${rule.effect.padEnd(5)} ${rule.id}${place(policy.locationOf(rule.id))}${conditions.length > 0 ? `  ${conditions.join(', ')}` : ''}`;
}

function describeTruth({ key, name, truth }: KeyTruth): string {
  return `${name === undefined ? key : `${key}.${name}`}: ${truth}`;
}

function place(location: Location | null): string {
  return location ? paint('dim', `  ${location.file}:${location.line}:${location.column}`) : '';
}
