/** What every AWS client of a function is made with. */

/**
 * Cognito waits 5 s for a trigger, cold start and all (contracts B1): a call that hangs ends after 1.1 s, and with
 * its one repetition after 2.3 s.
 */
export const CLIENT_SETTINGS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 300, requestTimeout: 800, throwOnRequestTimeout: true },
} as const;

/** A mail is tried once, for nobody can tell a repetition from a second mail; that once may take longer. */
export const MAIL_LIMIT_MS = 1600;
export const MAIL_CLIENT_SETTINGS = {
  maxAttempts: 1,
  requestHandler: { ...CLIENT_SETTINGS.requestHandler, requestTimeout: MAIL_LIMIT_MS },
} as const;
