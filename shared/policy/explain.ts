/** Why a decision came out as it did: the same evaluation as `decide`, with a recorder. */

import type { Artefact } from './artefact.ts';
import type { ConditionKey } from './conditions.ts';
import { type AccessRequest, type Circumstances, type Decision, decide, type Trial } from './decide.ts';
import type { Principal } from './principal.ts';

export interface Explanation extends Decision {
  /** Every rule whose path and verb match, in the order in which they are asked. */
  trials: Trial[];
  /** The rule that came closest to allowing a denied request; null where none did. */
  nearMiss: NearMiss | null;
}

export interface NearMiss {
  rule: string;
  /** What stands between the request and the rule. */
  needs: Need[];
  /** One sentence for people. */
  text: string;
}

/** Something that the principal or the path would have to have; any one of `values` is enough. */
export interface Need {
  key: ConditionKey | 'where';
  /** The claim, or for `where` the captured segment. */
  name?: string;
  values: string[];
}

export function explain(
  policy: Artefact,
  principal: Principal,
  request: AccessRequest,
  circumstances: Circumstances,
): Explanation {
  const trials: Trial[] = [];
  const decision = decide(policy, principal, request, circumstances, trials);
  return { ...decision, trials, nearMiss: nearMissOf(policy, decision, trials, request, circumstances) };
}

function nearMissOf(
  policy: Artefact,
  { code, principal }: Decision,
  trials: Trial[],
  request: AccessRequest,
  circumstances: Circumstances,
): NearMiss | null {
  const nearest =
    code === 'denied_by_rule'
      ? exemption(trials)
      : code === 'no_rule'
        ? nearestAllow(trials, principal)
        : null;
  if (!nearest) return null;
  const { rule, needs } = nearest;
  const [need] = needs;
  if (needs.length === 1 && need?.key === 'groups') {
    // Said only where it is so: a group can be computed, and joining one can bring a deny rule to apply.
    const enough = need.values.filter((group) =>
      allowedWithGroup(policy, principal, group, request, circumstances),
    );
    if (enough.length > 0)
      return { rule, needs, text: `would be allowed ${describeNeed({ ...need, values: enough })}` };
  }
  const verb = code === 'no_rule' ? 'would apply' : 'would not apply';
  return { rule, needs, text: `rule \`${rule}\` ${verb} ${needs.map(describeNeed).join(' and ')}` };
}

/** What a machine can never have. */
const FOR_PEOPLE: Need['key'][] = ['groups', 'domains', 'mfa', 'auth_age'];

/** The allow rule with the fewest conditions unmet, of those that this kind of principal can meet. */
function nearestAllow(trials: Trial[], { kind }: Principal): Omit<NearMiss, 'text'> | undefined {
  return trials
    .filter(({ rule }) => rule.effect === 'allow')
    .map((trial) => ({ rule: trial.rule.id, needs: needsOf(trial) }))
    .filter(({ needs }) => kind === 'user' || !needs.some(({ key }) => FOR_PEOPLE.includes(key)))
    .toSorted((a, b) => a.needs.length - b.needs.length)[0];
}

/** The one deny rule that stands before a rule that allows, if there is a way around it. */
function exemption(trials: Trial[]): Omit<NearMiss, 'text'> | null {
  const denies = trials.filter(({ rule, applies }) => applies && rule.effect === 'deny');
  const allowed = trials.some(({ rule, applies }) => applies && rule.effect === 'allow');
  const [trial] = denies;
  if (!allowed || !trial?.rule.unless || denies.some(({ rule }) => rule !== trial.rule)) return null;
  return { rule: trial.rule.id, needs: unmet(trial.rule.unless, trial.unless) };
}

function allowedWithGroup(
  policy: Artefact,
  principal: Principal,
  group: string,
  request: AccessRequest,
  circumstances: Circumstances,
): boolean {
  if (principal.groups === 'unknown') return false;
  const joined = { ...principal, groups: [...principal.groups, group] };
  return decide(policy, joined, request, circumstances).effect === 'allow';
}

function needsOf({ rule, to, where, namesIssuer }: Trial): Need[] {
  return [
    ...(rule.to ? unmet(rule.to, to) : []),
    ...where
      .filter(({ matches }) => !matches)
      .map(({ variable, claim }) => ({ key: 'where' as const, name: variable, values: [claim] })),
    ...(namesIssuer || to.some(({ key }) => key === 'pools') ? [] : [{ key: 'pools' as const, values: [] }]),
  ];
}

function unmet(condition: NonNullable<Trial['rule']['to']>, judged: Trial['to']): Need[] {
  return judged
    .filter(({ truth }) => truth !== true)
    .map(({ key, name }) => ({
      key,
      ...(name !== undefined && { name }),
      values: wanted(condition, key, name),
    }));
}

function wanted(condition: NonNullable<Trial['rule']['to']>, key: ConditionKey, name?: string): string[] {
  switch (key) {
    case 'groups':
    case 'scopes':
    case 'clients':
    case 'pools':
      return condition[key] ?? [];
    case 'domains':
      return Object.keys(condition.domains ?? {});
    case 'claims':
      return condition.claims?.find((claim) => claim.name === name)?.values ?? [];
    case 'auth_age':
      return [String(condition.authAgeSeconds)];
    case 'mfa':
    case 'machine':
      return [String(condition[key])];
  }
}

function describeNeed({ key, name, values }: Need): string {
  const choice = values.map((value) => `\`${value}\``).join(' or ');
  switch (key) {
    case 'groups':
      return `with group ${choice}`;
    case 'scopes':
      return `with scope ${choice}`;
    case 'clients':
      return `from app client ${choice}`;
    case 'pools':
      return values.length > 0 ? `with a token of ${choice}` : 'if its `to.pools` named the issuer';
    case 'domains':
      return `with a verified e-mail address in ${choice}`;
    case 'claims':
      return `with claim \`${name}\` = ${choice}`;
    case 'auth_age':
      return `within ${values[0]} seconds of signing in`;
    case 'mfa':
      return 'after signing in with a second factor';
    case 'machine':
      return values[0] === 'true' ? 'for a machine' : 'for a person';
    case 'where':
      return `with \`{${name}}\` equal to claim ${choice}`;
  }
}
