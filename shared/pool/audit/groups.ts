/** Whether policy and pool mean the same by a group. */

import { isAutoMadeGroup } from '../../policy/group-names.ts';
import type { Policy } from '../../policy/schema.ts';
import type { FactValues } from './facts.ts';
import { type AuditRule, rule } from './rule.ts';

type Groups = FactValues['groups'];

export const GROUP_RULES: readonly AuditRule[] = [
  rule({
    id: 'POOL_GROUP_MISSING',
    severity: 'low',
    title: 'the policy counts on a group that the pool does not have',
    mend: 'make the group (`aws cognito-idp create-group`), or take it out of the policy',
    needs: ['groups', 'policy'],
    find: ({ groups, policy }) => {
      const there = new Set(groups.map(({ GroupName }) => GroupName));
      return Object.entries(policy.groups ?? {})
        .filter(([name, { members }]) => !there.has(name) && !members)
        .map(([name]) => ({ name, why: whyMissed(policy, name) }))
        .flatMap(({ name, why }) => (why === null ? [] : [{ subject: `group ${name}`, detail: why }]));
    },
  }),
  rule({
    id: 'POOL_GROUP_UNKNOWN',
    severity: 'low',
    title: 'the pool has a group that the policy does not know',
    mend: 'name the group in the policy, or delete it; it stays in tokens, and no rule can be for it',
    needs: ['groups', 'policy'],
    find: ({ groups, policy }) =>
      groups
        .map(({ GroupName: name = '' }) => name)
        .filter((name) => !isAutoMadeGroup(name) && !Object.hasOwn(policy.groups ?? {}, name))
        .map((name) => ({ subject: `group ${name}`, detail: 'is not under `groups`' })),
  }),
  rule({
    id: 'POOL_GROUP_PRECEDENCE',
    severity: 'medium',
    title: 'policy and pool disagree which group’s role comes first',
    mend: 'give the groups the same order in both: the lowest precedence is preferred',
    needs: ['groups', 'policy'],
    find: ({ groups, policy }) => {
      const ranked = rankedGroups(groups, policy);
      return ranked.flatMap((first) =>
        ranked
          .filter((second) => first.inPolicy < second.inPolicy && first.inPool > second.inPool)
          // Precedence chooses a role and nothing else (contracts D1).
          .filter((second) => first.hasRole || second.hasRole)
          .map((second) => ({
            subject: `group ${first.name}`,
            detail: `comes before ${second.name} in the policy (${first.inPolicy}, ${second.inPolicy}), and after it in the pool (${shown(first.inPool)}, ${shown(second.inPool)})`,
          })),
      );
    },
  }),
  rule({
    id: 'POOL_GROUP_ROLE',
    severity: 'medium',
    title: 'policy and pool give a group different roles',
    mend: 'set the group’s RoleArn to the policy’s role, or remove it: tokens carry both, and a client may ask for either',
    needs: ['groups', 'policy'],
    find: ({ groups, policy }) =>
      groups.flatMap(({ GroupName: name = '', RoleArn: inPool }) => {
        const inPolicy = policy.groups?.[name]?.role;
        if (!inPool || inPolicy === undefined || inPolicy === inPool) return [];
        return [{ subject: `group ${name}`, detail: `${inPolicy} in the policy, ${inPool} in the pool` }];
      }),
  }),
];

/** Null for a group that others include: it has members without being listed. */
function whyMissed({ groups = {}, confirmed }: Policy, name: string): string | null {
  if (confirmed?.groups?.includes(name))
    return 'nobody can be put into it, though `confirmed.groups` names it';
  const included = Object.values(groups).some(({ includes }) => includes?.includes(name));
  return included ? null : 'nobody can be in it';
}

function rankedGroups(groups: Groups, policy: Policy) {
  return groups.flatMap(({ GroupName: name = '', Precedence, RoleArn }) => {
    const { precedence: inPolicy, role } = policy.groups?.[name] ?? {};
    if (inPolicy === undefined) return [];
    // Without a precedence a group comes last.
    const inPool = Precedence ?? Number.POSITIVE_INFINITY;
    return [{ name, inPolicy, inPool, hasRole: Boolean(role ?? RoleArn) }];
  });
}

function shown(precedence: number): string {
  return Number.isFinite(precedence) ? String(precedence) : 'none';
}
