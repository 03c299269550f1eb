import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Snapshot } from '../../shared/store/snapshot.ts';

/** A table that answers when the test says so, and the clock that everybody goes by. */
let nowMs: number;
let questions: { answer: (value: string) => Promise<void>; fail: (error?: Error) => Promise<void> }[];
let failures: unknown[];
let snapshot: Snapshot<string>;

const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};
const pass = async (seconds: number) => {
  nowMs += seconds * 1000;
  await settle();
};
const open = (change = {}) =>
  new Snapshot<string>(
    () => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      questions.push({
        answer: (value) => {
          resolve(value);
          return settle();
        },
        fail: (error = new Error('down')) => {
          reject(error);
          return settle();
        },
      });
      return promise;
    },
    {
      refreshSeconds: 30,
      maxStaleSeconds: 300,
      onFailure: (error) => failures.push(error),
      now: () => nowMs,
      ...change,
    },
  );
/** What a decision gets now: the value, the error, or that it waits. */
const asked = async () => {
  let result: unknown = 'waits';
  snapshot.current().then(
    (value) => (result = value),
    (error: Error) => (result = error),
  );
  await settle();
  return { get: () => result };
};
const answerOf = async () => (await asked()).get();
const last = () => questions.at(-1) as (typeof questions)[0];
const loaded = async (value = 'first') => {
  const first = await asked();
  await last().answer(value);
  expect(first.get()).toBe(value);
};

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['Date'] });
  nowMs = 1e12;
  questions = [];
  failures = [];
  snapshot = open();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the first decision', () => {
  it('waits for the snapshot, for which preparing has asked already', async () => {
    snapshot.prepare();
    const first = await asked();
    expect([first.get(), questions.length]).toEqual(['waits', 1]);
    await last().answer('cuts');
    expect(first.get()).toBe('cuts');
  });

  it('waits 1.5 s at most, and the next goes on waiting for the same answer', async () => {
    const first = await asked();
    await jest.advanceTimersByTimeAsync(1499);
    expect(first.get()).toBe('waits');
    await jest.advanceTimersByTimeAsync(1);
    expect(first.get()).toMatchObject({ name: 'StoreError', code: 'STORE_UNAVAILABLE' });
    const second = await asked();
    expect([second.get(), questions.length]).toEqual(['waits', 1]);
    await last().answer('cuts');
    expect(second.get()).toBe('cuts');
  });

  it('fails as the table does, and the next asks again', async () => {
    const first = await asked();
    await last().fail(new Error('refused'));
    expect(first.get()).toEqual(new Error('refused'));
    // Whoever asked is told, so nobody else need be.
    expect(failures).toEqual([]);
    await loaded();
    expect(questions.length).toBe(2);
  });
});

describe('while the table answers', () => {
  beforeEach(() => loaded());

  it('asks nothing for two thirds of the refresh time', async () => {
    for (let second = 0; second < 20; second++) {
      expect(await answerOf()).toBe('first');
      if (second < 19) await pass(1);
    }
    expect(questions.length).toBe(1);
  });

  it('asks once in the last third, in the background', async () => {
    await pass(20);
    for (const _ of [1, 2, 3]) expect(await answerOf()).toBe('first');
    expect(questions.length).toBe(2);
    await last().answer('second');
    expect(await answerOf()).toBe('second');
    expect(questions.length).toBe(2);
  });

  it('waits for it once the refresh time is over: nothing older is decided on', async () => {
    await pass(30);
    const waiting = await asked();
    expect(waiting.get()).toBe('waits');
    await last().answer('second');
    expect(waiting.get()).toBe('second');
  });

  it('is as old as the question, not as the answer: one that was frozen on its way is not fresh', async () => {
    await pass(20);
    await answerOf();
    // Frozen for an hour with the answer in the socket.
    await pass(3600);
    await last().answer('of an hour ago');
    const waiting = await asked();
    expect([waiting.get(), questions.length]).toEqual(['waits', 3]);
    await last().answer('of now');
    expect(waiting.get()).toBe('of now');
  });

  it('takes an attempt that was frozen for lost, and does not go back to what it says', async () => {
    await pass(20);
    await answerOf();
    const frozen = last();
    await pass(3600);
    const waiting = await asked();
    expect(questions.length).toBe(3);
    await last().answer('of now');
    expect(waiting.get()).toBe('of now');
    await frozen.answer('of an hour ago');
    expect(await answerOf()).toBe('of now');
    const older = questions.length;
    await pass(19);
    expect([await answerOf(), questions.length]).toEqual(['of now', older]);
  });

  it('does not wait for an attempt whose answer would be too old already', async () => {
    snapshot = open({ refreshSeconds: 3 });
    await loaded();
    await pass(2);
    await answerOf();
    const early = last();
    await pass(4);
    const waiting = await asked();
    await early.answer('of four seconds ago');
    expect([waiting.get(), questions.length]).toEqual(['waits', 4]);
    await last().answer('of now');
    expect(waiting.get()).toBe('of now');
  });

  it.each([-3600, 3600])('trusts no age across a clock that jumped by %d s', async (seconds) => {
    await pass(seconds);
    const waiting = await asked();
    expect(waiting.get()).toBe('waits');
    await last().answer('second');
    expect(waiting.get()).toBe('second');
    expect(await answerOf()).toBe('second');
  });
});

