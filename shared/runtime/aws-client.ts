/** What every AWS client of a function is made with. */

/**
 * Cognito waits 5 s for a trigger, cold start and all (contracts B1): a call that hangs ends after 1.1 s, and with
 * its one repetition after 2.3 s.
 */
export const CLIENT_SETTINGS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 300, requestTimeout: 800, throwOnRequestTimeout: true },
} as const;
