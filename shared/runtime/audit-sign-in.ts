/** The audit line of the custom authentication triggers. */

import type { DecisionCode } from '../policy/codes.ts';
import type { Refusal, Subject } from '../sign-in/subject.ts';
import type { Log } from './log.ts';

interface TriggerEvent {
  triggerSource: string;
  userPoolId: string;
  callerContext?: { clientId?: string | null | undefined } | null | undefined;
  request: { userAttributes?: Readonly<Record<string, unknown>> | null | undefined };
}

export interface SignInDecision {
  /** Null if nobody was looked at: the policy does not govern the event. */
  subject: Subject | null;
  passes: boolean;
  /** What was done, or why not. */
  reason: string;
}

/** Whoever may not sign in is written down as refused at every step, though the client is shown steps as usual. */
export function auditSignIn(
  log: Pick<Log, 'audit'>,
  { triggerSource, userPoolId, callerContext, request }: TriggerEvent,
  { subject, passes, reason }: SignInDecision,
): void {
  const refusal = subject?.refusal ?? null;
  const allows = passes && refusal === null;
  const observed = allows ? (subject?.observed ?? null) : null;
  const sub = request.userAttributes?.['sub'];
  log.audit({
    effect: !allows ? 'deny' : observed === null ? 'allow' : 'would_deny',
    code: allows ? (observed ?? 'allowed') : codeOf(refusal),
    reason: refusal ?? reason,
    sub: typeof sub === 'string' ? sub : null,
    client: callerContext?.clientId ?? null,
    pool: userPoolId,
    route: triggerSource,
  });
}

function codeOf(refusal: Refusal | null): DecisionCode {
  return refusal === null || refusal === 'user_unknown' || refusal === 'user_unconfirmed'
    ? 'sign_in_refused'
    : refusal;
}