describe('while the table is down', () => {
  beforeEach(() => loaded());

  it('serves the last good one up to its bound, says so, and then fails', async () => {
    for (let second = 0; second <= 300; second += 5) {
      const before = questions.length;
      const decision = await asked();
      if (questions.length > before) await last().fail();
      expect({ second, answer: decision.get() }).toEqual({ second, answer: 'first' });
      await pass(5);
    }
    // With every decision that has waited: seconds 30, 45 ... 300.
    expect(failures).toEqual(Array.from({ length: 19 }, () => new Error('down')));
    const decision = await asked();
    await last().fail(new Error('still down'));
    expect(decision.get()).toEqual(new Error('still down'));
    expect(failures).toHaveLength(19);
  });

  it('is not what a failure in the background shows: the process may have been frozen', async () => {
    await pass(20);
    await answerOf();
    const frozen = last();
    await pass(20);
    await frozen.fail();
    const waiting = await asked();
    expect([waiting.get(), questions.length]).toEqual(['waits', 3]);
    await last().answer('second');
    expect(waiting.get()).toBe('second');
    expect(failures).toEqual([]);
  });

  it('asks in the background three times a second at the most, of a refresh time of three', async () => {
    snapshot = open({ refreshSeconds: 3 });
    await loaded();
    const before = questions.length;
    await pass(2);
    for (let turn = 0; turn < 9; turn++) {
      await answerOf();
      await last().fail();
      await pass(0.1);
    }
    expect(questions.length - before).toBe(3);
  });

  it('is asked anew by a decision that waited for what was on its way, and failed', async () => {
    await pass(29.5);
    await answerOf();
    const early = last();
    await pass(0.5);
    const [one, other] = [await asked(), await asked()];
    expect(questions.length).toBe(2);
    await early.fail();
    expect([one.get(), other.get(), questions.length]).toEqual(['waits', 'waits', 3]);
    await last().answer('second');
    expect([one.get(), other.get()]).toEqual(['second', 'second']);
  });

  it('lets one decision wait 1.5 s for a table that hangs, and the others not at all', async () => {
    await pass(31);
    const waiting = await asked();
    expect(waiting.get()).toBe('waits');
    await jest.advanceTimersByTimeAsync(1500);
    expect(waiting.get()).toBe('first');
    await last().fail();
    expect(await answerOf()).toBe('first');
    await pass(14);
    expect([await answerOf(), questions.length]).toEqual(['first', 2]);
    await pass(1);
    const next = await asked();
    expect([next.get(), questions.length]).toEqual(['waits', 3]);
    await last().answer('second');
    expect(next.get()).toBe('second');
  });

  it('asks with every decision once the last good one may not serve any more', async () => {
    await pass(301);
    for (const attempt of [2, 3, 4]) {
      const decision = await asked();
      expect(questions.length).toBe(attempt);
      await last().fail();
      expect(decision.get()).toEqual(new Error('down'));
    }
    const decision = await asked();
    await last().answer('back');
    expect(decision.get()).toBe('back');
  });

  it('never serves what is too old for the want of an answer', async () => {
    await pass(301);
    const decision = await asked();
    await jest.advanceTimersByTimeAsync(1500);
    expect(decision.get()).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});
