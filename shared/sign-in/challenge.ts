/** A round as Cognito carries it: what the client sees, what comes back with the answer, what later steps read. */

import type { SignInRequest } from './request.ts';
import type { ChallengeKind } from './session.ts';

/** What the create step leaves for the verify step of the same round; the client has not seen it. */
export interface Challenge {
  kind: ChallengeKind;
  /** The id of the session, or of the one whose code is good for this one too. */
  session: string;
  password: 'proven' | 'absent';
}

const KINDS: readonly unknown[] = [
  'PROVIDE_AUTH_PARAMETERS',
  'EMAIL_OTP',
  'MAGIC_LINK',
] satisfies ChallengeKind[];

/** The same for whoever has an account and whoever has none: nothing here is taken from a profile. */
export function challengeParameters(
  { kind, session, password }: Challenge,
  { plan, signIn }: Pick<SignInRequest, 'plan' | 'signIn'>,
) {
  const shown: Record<ChallengeKind, Record<string, string>> = {
    PROVIDE_AUTH_PARAMETERS: { methods: plan.methods.map((method) => method.toUpperCase()).join(',') },
    EMAIL_OTP: { digits: String(signIn.otp.digits), resendAfter: String(signIn.resendAfterSeconds) },
    MAGIC_LINK: { resendAfter: String(signIn.resendAfterSeconds) },
  };
  return {
    shown: { challenge: kind, ...shown[kind] },
    kept: { challenge: kind, session, password },
    metadata: `${kind} ${session}`,
  };
}

/** Null for what no create step of ours has left. */
export function readChallenge(kept: Readonly<Record<string, unknown>> | null | undefined): Challenge | null {
  const { challenge: kind, session, password } = kept ?? {};
  if (!KINDS.includes(kind) || typeof session !== 'string') return null;
  if (password !== 'proven' && password !== 'absent') return null;
  return { kind: kind as ChallengeKind, session, password };
}
