/**
 * The theorem of onboarding: however often, however simultaneously an event comes, wherever processes end and whatever
 * fails, a user gets each default group and one profile, and never a second mail; and a mail that nobody got is listed.
 */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MailError, type Mailer } from '../../shared/mail/ports.ts';
import { onboard } from '../../shared/onboarding/onboard.ts';
import { GroupError, type Groups } from '../../shared/onboarding/ports.ts';
import { type Profile, profileOf } from '../../shared/onboarding/profile.ts';
import { inspect, listedUsers, repair } from '../../shared/onboarding/reconcile.ts';
import { repairAtTokenIssue } from '../../shared/onboarding/repair.ts';
import type { Person, Work } from '../../shared/onboarding/work.ts';
import { memoryStore } from '../../shared/store/memory.ts';
import { profileKey } from '../../shared/store/keys.ts';
import { type Store, StoreError } from '../../shared/store/ports.ts';

const GRANTED = ['reader', 'member'];
const ADA: Person = { pool: 'p', user: 'u', username: 'ada', address: 'ada@example.com', name: '' };

type MailFate = 'sent' | 'refused' | 'lost' | 'sent, unanswered';

interface Process {
  event: 'confirmed' | 'token';
  /** After how many of its steps it ends; none: never. */
  ends: number | undefined;
}

interface Run {
  /** Processes that run at once, and others, more than a time limit later. */
  waves: Process[][];
  mails: MailFate[];
  /** How many calls for groups fail before one succeeds. */
  throttled: number;
  /** Between which steps of all the table is away. */
  outage: [number, number];
}

const processes = (minLength: number): fc.Arbitrary<Process[]> =>
  fc.array(
    fc.record({
      event: fc.constantFrom('confirmed', 'confirmed', 'confirmed', 'token'),
      ends: fc.oneof(fc.constant(undefined), fc.nat(18)),
    }),
    { minLength, maxLength: 3 },
  );

const anyRun: fc.Arbitrary<Run> = fc.record({
  waves: fc
    .tuple(processes(1), processes(0), processes(0))
    .filter((waves) => waves.flat().some(({ event }) => event === 'confirmed')),
  mails: fc.array(fc.constantFrom<MailFate[]>('sent', 'refused', 'lost', 'sent, unanswered'), {
    minLength: 6,
    maxLength: 6,
  }),
  throttled: fc.oneof(fc.constant(0), fc.nat(6)),
  outage: fc.oneof(
    fc.constant<[number, number]>([0, 0]),
    fc
      .tuple(fc.oneof(fc.constant(0), fc.nat(30)), fc.integer({ min: 1, max: 60 }))
      .map(([from, length]): [number, number] => [from, from + length]),
  ),
});

/** Nothing fails, but the mail perhaps, and every process ends by itself. */
const isCalm = ({ waves, throttled, outage: [from, to] }: Run) =>
  waves.flat().every(({ ends }) => ends === undefined) && throttled === 0 && from === to;

const calmRun = anyRun.map((run): Run => {
  const calm = (wave: Process[]) => wave.map(({ event }) => ({ event, ends: undefined }));
  return { ...run, waves: run.waves.map(calm), throttled: 0, outage: [0, 0] };
});

/** Everything that the processes share, with effects counted. */
class World {
  ms = 1_000_000;
  steps = 0;
  delivered = 0;
  groupCalls = 0;
  readonly members = new Set<string>();
  readonly table = memoryStore(() => this.ms);
  readonly #plan: Run;
  mended = false;

  constructor(plan: Run) {
    this.#plan = plan;
  }

