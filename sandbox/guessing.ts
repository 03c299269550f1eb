/**
 * Somebody who guesses at one account's codes, hour after hour, against the code that answers. They begin sessions as
 * often as they like, from as many clients as there are, and try what each leaves open; they see what a client sees.
 */

import type { Artefact } from '../shared/policy/artefact.ts';
import { acceptedGuessesPerHour } from '../shared/policy/sign-in.ts';
import type { Challenge } from '../shared/sign-in/challenge.ts';
import { type Desk, openDesk, type Visitor } from './sign-in-desk.ts';

export interface GuessingResult {
  strategy: string;
  hours: number;
  /** Guesses that were compared with a code, and those that were right. */
  guesses: number;
  accepted: number;
  mails: number;
  /** The most guesses that were compared in any 3,600 seconds. */
  worstHour: number;
  /** Expected right guesses in the worst hour: each is right with one chance in all codes. */
  expectedAccepted: number;
  /** What the policy's own sum says that it cannot be more than. */
  bound: number;
}

const CLIENTS = ['web', 'phone', 'kiosk'];
const VICTIM: Visitor = {
  user: {
    userName: 'victim',
    known: true,
    attributes: {
      email: 'victim@example.com',
      email_verified: 'true',
      'cognito:user_status': 'CONFIRMED',
    },
  },
};

/** One account under attack. */
class Attack {
  readonly #desk: Desk;
  readonly #digits: number;
  readonly #random: () => number;
  /** When guesses were compared. */
  readonly compared: number[] = [];
  accepted = 0;

  constructor(policy: Artefact, random: () => number) {
    this.#desk = openDesk(policy);
    this.#digits = policy.signIn?.otp.digits ?? 0;
    this.#random = random;
  }

  get mails(): number {
    return this.#desk.mails.length;
  }

  get seconds(): number {
    return this.#desk.clock.seconds;
  }

  wait(seconds: number): void {
    this.#desk.clock.seconds += seconds;
  }

  async begin(client = 'web'): Promise<{ client: string; challenge: Challenge }> {
    const { challenge } = await this.#desk.create({ ...VICTIM, client });
    return { client, challenge };
  }

  /** True if it was compared: nothing else is a chance. */
  async guess({ client, challenge }: { client: string; challenge: Challenge }): Promise<boolean> {
    const code = String(Math.floor(this.#random() * 10 ** this.#digits)).padStart(this.#digits, '0');
    const verdict = await this.#desk.verify({ ...VICTIM, client }, challenge, code);
    if (verdict === 'right') this.accepted++;
    if (verdict === 'right' || verdict === 'wrong') this.compared.push(this.seconds);
    return verdict === 'right' || verdict === 'wrong';
  }

  /** The owner signs in by themselves, with the code that they were mailed. */
  async ownerSignsIn(): Promise<void> {
    const { challenge, came } = await this.#desk.create({ ...VICTIM, client: 'web' });
    const code = this.#desk.mails.at(-1)?.values['code'];
    if (came === 'mailed' || came === 'joined')
      await this.#desk.verify({ ...VICTIM, client: 'web' }, challenge, code);
  }
}

/** What is done in each step, which takes `everySeconds`. */
interface Strategy {
  everySeconds: number;
  step: (attack: Attack) => Promise<void>;
}

const untilRefused = async (attack: Attack, client = 'web') => {
  const session = await attack.begin(client);
  while (await attack.guess(session));
};

export const STRATEGIES: Readonly<Record<string, Strategy>> = {
  'a new session as soon as there may be another mail': {
    everySeconds: 31,
    step: (attack) => untilRefused(attack),
  },
  'a new session every five seconds': { everySeconds: 5, step: (attack) => untilRefused(attack) },
  'one guess a minute': {
    everySeconds: 60,
    step: async (attack) => {
      await attack.guess(await attack.begin());
    },
  },
  'twenty guesses at once': {
    everySeconds: 20,
    step: async (attack) => {
      const session = await attack.begin();
      await Promise.all(Array.from({ length: 20 }, () => attack.guess(session)));
    },
  },
  'many sessions at once, through every client': {
    everySeconds: 30,
    step: async (attack) => {
      const sessions = await Promise.all(
        CLIENTS.flatMap((client) => [1, 2, 3].map(() => attack.begin(client))),
      );
      await Promise.all(sessions.map((session) => attack.guess(session)));
    },
  },
  'an old session held on to': {
    everySeconds: 45,
    step: async (attack) => {
      const session = await attack.begin();
      attack.wait(40);
      for (let times = 0; times < 5; times++) await attack.guess(session);
    },
  },
  'all that is to be had once an hour': {
    everySeconds: 3600,
    step: async (attack) => {
      for (let times = 0; times < 8; times++) {
        await untilRefused(attack);
        attack.wait(61);
      }
    },
  },
  'while the owner signs in every five minutes': {
    everySeconds: 60,
    step: async (attack) => {
      if (Math.floor(attack.seconds / 60) % 5 === 0) await attack.ownerSignsIn();
      await untilRefused(attack);
    },
  },
};

/** `random` as `Math.random`. The policy must have `sign_in`, with codes as the only method. */
export async function simulateGuessing(
  policy: Artefact,
  { strategy, hours, random = Math.random }: { strategy: string; hours: number; random?: () => number },
): Promise<GuessingResult> {
  const { signIn } = policy;
  const { everySeconds, step } = STRATEGIES[strategy] ?? {};
  if (!signIn || !step || !everySeconds) throw new Error('no such strategy, or nothing to guess at');
  const attack = new Attack(policy, random);
  const end = attack.seconds + hours * 3600;
  while (attack.seconds < end) {
    const before = attack.seconds;
    await step(attack);
    attack.wait(Math.max(1, everySeconds - (attack.seconds - before)));
  }
  const worstHour = mostInAnHour(attack.compared);
  return {
    strategy,
    hours,
    guesses: attack.compared.length,
    accepted: attack.accepted,
    mails: attack.mails,
    worstHour,
    expectedAccepted: worstHour / 10 ** signIn.otp.digits,
    bound: acceptedGuessesPerHour(signIn.otp),
  };
}

function mostInAnHour(times: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, time] of times.entries()) {
    while ((times[first] as number) <= time - 3600) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
