/** What a policy takes for granted about the pool: attributes that users cannot write, triggers, groups. */

import { boundClaim, compilePolicy } from '../../policy/compile.ts';
import type { Policy } from '../../policy/schema.ts';

/** Attributes that ID tokens carry as they are, and that users write unless they are kept from it (contracts E5). */
const STANDARD_ATTRIBUTES =
  'address birthdate family_name gender given_name locale middle_name name nickname picture preferred_username profile updated_at website zoneinfo'.split(
    ' ',
  );

/**
 * The attributes that decide something, with what they decide. Not the address and the telephone number: those count
 * only when they are verified.
 */
export function trustedAttributes(policy: Policy): Map<string, string> {
  const made = Object.entries(policy.tokens?.claims ?? {}).flatMap(([claim, template]) =>
    [...String(template).matchAll(/\$\{user\.([^{}$\s]+)\}/g)].map(([, name = '']) => ({
      name,
      use: `\`tokens.claims\` makes \`${claim}\` of it`,
    })),
  );
  const grouping = Object.entries(policy.providers ?? {}).flatMap(([provider, { groups_attribute: name }]) =>
    name === undefined ? [] : [{ name, use: `it holds the groups that \`${provider}\` names` }],
  );
  const read = (policy.rules ?? []).flatMap(({ id, to, unless, where }) =>
    [...Object.keys({ ...to?.claims, ...unless?.claims }), ...Object.values(where ?? {}).map(boundClaim)]
      // What the policy writes itself is not what the user wrote.
      .filter((name) => !(name in (policy.tokens?.claims ?? {})))
      .map((name) => ({ name, use: `rule \`${id}\` reads it` })),
  );
  return new Map(
    [...read, ...grouping, ...made]
      .filter(({ name }) => name.startsWith('custom:') || STANDARD_ATTRIBUTES.includes(name))
      .map(({ name, use }) => [name, use]),
  );
}

/** The slots of the pool's `LambdaConfig` without which the policy does not hold, with why. */
export function neededTriggers(policy: Policy): { slot: string; why: string }[] {
  const { domains, sign_up, providers = {}, groups = {}, tokens, confirmed, sign_in } = policy;
  const shapes =
    compilePolicy(policy).usesDomain ||
    Object.keys({ ...tokens?.claims, ...tokens?.scopes }).length > 0 ||
    Object.values(groups).some(({ members, role }) => members ?? role);
  const needed: [boolean, string, string][] = [
    [
      Boolean(domains ?? sign_up) || Object.values(providers).some(({ link }) => link),
      'PreSignUp',
      'nobody is refused at sign-up',
    ],
    [shapes, 'PreTokenGeneration', 'tokens are neither refused by domain nor given their groups and claims'],
    [Boolean(confirmed), 'PostConfirmation', 'nobody gets the groups and the welcome of `confirmed`'],
    ...['DefineAuthChallenge', 'CreateAuthChallenge', 'VerifyAuthChallengeResponse'].map(
      (slot): [boolean, string, string] => [Boolean(sign_in), slot, 'nobody can sign in by `sign_in`'],
    ),
  ];
  return needed.filter(([isNeeded]) => isNeeded).map(([, slot, why]) => ({ slot, why }));
}

/** The groups that everyone has who confirms an account, and those that these include. */
export function groupsOfEveryone({ confirmed, groups = {} }: Policy): Set<string> {
  const held = new Set(confirmed?.groups);
  // A set that grows while it is walked is walked to its end.
  for (const name of held) for (const included of groups[name]?.includes ?? []) held.add(included);
  return held;
}

/** Why a group is one for few: it gives a role, may do everything, or is called so; null for any other. */
export function powerOf(policy: Policy, name: string, poolRole: string | undefined): string | null {
  const role = policy.groups?.[name]?.role ?? poolRole;
  if (role !== undefined) return `gives the role ${role}`;
  const rule = (policy.rules ?? []).find(
    ({ allow, to }) => to?.groups?.includes(name) && allow?.some((pattern) => /^ANY \/\*\*$/.test(pattern)),
  );
  if (rule) return `may do everything by rule \`${rule.id}\``;
  return /(?:^|[^a-z])(?:super|sys)?-?(?:admin|administrator|owner|root|superuser)s?(?:$|[^a-z])/i.test(name)
    ? 'is an administrators’ group by its name'
    : null;
}
