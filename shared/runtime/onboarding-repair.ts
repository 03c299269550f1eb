/** What a token issue makes up for of onboarding: in little time, and never in the way. */

import { inTime } from '../in-time.ts';
import { noMail } from '../mail/ports.ts';
import { repairAtTokenIssue } from '../onboarding/repair.ts';
import type { Artefact } from '../policy/artefact.ts';
import { asksForOnboarding } from '../policy/confirmed.ts';
import type { TokenSubject } from '../policy/tokens.ts';
import type { Store } from '../store/ports.ts';
import type { TriggerConfig } from './config.ts';
import { lazyGroups } from './lazy-groups.ts';
import type { Log } from './log.ts';

interface Trigger {
  policy: Artefact;
  config: Pick<TriggerConfig, 'tableName' | 'mode'>;
  log: Log;
  store: Store;
  now: () => number;
}

interface Whose {
  userPoolId: string;
  userName?: string | null | undefined;
}

/** For all of it; and for the last attempt at a group to start. */
const LIMIT_MS = 1500;
const GROUPS_LIMIT_MS = 700;

/** After the event has come, whatever took its time before: a trigger that has not answered in 3.3 s fails (`lambda.ts`). */
const ENDED_AFTER_MS = 3000;

/**
 * Gives the subject, with the default groups that were due and now are given: the token in the making carries them. A
 * failure is logged, and the subject is as it came: this is no security check. Asks nothing where the policy has no
 * `confirmed`, without a table, and under `MODE=observe`. `cameAt`: the event, epoch ms.
 */
export function onboardingRepair({ policy, config, log, store, now }: Trigger) {
  const isOff = !asksForOnboarding(policy) || config.tableName === null || config.mode === 'observe';
  const work = { store, groups: lazyGroups(), mail: noMail, granted: policy.confirmed.groups, now };
  return async (
    subject: TokenSubject,
    { userPoolId, userName }: Whose,
    cameAt: number,
  ): Promise<TokenSubject> => {
    if (isOff || subject.sub === null || userName == null) return subject;
    const person = { pool: userPoolId, user: subject.sub, username: userName, address: null, name: '' };
    try {
      const repair = repairAtTokenIssue(work, person, now() + GROUPS_LIMIT_MS);
      const { added, errors } = await inTime(repair, Math.min(LIMIT_MS, cameAt + ENDED_AFTER_MS - now()));
      for (const error of errors) await log.failure(error);
      return { ...subject, given: added };
    } catch (error) {
      await log.failure(error);
      return subject;
    }
  };
}