  /** A process, whose every request may be its last, or be overtaken by others. */
  process(gate: () => Promise<unknown>, ends: number | undefined): Work {
    let left = ends ?? Number.POSITIVE_INFINITY;
    const step = async () => {
      this.steps++;
      if (left-- <= 0) await new Promise(() => {});
      await gate();
    };
    const request = async <T>(effect: () => Promise<T>): Promise<T> => {
      await step();
      const result = await effect().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      await step();
      if ('error' in result) throw result.error;
      return result.value;
    };
    const reach = <T>(effect: () => Promise<T>) =>
      request(() => (this.#isAway() ? Promise.reject(new StoreError('STORE_UNAVAILABLE')) : effect()));
    const store: Store = {
      get: (key) => reach(() => this.table.get(key)),
      create: (...args) => reach(() => this.table.create(...args)),
      replace: (...args) => reach(() => this.table.replace(...args)),
      remove: (item) => reach(() => this.table.remove(item)),
      list: (...args) => this.table.list(...args),
    };
    const groups: Groups = { add: (_, group) => request(async () => this.#add(group)) };
    const mail: Mailer = { send: () => request(async () => this.#send()) };
    return {
      store,
      groups,
      mail,
      granted: GRANTED,
      now: () => this.ms,
      sleep: async (ms) => void (this.ms += ms),
    };
  }

  #isAway(): boolean {
    const [from, to] = this.#plan.outage;
    return !this.mended && this.steps > from && this.steps <= to;
  }

  #add(group: string): void {
    if (!this.mended && this.groupCalls++ < this.#plan.throttled) throw new GroupError('GROUP_THROTTLED');
    this.members.add(group);
  }

  #send(): void {
    const fate = this.mended ? 'sent' : this.#plan.mails.shift();
    if (fate === 'sent' || fate === 'sent, unanswered') this.delivered++;
    if (fate === 'refused') throw new MailError('MAIL_REFUSED');
    if (fate !== 'sent') throw new MailError('MAIL_UNKNOWN');
  }

  async profile(): Promise<Profile | null> {
    const item = await this.table.get(profileKey('p', 'u'));
    return item && profileOf(item);
  }

  async isListed(): Promise<boolean> {
    for await (const { user } of listedUsers({ store: this.table }, 'p')) if (user === 'u') return true;
    return false;
  }
}

const atOnce = async () => {};
const PLAN = { welcome: true, waits: false };
const wishes = (world: World, mail: 'leave' | 'send' | 'skip') => ({
  welcome: true,
  mail,
  until: world.ms + 60_000,
});

/** Runs processes at once; ends when none of them can go on. Gives what they threw: nothing, if all is well. */
async function runWave(world: World, wave: Process[], scheduler: fc.Scheduler): Promise<unknown[]> {
  const thrown: unknown[] = [];
  const gate = () => scheduler.schedule(Promise.resolve());
  for (const { event, ends } of wave) {
    const work = world.process(gate, ends);
    const done: Promise<unknown> =
      event === 'confirmed' ? onboard(work, ADA, PLAN) : repairAtTokenIssue(work, ADA, world.ms + 700);
    done.catch((error: unknown) => {
      // The handler of the token issue expects these.
      if (event === 'confirmed' || !(error instanceof StoreError)) thrown.push(error);
    });
  }
  await settle();
  while (scheduler.count() > 0) {
    await scheduler.waitOne();
    await settle();
  }
  return thrown;
}

/** Lets everything go on that waits for nothing. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('onboarding', () => {
  it('gives each thing once under retries, concurrency, crashes and outages; reconcile does the rest', async () => {
    const seen = { delivered: 0, lost: 0, repaired: 0, unrecorded: 0, calm: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ arbitrary: anyRun, weight: 4 }, calmRun),
        fc.scheduler(),
        async (plan, scheduler) => {
          const world = new World(plan);
          for (const wave of plan.waves) {
            expect(await runWave(world, wave, scheduler)).toEqual([]);
            world.ms += 5000;
          }
          expect(world.delivered).toBeLessThanOrEqual(1);
          const before = await world.profile();
          const isRecorded = before !== null && before.confirmedAt !== null;
          // Nothing is lost without a trace: not a group, not a mail. What is not recorded `--users` finds.
          const isThrough = world.members.size === GRANTED.length && world.delivered === 1;
          if (isRecorded && !isThrough) expect(await world.isListed()).toBe(true);
          if (isCalm(plan)) {
            // Nobody repeats what another is doing, or has done.
            expect(world.groupCalls).toBe(GRANTED.length);
            seen.calm++;
          }
          // A table that is away keeps nobody out of the groups.
          if (isCalm({ ...plan, outage: [0, 0] })) expect(world.members.size).toBe(GRANTED.length);
          seen.unrecorded += isRecorded ? 0 : 1;
          seen.lost += world.delivered === 0 ? 1 : 0;
          seen.delivered += world.delivered;

          world.mended = true;
          const work = world.process(atOnce, undefined);
          const first = await repair(work, ADA, wishes(world, 'leave'));
          seen.repaired += first.added.length > 0 ? 1 : 0;
          expect([...world.members].toSorted()).toEqual([...GRANTED].toSorted());
          expect(world.delivered).toBeLessThanOrEqual(1);
          expect((await world.profile())?.groups).toEqual({ reader: 'done', member: 'done' });
          if (world.delivered === 0) expect(first.left?.welcome).toMatch(/unsent|unknown/);
          expect(await world.isListed()).toBe(first.left !== null);

          // Again, and nothing happens.
          const calls = world.groupCalls;
          expect((await repair(work, ADA, wishes(world, 'leave'))).added).toEqual([]);
          expect(world.groupCalls).toBe(calls);
          world.ms += 5000;
          await onboard(work, ADA, PLAN);
          await repairAtTokenIssue(work, ADA, world.ms);
          expect(world.delivered).toBeLessThanOrEqual(1);
          expect(await world.isListed()).toBe((await inspect(work, ADA, { welcome: true })) !== null);

          // Nor after a mail was asked for.
          const wanted = await inspect(work, ADA, { welcome: true });
          const sent = world.delivered + (wanted?.welcome ? 1 : 0);
          expect((await repair(work, ADA, wishes(world, 'send'))).left).toBeNull();
          expect(world.delivered).toBe(sent);
          await repair(work, ADA, wishes(world, 'send'));
          expect(world.delivered).toBe(sent);
          expect(await world.isListed()).toBe(false);
        },
      ),
      { numRuns: 1000, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
    );
    // Each outcome is common enough for the rest to mean something.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
  }, 120_000);
});
