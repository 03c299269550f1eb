/** What a stranger gets by signing up. */

import { signsUpFreely } from './client-attributes.ts';
import { groupsOfEveryone, powerOf } from './policy-needs.ts';
import { type AuditRule, rule } from './rule.ts';

export const SIGN_UP_RULES: readonly AuditRule[] = [
  rule({
    id: 'POOL_SIGN_UP_GIVES_POWER',
    severity: 'high',
    title: 'whoever signs up gets a group that is for few',
    mend: 'take the group out of `confirmed.groups`, or out of what they include; or set `sign_up.mode: invite`',
    needs: ['pool', 'groups', 'policy'],
    find: ({ pool, groups, policy }) => {
      if (!signsUpFreely(pool) || policy.sign_up?.mode === 'invite') return [];
      return [...groupsOfEveryone(policy)].flatMap((name) => {
        const power = powerOf(policy, name, groups.find(({ GroupName }) => GroupName === name)?.RoleArn);
        return power === null
          ? []
          : [{ subject: `group ${name}`, detail: `is everybody’s by \`confirmed.groups\`, and ${power}` }];
      });
    },
  }),
  rule({
    id: 'POOL_SIGN_UP_BESIDE_ADMINS',
    severity: 'low',
    title: 'anyone on the internet gets an account beside the administrators’',
    mend: 'name who may hold an account in `domains.allow`, set `sign_up.mode: invite`, or keep administrators in a pool of their own',
    needs: ['pool', 'groups', 'policy'],
    find: ({ pool, groups, policy }) => {
      if (!signsUpFreely(pool) || policy.sign_up?.mode === 'invite' || policy.domains?.allow) return [];
      return groups.flatMap(({ GroupName: name = '', RoleArn: role }) => {
        const power = powerOf(policy, name, role);
        return power === null
          ? []
          : [{ subject: `group ${name}`, detail: `${power}, and sign-up is open to every address` }];
      });
    },
  }),
];
