/** What is written down of work on a profile where it took too long, and somebody else has been at it meanwhile. */

import { expect, it } from '@jest/globals';
import { MailError } from '../../shared/mail/ports.ts';
import { dataOf, held, newProfile, type Profile, profileOf } from '../../shared/onboarding/profile.ts';
import { finish, list, type Person, take, type Work } from '../../shared/onboarding/work.ts';
import { profileKey, unfinishedKey } from '../../shared/store/keys.ts';
import { memoryStore } from '../../shared/store/memory.ts';
import type { Store } from '../../shared/store/ports.ts';

const ADA: Person = { pool: 'p', user: 'u', username: 'ada', address: 'ada@example.com', name: '' };
const GRANTED = ['reader', 'member'];
const KEY = profileKey('p', 'u');
const NOW = 1_800_000_000_000;

/** What comes of our own mail; the third is that nobody knows. */
type Mail = 'sent' | 'MAIL_REFUSED' | 'MAIL_UNKNOWN';

/** Our work on a new profile; `meanwhile` happens when the groups are given, and before anything is written down. */
async function workOn(store: Store, mail: Mail, meanwhile: () => Promise<unknown>) {
  const fresh = newProfile('ada', { granted: GRANTED, welcome: 'due', nowMs: NOW });
  const work: Work = {
    store,
    granted: GRANTED,
    groups: { add: async () => {} },
    mail: {
      send: async () => {
        await meanwhile();
        if (mail !== 'sent') throw new MailError(mail);
      },
    },
    now: () => NOW,
    sleep: async () => {},
  };
  await list(store, ADA);
  const item = await store.create(KEY, dataOf(fresh), null);
  const hold = item && (await take(work, item, 'due'));
  if (!hold?.sends) throw new Error('the work is not ours');
  return finish(work, { person: ADA, hold, until: NOW + 1000 });
}

async function seenIn(store: Store) {
  const item = await store.get(KEY);
  const isListed = (await store.get(unfinishedKey('p', 'u'))) !== null;
  return { profile: item && profileOf(item), isListed };
}

/** Somebody else writes the profile. */
async function write(store: Store, change: Partial<Profile>): Promise<void> {
  const item = await store.get(KEY);
  if (item === null || !(await store.replace(item, dataOf({ ...profileOf(item), ...change }), null)))
    throw new Error('not written');
}

const BUSY = held(newProfile('', { granted: [], welcome: 'none', nowMs: NOW }), NOW + 9000).busyUntil;

it.each<[Mail, Profile['welcome'], Profile['welcome'], boolean]>([
  ['sent', 'sending', 'sent', false],
  ['sent', 'skipped', 'sent', false],
  // Somebody tries a mail again whose outcome nobody knew: that ours came to nothing says nothing of theirs.
  ['MAIL_REFUSED', 'sending', 'sending', true],
  ['MAIL_REFUSED', 'sent', 'sent', false],
  ['MAIL_UNKNOWN', 'sending', 'sending', true],
  ['MAIL_UNKNOWN', 'sent', 'sent', false],
  ['MAIL_UNKNOWN', 'due', 'sending', true],
])(
  'our mail is %s, theirs %s: %s is written to what they wrote, and the hold stays theirs',
  async (mail, theirs, welcome, isListed) => {
    const store = memoryStore(() => NOW);
    const { added } = await workOn(store, mail, () => write(store, { welcome: theirs, busyUntil: BUSY }));
    expect(added).toEqual(GRANTED);
    expect(await seenIn(store)).toEqual({
      profile: {
        username: 'ada',
        confirmedAt: NOW / 1000,
        groups: { reader: 'done', member: 'done' },
        welcome,
        busyUntil: BUSY,
      },
      isListed,
    });
  },
);

it('whose profile is gone meanwhile gets no other', async () => {
  const store = memoryStore(() => NOW);
  const { errors } = await workOn(store, 'sent', async () => {
    const item = await store.get(KEY);
    if (item) await store.remove(item);
  });
  expect(errors).toEqual([]);
  expect((await seenIn(store)).profile).toBeNull();
});

it('who is always slower than somebody else leaves the user listed, and writes nothing', async () => {
  const store = memoryStore(() => NOW);
  let races = 0;
  let racing = false;
  const raced: Store = {
    ...store,
    replace: async (...args) => {
      if (racing) await write(store, { busyUntil: BUSY + ++races });
      return store.replace(...args);
    },
  };
  await workOn(raced, 'sent', async () => {
    racing = true;
  });
  expect(races).toBe(3);
  expect(await seenIn(store)).toMatchObject({
    profile: { groups: { reader: 'due', member: 'due' }, welcome: 'sending', busyUntil: BUSY + 3 },
    isListed: true,
  });
});
