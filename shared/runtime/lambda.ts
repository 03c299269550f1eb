/** What every handler has around it: middy, the log, and errors that tell an outsider nothing. */

import middy from '@middy/core';
import { Unauthorized } from '../events/authorizer-answer.ts';
import { UserFacingError } from '../events/errors.ts';
import type { Log } from './log.ts';

/** Cognito shows it to the person who signs in or up; what happened is in the log. */
const GENERIC_TEXT = 'This is not possible right now. Please try again later';

/**
 * A Lambda handler from a function. An error leaves it only if its text is meant to be seen; any other is logged
 * by name and replaced, because Lambda logs and Cognito shows what is thrown.
 */
export function lambdaHandler<Answer>(log: Log, run: (event: unknown) => Promise<Answer>) {
  return middy((event: unknown) => run(event)).onError(async (request) => {
    const { error } = request;
    if (error instanceof Unauthorized || error instanceof UserFacingError) return;
    request.error = new Error(GENERIC_TEXT);
    try {
      await log.failure(error);
    } catch {
      // An error of the log would be shown in place of the generic one.
    }
  });
}
