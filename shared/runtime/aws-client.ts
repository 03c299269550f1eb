/** What every AWS client of a function is made with. */

/**
 * Cognito waits 5 s for a trigger, cold start and all (contracts B1): an attempt that hangs ends after 0.8 s, connecting
 * included, and with its one repetition, and the pause before it, a call does after at most `CALL_LIMIT_MS`.
 */
export const CLIENT_SETTINGS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 300, requestTimeout: 800, throwOnRequestTimeout: true },
} as const;

/** For what has no limit in the client: the body of an answer that trickles in. */
export const CALL_LIMIT_MS = 2300;

/** A mail is tried once, for nobody can tell a repetition from a second mail; that once may take longer. */
export const MAIL_LIMIT_MS = 1600;
export const MAIL_CLIENT_SETTINGS = {
  maxAttempts: 1,
  requestHandler: { ...CLIENT_SETTINGS.requestHandler, requestTimeout: MAIL_LIMIT_MS },
} as const;

/** For whoever decides about the next attempt themselves. */
export const ONE_ATTEMPT = { ...CLIENT_SETTINGS, maxAttempts: 1 } as const;
/** Its answer included, whose body has no limit in the client. */
export const GROUP_CALL_LIMIT_MS = 1000;

/** How long a secret is remembered: rotating it means keeping the previous one for longer. */
export const SECRET_AGE_SECONDS = 300;

/** The Region of an ARN, which need not be the function's. */
export function regionOf(arn: string): string {
  return arn.split(':')[3] ?? '';
}
