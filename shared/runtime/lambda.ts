/** What every handler has around it: middy, the log, and errors that tell an outsider nothing. */

import middy from '@middy/core';
import { Unauthorized } from '../events/authorizer-answer.ts';
import { UserFacingError } from '../events/errors.ts';
import { inTime } from '../in-time.ts';
import type { TriggerConfig } from './config.ts';
import type { Log } from './log.ts';

/** Cognito shows it to the person who signs in or up; what happened is in the log. */
const GENERIC_TEXT = 'This is not possible right now. Please try again later';

/** Cognito waits for 5 s, cold start and all, and then asks again (contracts B1). */
const TRIGGER_LIMIT_MS = 3300;

/** For triggers where nothing can be let pass: what is not proven is not proven in `MODE=observe` either. */
export const ALWAYS_ENFORCED = { mode: 'enforce' } as const;

export interface Trigger {
  config: Pick<TriggerConfig, 'mode'>;
  log: Log;
  /** `pass`: a failure stops nobody, whatever the mode. */
  failures?: 'stop' | 'pass';
}

/**
 * The handler of a user pool trigger: it answers in time, whatever it waits for, and with `MODE=observe` no failure of
 * ours stops anybody: it is logged, and the event goes back as it came.
 */
export function triggerHandler<Answer>(
  { config, log, failures = 'stop' }: Trigger,
  run: (event: unknown) => Promise<Answer>,
) {
  return lambdaHandler(log, async (event) => {
    try {
      return await inTime(run(event), TRIGGER_LIMIT_MS);
    } catch (error) {
      if (config.mode === 'enforce' && failures === 'stop') throw error;
      await log.failure(error);
      return event;
    }
  });
}

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
