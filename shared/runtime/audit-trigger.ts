/** The audit line of a trigger that lets somebody pass or refuses them. */

import type { DecisionCode } from '../policy/codes.ts';
import type { TriggerConfig } from './config.ts';
import type { TriggerEvent } from './governed.ts';
import type { AuditEntry, Log } from './log.ts';

export interface TriggerDecision extends Pick<AuditEntry, 'reason' | 'sub'> {
  /** Null: passes. */
  refusal: DecisionCode | null;
}

export function auditTrigger(
  { config, log }: { config: Pick<TriggerConfig, 'mode'>; log: Pick<Log, 'audit'> },
  { callerContext, userPoolId, triggerSource }: TriggerEvent & { userPoolId: string },
  { refusal, ...about }: TriggerDecision,
): void {
  log.audit({
    effect: refusal === null ? 'allow' : config.mode === 'observe' ? 'would_deny' : 'deny',
    code: refusal ?? 'allowed',
    ...about,
    client: callerContext?.clientId ?? null,
    pool: userPoolId,
    route: triggerSource,
  });
}
