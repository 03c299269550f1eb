import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { principalOf } from '../../shared/policy/principal.ts';
import { appendCuts } from '../../shared/store/cut-journal.ts';
import { type CutEntry, type CutKind, Cuts, VOLUME } from '../../shared/store/cuts.ts';
import { cutsKey, lastCutsKey } from '../../shared/store/keys.ts';
import { memoryStore } from '../../shared/store/memory.ts';
import type { Store } from '../../shared/store/ports.ts';
import { accessClaims, CLIENT, idClaims, machineClaims, POOL } from '../support/tokens.ts';

const NOW = 2_000_000_000;
const CUT = NOW - 1000;
const SUB = String(idClaims(0)['sub']);
const cut = (kind: CutKind, value: string, change: Partial<CutEntry> = {}): CutEntry => ({
  kind,
  pool: POOL,
  value,
  at: CUT,
  expiresAt: null,
  ...change,
});
const cutsOf = async (...entries: CutEntry[]) => {
  const store = memoryStore();
  await appendCuts(store, entries);
  const cuts = new Cuts();
  await cuts.readOn(store);
  return cuts;
};
const cognito = { kind: 'cognito', pool: POOL } as const;
const user = (change = {}) =>
  principalOf(
    accessClaims(NOW, { jti: 'j1', origin_jti: 'o1', auth_time: CUT, iat: NOW, ...change }),
    cognito,
  );
const covered = async (entries: CutEntry[], principal: ReturnType<typeof user>, nowSeconds = NOW) =>
  (await cutsOf(...entries)).cover(await principal, nowSeconds);

describe('a cut', () => {
  it.each<[string, CutEntry]>([
    ['the session', cut('session', 'o1')],
    ['the token', cut('token', 'j1')],
    ['the user', cut('user', SUB)],
    ['the client', cut('client', CLIENT)],
    ['everybody', cut('all', '')],
  ])('of %s denies the token', async (_, entry) => {
    expect(await covered([entry], user())).toBe(true);
  });

  it.each<[string, CutEntry]>([
    ['another session', cut('session', 'o2')],
    ['another token', cut('token', 'j2')],
    ['another user', cut('user', 'other')],
    ['another client', cut('client', 'other')],
    ['another pool', cut('all', '', { pool: 'eu-west-1_Other' })],
    ['a user of another pool', cut('user', SUB, { pool: 'eu-west-1_Other' })],
    ['a token that has this session’s name', cut('token', 'o1')],
    ['a client that has the user’s name', cut('client', SUB)],
    ['nobody any more', cut('user', SUB, { expiresAt: NOW })],
  ])('of %s does not', async (_, entry) => {
    expect(await covered([entry], user())).toBe(false);
  });

  it.each<[string, Record<string, unknown>, boolean]>([
    ['long before it', { auth_time: CUT - 1_000_000 }, true],
    ['in its very second', { auth_time: CUT }, true],
    ['in the second after', { auth_time: CUT + 1 }, false],
    ['in the future, as far as clocks differ', { auth_time: NOW + 60 }, false],
    ['in the future', { auth_time: NOW + 61 }, true],
    ['at no time', { auth_time: undefined }, true],
    ['at null', { auth_time: null }, true],
    ['at a time in text', { auth_time: String(NOW) }, true],
    ['at what is no number', { auth_time: Number.NaN }, true],
    ['for ever', { auth_time: Number.POSITIVE_INFINITY }, true],
  ])('of a user denies who signed in %s: %j', async (_, change, denied) => {
    // A token just issued: refreshing makes a new `iat`, and helps nobody.
    expect(await covered([cut('user', SUB)], user(change))).toBe(denied);
  });

  it('of a session or a token holds whatever time the token says', async () => {
    for (const entry of [cut('session', 'o1'), cut('token', 'j1')])
      expect(await covered([entry], user({ auth_time: NOW }))).toBe(true);
  });

  it('judges a machine by when its token was issued', async () => {
    const machine = (iat: number) => principalOf(machineClaims(NOW, { iat, auth_time: NOW }), cognito);
    const client = String(machineClaims(0)['client_id']);
    for (const entry of [cut('client', client), cut('all', '')]) {
      expect(await covered([entry], machine(CUT))).toBe(true);
      expect(await covered([entry], machine(CUT + 1))).toBe(false);
    }
  });

  it('reads an ID token’s client from `aud`', async () => {
    const claims = idClaims(NOW, { auth_time: CUT });
    expect(await covered([cut('client', CLIENT)], principalOf(claims, cognito))).toBe(true);
  });

  it('is for another issuer’s people too, and for those who do not say when they signed in', async () => {
    const issuer = 'https://idp.example.com';
    const origin = { kind: 'issuer', issuer, map: {} } as const;
    const person = (change = {}) => principalOf({ sub: 'ada', iss: issuer, iat: NOW, ...change }, origin);
    const entry = cut('user', 'ada', { pool: issuer });
    expect(await covered([entry], person())).toBe(true);
    expect(await covered([entry], person({ auth_time: CUT + 1 }))).toBe(false);
  });
});

