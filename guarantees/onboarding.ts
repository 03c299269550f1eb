/**
 * post-confirmation, as it is built and as a process: delivered three times at once and three times later, and ended before
 * and after each of its requests and delivered again. What has come of it is counted at the services that it calls.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { profileOf } from '../shared/onboarding/profile.ts';
import { profileKey, unfinishedKey } from '../shared/store/keys.ts';
import { type Built, buildFor } from './built.ts';
import { atLeast, exactly, type Figure } from './figure.ts';
import { FunctionProcess } from './function-process.ts';
import { type Peers, startPeers } from './peers.ts';
import type { Moment } from './steps.ts';

const POOL = 'eu-west-1_AbCdEf123';
const GROUPS = ['reader', 'member'];
const POLICY = `
version: 1
domains: { allow: [example.com] }
groups: { reader: {}, member: {} }
confirmed: { groups: [reader, member], welcome: true }
`;
/** As long as a function may hold a profile, and a little. */
const HOLD_MS = 4500;

/** What one user has got. */
interface Effects {
  profiles: number;
  /** How often each group was given. */
  groups: Readonly<Record<string, number>>;
  mails: number;
  isListed: boolean;
}

export async function onboardingFigures(): Promise<Figure[]> {
  const [built, peers] = await Promise.all([buildFor(POLICY), startPeers()]);
  const onboarding = new Onboarding(built, peers);
  try {
    return [...(await onboarding.deliveredThrice()), ...(await onboarding.ended())];
  } finally {
    built.remove();
    await peers.close();
  }
}

class Onboarding {
  readonly #built: Built;
  readonly #peers: Peers;
  #people = 0;

  constructor(built: Built, peers: Peers) {
    this.#built = built;
    this.#peers = peers;
  }

  /** By three processes at once, and by each once more. */
  async deliveredThrice(): Promise<Figure[]> {
    const processes = [this.#start(), this.#start(), this.#start()];
    this.#peers.steps.begin(null);
    const effects: Effects[] = [];
    let failures = 0;
    for (let round = 0; round < 10; round++) {
      const user = this.#newUser();
      for (let repeat = 0; repeat < 2; repeat++) {
        const answers = await Promise.all(processes.map((each) => each.invoke(eventOf(user))));
        failures += answers.filter((answer) => answer === 'ended' || !answer.ok).length;
      }
      effects.push(await this.#effectsOf(user));
    }
    for (const each of processes) each.kill();
    const given = effects.flatMap(({ groups }) => GROUPS.map((name) => groups[name] ?? 0));
    return [
      exactly('delivered 3 times at once, then 3 times more: users', effects.length, 10),
      exactly('… invocations that failed', failures, 0),
      exactly(
        '… users without exactly one profile',
        count(effects, ({ profiles }) => profiles !== 1),
        0,
      ),
      exactly('… groups not given exactly once', given.filter((times) => times !== 1).length, 0),
      exactly(
        '… users without exactly one mail',
        count(effects, ({ mails }) => mails !== 1),
        0,
      ),
      exactly(
        '… users still listed as unfinished',
        count(effects, ({ isListed }) => isListed),
        0,
      ),
    ];
  }

  /** Before and after each request, and delivered again: at once, and once nobody holds the profile any more. */
  async ended(): Promise<Figure[]> {
    const steps = await this.#countSteps();
    const users: string[] = [];
    let survived = 0;
    for (let step = 1; step <= steps; step++)
      for (const moment of ['before', 'after'] as const) {
        const user = this.#newUser();
        users.push(user);
        if ((await this.#endAt(user, step, moment)) !== 'ended') survived++;
      }
    const again = this.#start();
    this.#peers.steps.begin(null);
    for (const user of users) await again.invoke(eventOf(user));
    await sleep(HOLD_MS);
    for (const user of users) await again.invoke(eventOf(user));
    again.kill();
    const before = await this.#effectsOfAll(users);
    const mailsListed = await this.#reconcile(['--yes']);
    await this.#reconcile(['--yes']);
    const after = await this.#effectsOfAll(users);
    const isSilent = (user: string, index: number) => before[index]?.mails === 0 && !mailsListed.has(user);
    return [
      atLeast('ended before and after each request: ends', users.length - survived, 2 * steps),
      exactly(
        '… users without exactly one profile',
        count(after, ({ profiles }) => profiles !== 1),
        0,
      ),
      exactly(
        '… users without a default group, after reconcile',
        count(after, ({ groups }) => GROUPS.some((name) => !groups[name])),
        0,
      ),
      exactly(
        '… mails sent twice, after reconcile too',
        count(after, ({ mails }) => mails > 1),
        0,
      ),
      exactly('… mails lost and not listed by reconcile', users.filter(isSilent).length, 0),
      // For the record: what a crash costs at most.
      atLeast(
        '… mails lost and listed',
        count(before, ({ mails }) => mails === 0),
        0,
      ),
    ];
  }

  /** How many requests it takes. */
  async #countSteps(): Promise<number> {
    const process = this.#start();
    this.#peers.steps.begin(null);
    await process.invoke(eventOf(this.#newUser()));
    process.kill();
    return this.#peers.steps.asked.length;
  }

  async #endAt(user: string, step: number, moment: Moment) {
    const process = this.#start();
    this.#peers.steps.begin({ step, moment, kill: () => process.kill() });
    const answer = await process.invoke(eventOf(user));
    process.kill();
    return answer;
  }

  /** Whose mail `gatehouse reconcile` says was not, or perhaps not, sent. */
  async #reconcile(args: string[]): Promise<Set<string>> {
    const { gatehouse, policyFile } = this.#built;
    const target = [POOL, '--table', this.#peers.directEnv['TABLE_NAME'] ?? '', '--policy', policyFile];
    const { stdout, stderr } = await gatehouse(
      ['reconcile', ...target, '--rate', '20', '--json', ...args],
      this.#peers.directEnv,
    );
    if (stdout === '') throw new Error(stderr);
    const { users } = JSON.parse(stdout) as { users: { user: string; welcome: string | null }[] };
    return new Set(users.flatMap(({ user, welcome }) => (welcome === null ? [] : [user])));
  }

  #start(): FunctionProcess {
    return new FunctionProcess(this.#built.file('post-confirmation'), this.#peers.env);
  }

  #newUser(): string {
    return `00000000-0000-4000-8000-${String(++this.#people).padStart(12, '0')}`;
  }

  #effectsOfAll(users: readonly string[]): Promise<Effects[]> {
    return Promise.all(users.map((user) => this.#effectsOf(user)));
  }

  async #effectsOf(user: string): Promise<Effects> {
    const { store, mailsFor, groupsOf } = this.#peers;
    const item = await store.get(profileKey(POOL, user));
    return {
      // One that is malformed is none.
      profiles: item && profileOf(item) ? 1 : 0,
      groups: groupsOf(user),
      mails: (await mailsFor(addressOf(user))).length,
      isListed: (await store.get(unfinishedKey(POOL, user))) !== null,
    };
  }
}

function addressOf(user: string): string {
  return `${user}@example.com`;
}

function eventOf(user: string): object {
  return {
    version: '1',
    region: 'eu-west-1',
    userPoolId: POOL,
    userName: user,
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: 'client1' },
    triggerSource: 'PostConfirmation_ConfirmSignUp',
    request: {
      userAttributes: {
        sub: user,
        email: addressOf(user),
        email_verified: 'true',
        'cognito:user_status': 'CONFIRMED',
      },
    },
    response: {},
  };
}

function count<T>(items: readonly T[], is: (item: T) => boolean): number {
  return items.filter(is).length;
}
