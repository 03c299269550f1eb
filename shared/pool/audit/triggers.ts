/** Whether the pool asks the triggers that the policy counts on, and whether nobody else can. */

import type { TriggerFunction } from './facts.ts';
import { COGNITO, isOpenToPools, permissionsOf, valuesOf } from './invoke-permission.ts';
import { neededTriggers } from './policy-needs.ts';
import { type AuditRule, type Evidence, rule } from './rule.ts';

export const TRIGGER_RULES: readonly AuditRule[] = [
  rule({
    id: 'POOL_TRIGGER_MISSING',
    severity: 'high',
    title: 'the policy is not asked where it says something',
    mend: 'attach the trigger (`gatehouse attach`, or docs/deploy.md)',
    needs: ['pool', 'policy'],
    find: ({ pool: { LambdaConfig = {} }, policy }) => {
      const attached = new Set(
        Object.entries(LambdaConfig).flatMap(([slot, value]) => (value ? [slot] : [])),
      );
      if (LambdaConfig.PreTokenGenerationConfig?.LambdaArn) attached.add('PreTokenGeneration');
      return neededTriggers(policy)
        .filter(({ slot }) => !attached.has(slot))
        .map(({ slot, why }) => ({ subject: `trigger ${slot}`, detail: `is not attached: ${why}` }));
    },
  }),
  rule({
    id: 'POOL_TRIGGER_NOT_CALLABLE',
    severity: 'high',
    title: 'the pool may not call a trigger, so what it guards fails',
    mend: `let ${COGNITO} call the function, with the pool as SourceArn and its account as SourceAccount`,
    needs: ['pool', 'triggers'],
    find: ({ pool, triggers }) =>
      triggers
        .filter((trigger) => permissionsOf(trigger.statements, pool.Arn).length === 0)
        .map((trigger) => evidence(trigger, `no statement of its resource policy lets this pool call it`)),
  }),
  rule({
    id: 'POOL_TRIGGER_OPEN_TO_POOLS',
    severity: 'medium',
    title: 'other user pools may call a trigger too',
    mend: 'remove the permission, and add one with this pool’s ARN as SourceArn',
    needs: ['pool', 'triggers'],
    find: ({ pool, triggers }) =>
      triggers
        .filter((trigger) => permissionsOf(trigger.statements, pool.Arn).some(isOpenToPools))
        .map((trigger) =>
          evidence(trigger, 'a statement of its resource policy names no single pool as SourceArn'),
        ),
  }),
  rule({
    id: 'POOL_TRIGGER_NO_SOURCE_ACCOUNT',
    severity: 'low',
    title: 'the permission of a trigger does not name the account',
    mend: 'remove the permission, and add one with SourceAccount beside SourceArn, as AWS recommends',
    needs: ['pool', 'triggers'],
    find: ({ pool, triggers }) =>
      triggers
        .filter((trigger) =>
          permissionsOf(trigger.statements, pool.Arn).some(
            (statement) => !isOpenToPools(statement) && valuesOf(statement, 'aws:sourceaccount') === null,
          ),
        )
        .map((trigger) => evidence(trigger, 'a statement of its resource policy has no SourceAccount')),
  }),
];

function evidence({ slots, arn }: TriggerFunction, detail: string): Evidence {
  return { subject: `trigger ${slots.join(', ')} (${arn})`, detail };
}
