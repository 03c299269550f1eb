import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { invitationFor, invitationsOf } from '../../shared/policy/invitation.ts';
import {
  giveInvitation,
  invitationRefusal,
  listInvitations,
  takeBackInvitation,
} from '../../shared/store/invitations.ts';
import { memoryStore } from '../../shared/store/memory.ts';
import { type Store, StoreError } from '../../shared/store/ports.ts';

describe('what is invited', () => {
  it.each<[string, string | null]>([
    ['ada@example.com', 'ada@example.com'],
    ['Ada.Lovelace@EXAMPLE.com.', 'ada.lovelace@example.com'],
    ['ada+news@example.com', 'ada+news@example.com'],
    ['ÄDA@bücher.example', 'Äda@xn--bcher-kva.example'],
    ['example.com', '@example.com'],
    ['@Example.COM', '@example.com'],
    ['@bücher.example', '@xn--bcher-kva.example'],
    ['*.example.com', null],
    ['@', null],
    ['', null],
    ['ada@', null],
    ['ada@localhost', null],
    ['localhost', null],
    ['ada@eve@example.com', null],
    ['@ada@example.com', 'ada@example.com'],
    ['"ada"@example.com', null],
    ['ada@ｅxample.com', null],
    ['127.0.0.1', null],
    ['ada @example.com', null],
    ['ada@example.com#x', null],
  ])('%p is %p', async (text, invited) => {
    expect(await invitationFor(text)).toBe(invited);
  });

  it('is what lets the same address in, in any spelling that is the same mailbox', async () => {
    const spelt = fc.mixedCase(fc.constantFrom('ada@example.com', 'a.b+c@x.example.co.uk', "o'neill@x.io"));
    await fc.assert(
      fc.asyncProperty(spelt, spelt, async (given, signedUp) => {
        const invited = await invitationFor(given);
        const same = given.toLowerCase() === signedUp.toLowerCase();
        expect((await invitationsOf(signedUp))?.[0] === invited).toBe(same);
      }),
    );
  });
});

describe('who is invited', () => {
  const storeWith = async (...invited: string[]) => {
    const store = memoryStore(() => 1_000_000);
    for (const each of invited)
      await giveInvitation(store, { invited: each, expiresAt: null }, { write: true, nowSeconds: 1000 });
    return store;
  };

  it.each<[string, string[], unknown, string | null]>([
    ['the address', ['ada@example.com'], 'Ada@Example.com', null],
    ['another address', ['ada@example.com'], 'eve@example.com', 'not_invited'],
    ['a tagged address', ['ada@example.com'], 'ada+x@example.com', 'not_invited'],
    ['the domain', ['@example.com'], 'eve@example.com', null],
    ['a subdomain', ['@example.com'], 'eve@x.example.com', 'not_invited'],
    ['the parent', ['@x.example.com'], 'eve@example.com', 'not_invited'],
    ['a look-alike', ['@example.com'], 'eve@example.com.evil.io', 'not_invited'],
    ['an address like a domain’s key', ['@example.com'], '@example.com', 'domain_denied'],
    ['nobody invited', [], 'ada@example.com', 'not_invited'],
    ['no address', ['@example.com'], undefined, 'email_missing'],
    ['a list of addresses', ['@example.com'], ['ada@example.com'], 'email_missing'],
    ['no plain mailbox', ['@example.com'], '"x"@example.com', 'domain_denied'],
  ])('%s', async (_, invited, email, refusal) => {
    expect(await invitationRefusal(await storeWith(...invited), email)).toBe(refusal);
  });

  it('nobody, when the table cannot be asked for one of the two', async () => {
    const store = await storeWith('ada@example.com');
    const half: Store = {
      ...store,
      get: (key) =>
        key.sk.startsWith('@') ? Promise.reject(new StoreError('STORE_UNAVAILABLE')) : store.get(key),
    };
    await expect(invitationRefusal(half, 'ada@example.com')).rejects.toThrow(StoreError);
  });
});

describe('invitations', () => {
  const all = async (store: Store) => {
    const found = [];
    for await (const each of listInvitations(store)) found.push(each);
    return found;
  };

  it('are given once, changed, listed and taken back; again is the same', async () => {
    let now = 1000;
    const store = memoryStore(() => now * 1000);
    const give = (expiresAt: number | null, write = true) =>
      giveInvitation(store, { invited: 'ada@example.com', expiresAt }, { write, nowSeconds: now });
    expect(await give(null, false)).toBe('new');
    expect(await all(store)).toEqual([]);
    expect(await give(null)).toBe('new');
    expect(await give(null)).toBe('unchanged');
    now = 1100;
    expect(await give(2000, false)).toBe('changed');
    expect(await give(2000)).toBe('changed');
    expect(await all(store)).toEqual([{ invited: 'ada@example.com', expiresAt: 2000, since: 1000 }]);
    now = 2000;
    expect(await invitationRefusal(store, 'ada@example.com')).toBe('not_invited');
    expect(await give(3000)).toBe('new');
    expect(await takeBackInvitation(store, 'ada@example.com', { write: false })).toBe('removed');
    expect(await all(store)).toHaveLength(1);
    expect(await takeBackInvitation(store, 'ada@example.com', { write: true })).toBe('removed');
    expect(await takeBackInvitation(store, 'ada@example.com', { write: true })).toBe('absent');
  });

  it('come to the same when two give them at once', async () => {
    const store = memoryStore(() => 1_000_000);
    const give = (expiresAt: number) =>
      giveInvitation(store, { invited: '@x.io', expiresAt }, { write: true, nowSeconds: 1000 });
    const changes = await Promise.all([give(2000), give(2000), give(2000)]);
    expect(changes.toSorted()).toEqual(['new', 'unchanged', 'unchanged']);
  });
});