describe('several cuts', () => {
  it('deny what the latest denies', async () => {
    const entries = [cut('user', SUB, { at: CUT - 50 }), cut('all', '', { at: CUT - 10 })];
    expect(await covered(entries, user({ auth_time: CUT - 10 }))).toBe(true);
    expect(await covered(entries, user({ auth_time: CUT - 9 }))).toBe(false);
  });

  it('of one subject only move forward, and last for the longer', async () => {
    const entries = [
      cut('user', SUB, { at: CUT, expiresAt: NOW + 100 }),
      cut('user', SUB, { at: CUT - 50, expiresAt: NOW + 500 }),
    ];
    expect(await covered(entries, user())).toBe(true);
    expect(await covered(entries, user(), NOW + 499)).toBe(true);
    expect(await covered(entries, user(), NOW + 500)).toBe(false);
  });

  it('end where they are taken back, and begin anew after that', async () => {
    const lifted = cut('user', SUB, { at: null });
    expect(await covered([cut('user', SUB), lifted], user())).toBe(false);
    expect(await covered([cut('user', SUB), lifted, cut('user', SUB, { at: CUT - 1 })], user())).toBe(false);
    expect(await covered([lifted, cut('user', SUB)], user())).toBe(true);
  });
});

describe('the journal', () => {
  const users = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => cut('user', `u${from + n}`));
  const namesIn = (cuts: Cuts) => [...cuts.list(NOW)].map(({ value }) => value).toSorted();
  const names = (entries: CutEntry[]) => entries.map(({ value }) => value).toSorted();

  it('fills volumes, and a reader reads on from the last that was full', async () => {
    const store = memoryStore();
    const asked: unknown[] = [];
    const watched: Pick<Store, 'list'> = {
      list: (pk, from) => {
        asked.push(from);
        return store.list(pk, from);
      },
    };
    const cuts = new Cuts();
    await cuts.readOn(watched);
    expect(namesIn(cuts)).toEqual([]);
    const all = users(0, 2 * VOLUME + 5);
    for (const [start, end] of [
      [0, 1],
      [1, VOLUME - 1],
      [VOLUME - 1, VOLUME],
      [VOLUME, VOLUME + 3],
      [VOLUME + 3, 2 * VOLUME + 5],
    ]) {
      await appendCuts(store, all.slice(start, end));
      await cuts.readOn(watched);
      expect(namesIn(cuts)).toEqual(names(all.slice(0, end)));
    }
    await cuts.readOn(watched);
    expect(asked.at(-1)).toEqual({ prefix: 'N', after: cutsKey(2).sk });
    // The volumes, and which is the last.
    expect(store.size()).toBe(4);
    const latecomer = new Cuts();
    await latecomer.readOn(store);
    expect(namesIn(latecomer)).toEqual(names(all));
  });

  it('loses nothing of several who write at a time', async () => {
    const store = memoryStore();
    const batches = Array.from({ length: 12 }, (_, n) => users(n * 27, 27));
    await Promise.all(batches.map((batch) => appendCuts(store, batch)));
    const cuts = new Cuts();
    await cuts.readOn(store);
    expect(namesIn(cuts)).toEqual(names(batches.flat()));
    expect((await store.get(lastCutsKey()))?.data).toEqual({ number: 4 });
  });

  it('says the same to who reads all of it and to who has read it bit by bit', async () => {
    const entry = fc.record({
      value: fc.constantFrom('a', 'b', 'c', 'd'),
      at: fc.option(fc.integer({ min: CUT - 3, max: CUT })),
    });
    const steps = fc.array(fc.oneof(fc.constant(null), fc.array(entry, { minLength: 1, maxLength: 45 })), {
      maxLength: 15,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const store = memoryStore();
        const [early, late] = [new Cuts(), new Cuts()];
        const expected = new Map<string, number>();
        for (const step of script) {
          if (step === null) await early.readOn(store);
          const entries = (step ?? []).map(({ value, at }) => cut('user', value, { at }));
          await appendCuts(store, entries);
          for (const { value, at } of entries) {
            if (at === null) expected.delete(value);
            else expected.set(value, Math.max(at, expected.get(value) ?? at));
          }
        }
        for (const cuts of [early, late]) {
          await cuts.readOn(store);
          const held = [...cuts.list(NOW)].map(({ value, at }) => [value, at] as const);
          expect(new Map(held)).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is read again from where it was incomplete, if a volume is filled and the next begun in between', async () => {
    const store = memoryStore();
    const all = users(0, VOLUME + 1);
    await appendCuts(store, all.slice(0, VOLUME - 1));
    // As pages are read: each when it is asked for.
    const paged: Pick<Store, 'list'> = {
      list: async function* (pk, from) {
        for await (const first of store.list(pk, from)) {
          yield first;
          await appendCuts(store, all.slice(VOLUME - 1));
          yield* store.list(pk, { ...from, after: first.key.sk });
          return;
        }
      },
    };
    const cuts = new Cuts();
    await cuts.readOn(paged);
    expect(cuts.size).toBe(VOLUME);
    await cuts.readOn(store);
    expect(namesIn(cuts)).toEqual(names(all));
  });

  it('does not bring back what was taken back in a later volume, when an earlier one is read again', async () => {
    const store = memoryStore();
    await appendCuts(store, users(0, VOLUME - 1));
    const cuts = new Cuts();
    await cuts.readOn(store);
    await appendCuts(store, [...users(VOLUME, 1), cut('user', 'u0', { at: null })]);
    await cuts.readOn(store);
    await cuts.readOn(store);
    expect(namesIn(cuts)).not.toContain('u0');
    expect(cuts.size).toBe(VOLUME - 1);
  });

  it('keeps what it has read when reading on fails, and goes on from there', async () => {
    const store = memoryStore();
    await appendCuts(store, users(0, 2 * VOLUME));
    let volumes = 0;
    const failing: Pick<Store, 'list'> = {
      list: async function* (pk, from) {
        for await (const item of store.list(pk, from)) {
          if (++volumes === 2) throw new Error('down');
          yield item;
        }
      },
    };
    const cuts = new Cuts();
    await expect(cuts.readOn(failing)).rejects.toThrow('down');
    expect(cuts.size).toBe(VOLUME);
    await cuts.readOn(failing);
    expect(cuts.size).toBe(2 * VOLUME);
    expect(volumes).toBe(3);
  });

  describe('read by several at a time', () => {
    /** Each volume is as it was when it was asked for, and comes, or does not, when the test lets it. */
    function slowly(store: Store) {
      let deliver: ((comes: boolean) => void) | null = null;
      const list: Store['list'] = async function* (pk, { prefix = '', after = '' } = {}) {
        for (let behind = after; ; ) {
          const page: Awaited<ReturnType<Store['get']>>[] = [];
          for await (const item of store.list(pk, { prefix, after: behind })) page.push(item);
          const [next] = page;
          const { promise, resolve } = Promise.withResolvers<boolean>();
          deliver = resolve;
          if (!(await promise)) throw new Error('down');
          if (!next) return;
          yield next;
          behind = next.key.sk;
        }
      };
      const go = async (comes = true) => {
        deliver?.(comes);
        await new Promise(setImmediate);
      };
      return { list, go };
    }
    const lifted = cut('user', SUB, { at: null });

    it.each([
      ['the last volume', 0],
      ['a volume that has been filled since', VOLUME - 3],
    ])('goes back to nothing that an earlier reading says of %s', async (_, others) => {
      const store = memoryStore();
      await appendCuts(store, [...users(0, others), cut('user', SUB), lifted]);
      const [early, late] = [slowly(store), slowly(store)];
      const cuts = new Cuts();
      const first = cuts.readOn(early).catch(() => null);
      await new Promise(setImmediate);
      await appendCuts(store, [cut('user', SUB)]);
      const second = cuts.readOn(late);
      await new Promise(setImmediate);
      for (let step = 0; step < 3; step++) await late.go();
      await second;
      expect(cuts.cover(await user(), NOW)).toBe(true);
      for (let step = 0; step < 3; step++) await early.go();
      await first;
      expect(cuts.cover(await user(), NOW)).toBe(true);
      await cuts.readOn(store);
      expect(cuts.cover(await user(), NOW)).toBe(true);
    });

    it('takes nothing back half way through a volume that is read again', async () => {
      const store = memoryStore();
      await appendCuts(store, [...users(0, VOLUME - 3), cut('user', SUB), lifted]);
      const [slow, failing] = [slowly(store), slowly(store)];
      const cuts = new Cuts();
      const reading = cuts.readOn(slow);
      await new Promise(setImmediate);
      // Fills the volume that is on its way, and begins the next.
      await appendCuts(store, [...users(VOLUME, 1), cut('user', SUB)]);
      for (let step = 0; step < 3; step++) await slow.go();
      await reading;
      const again = cuts.readOn(failing).catch(() => null);
      await new Promise(setImmediate);
      await failing.go();
      expect(cuts.cover(await user(), NOW)).toBe(true);
      await failing.go(false);
      await again;
      expect(cuts.cover(await user(), NOW)).toBe(true);
    });

    it('keeps what a reading has brought, whatever other readings bring, and where they fail', async () => {
      const entry = fc.record({
        value: fc.constantFrom('a', 'b'),
        at: fc.constantFrom(CUT, null),
        fill: fc.constantFrom(0, 0, 1, 49, 97, 98, 99),
      });
      const reader = fc.constantFrom(0, 1, 2);
      const step = fc.oneof(
        fc.record({ append: entry }),
        fc.record({ begin: reader }),
        fc.record({ go: reader }),
        fc.record({ go: reader }),
        fc.record({ fail: reader }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (script) => {
          const store = memoryStore();
          const cuts = new Cuts();
          let filled = 0;
          const cutNow = new Set<string>();
          /** What was cut off when a reading that has ended well began, and has been ever since. */
          const due = new Set<string>();
          const readers: (ReturnType<typeof slowly> | null)[] = [null, null, null];
          const stillCut: Set<string>[] = [new Set(), new Set(), new Set()];
          for (const act of script) {
            if ('append' in act) {
              const { value, at, fill } = act.append;
              await appendCuts(store, [...users(filled, fill), cut('user', value, { at })]);
              filled += fill;
              if (at !== null) cutNow.add(value);
              else for (const each of [cutNow, due, ...stillCut]) each.delete(value);
            } else if ('begin' in act) {
              const { begin } = act;
              if (readers[begin]) continue;
              const slow = slowly(store);
              readers[begin] = slow;
              stillCut[begin] = new Set(cutNow);
              const read = async () => {
                await cuts.readOn(slow);
                for (const value of stillCut[begin] ?? []) due.add(value);
              };
              void read()
                .catch(() => null)
                .finally(() => {
                  readers[begin] = null;
                });
              await new Promise(setImmediate);
            } else if ('go' in act) await readers[act.go]?.go();
            else await readers[act.fail]?.go(false);
            const held = namesIn(cuts);
            for (const value of due) expect(held).toContain(value);
          }
        }),
        { numRuns: 1000 },
      );
    });
  });

  it('uses no number again, when volumes have expired and when nothing says which was the last', async () => {
    let nowMs = NOW * 1000;
    const store = memoryStore(() => nowMs);
    const cuts = new Cuts();
    await appendCuts(
      store,
      users(0, VOLUME).map((entry) => ({ ...entry, expiresAt: NOW + 10 })),
    );
    await cuts.readOn(store);
    nowMs += 20_000;
    const next = users(VOLUME, 1);
    await appendCuts(store, next);
    await cuts.readOn(store);
    expect([...cuts.list(NOW + 20)].map(({ value }) => value)).toEqual(names(next));

    const last = await store.get(lastCutsKey());
    if (last) await store.remove(last);
    await appendCuts(store, users(VOLUME + 1, 1));
    expect(await store.get(cutsKey(2))).toMatchObject({ data: { entries: [{}, {}] } });
    await appendCuts(store, users(VOLUME + 2, VOLUME));
    expect((await store.get(lastCutsKey()))?.data).toEqual({ number: 3 });
  });

  it('goes as one volume when the last of its cuts does', async () => {
    const store = memoryStore();
    await appendCuts(store, [
      cut('user', 'a', { expiresAt: NOW + 5 }),
      cut('user', 'b', { expiresAt: NOW + 9 }),
    ]);
    expect((await store.get(cutsKey(1)))?.expiresAt).toBe(NOW + 9);
    await appendCuts(store, [cut('user', 'c')]);
    expect((await store.get(cutsKey(1)))?.expiresAt).toBeNull();
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no list', {}],
    ['an entry that is none', [null]],
    ['a kind that is none', [{ ...cut('user', 'a'), kind: 'group' }]],
    ['no pool', [{ ...cut('user', 'a'), pool: undefined }]],
    ['no value', [{ ...cut('user', 'a'), value: 1 }]],
    ['a time in text', [{ ...cut('user', 'a'), at: '1' }]],
    ['no time', [{ ...cut('user', 'a'), at: undefined }]],
    ['an end in text', [{ ...cut('user', 'a'), expiresAt: '1' }]],
    ['no end', [{ ...cut('user', 'a'), expiresAt: undefined }]],
  ])('that cannot be read is an error, not an empty one: %s', async (_, entries) => {
    const store = memoryStore();
    await store.create(cutsKey(1), { entries }, null);
    await expect(new Cuts().readOn(store)).rejects.toMatchObject({ code: 'STORE_MALFORMED' });
    await store.create(lastCutsKey(), { number: 1 }, null);
    await expect(appendCuts(store, [cut('all', '')])).rejects.toMatchObject({ code: 'STORE_MALFORMED' });
  });
});
