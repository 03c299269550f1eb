/** What has come of welcoming people, counted at the services that the triggers call; and what `gatehouse` finds of it. */

import { POOL_ID } from '../sandbox/pool/settings.ts';
import { profileOf } from '../shared/onboarding/profile.ts';
import { profileKey, unfinishedKey } from '../shared/store/keys.ts';
import type { Trial } from './deliveries.ts';
import type { Person } from './events.ts';
import { GROUPS, type Stand } from './stand.ts';

/** What one user has got. */
export interface Effects {
  profiles: number;
  /** How often each default group was given. */
  groups: readonly number[];
  mails: number;
  isListed: boolean;
}

export function effectsOf(stand: Stand, trials: readonly Trial[]): Promise<Effects[]> {
  return Promise.all(trials.map(({ person }) => effectsOn(stand, person)));
}

/** Runs `gatehouse reconcile --yes`. Whose mail it says was not, or perhaps not, sent. */
export async function reconcile({ gatehouse, policyFile, peers }: Stand): Promise<Set<string>> {
  const { directEnv } = peers;
  const target = [POOL_ID, '--table', directEnv['TABLE_NAME'] ?? '', '--policy', policyFile];
  const options = ['--rate', '20', '--json', '--yes'];
  const { stdout, stderr } = await gatehouse(['reconcile', ...target, ...options], directEnv);
  if (stdout === '') throw new Error(stderr);
  const { users } = JSON.parse(stdout) as { users: { user: string; welcome: string | null }[] };
  return new Set(users.flatMap(({ user, welcome }) => (welcome === null ? [] : [user])));
}

async function effectsOn(
  { peers: { store, mailsFor, pool } }: Stand,
  { sub, email }: Person,
): Promise<Effects> {
  const item = await store.get(profileKey(POOL_ID, sub));
  const given = pool.calls.filter(
    ({ operation, body }) => operation === 'AdminAddUserToGroup' && body['Username'] === sub,
  );
  return {
    // One that is malformed is none.
    profiles: item && profileOf(item) ? 1 : 0,
    groups: GROUPS.map((name) => given.filter(({ body }) => body['GroupName'] === name).length),
    mails: (await mailsFor(email)).length,
    isListed: (await store.get(unfinishedKey(POOL_ID, sub))) !== null,
  };
}
