/**
 * The core of sign-in by custom challenge with a table in memory, a mailbox and a clock of its own: what the functions
 * do, without the functions. For simulations of many hours, and for tests.
 */

import { randomBytes } from 'node:crypto';
import { MailError } from '../shared/mail/ports.ts';
import type { Artefact } from '../shared/policy/artefact.ts';
import { judgeAnswer, type Verdict } from '../shared/sign-in/answer.ts';
import { type Asked, ask } from '../shared/sign-in/ask.ts';
import type { Challenge } from '../shared/sign-in/challenge.ts';
import type { CodeKeys } from '../shared/sign-in/code-keys.ts';
import { type SignInRequest, signInRequest } from '../shared/sign-in/request.ts';
import { nextStep, readSession, type SessionEntry, type Step } from '../shared/sign-in/session.ts';
import type { EventUser } from '../shared/sign-in/subject.ts';
import { memoryStore } from '../shared/store/memory.ts';
import type { Store } from '../shared/store/ports.ts';

/** Somebody at the desk: who they say they are, and what their client says. */
export interface Visitor {
  user: EventUser;
  client?: string;
  metadata?: Readonly<Record<string, string>>;
  /** The session so far. */
  session?: readonly SessionEntry[];
}

export interface DeskMail {
  template: string;
  to: string;
  values: Readonly<Record<string, string>>;
}

export interface Desk {
  mails: DeskMail[];
  /** The keys in use; replace them to rotate. */
  keys: CodeKeys;
  /** Epoch seconds, which only the desk's user moves. */
  clock: { seconds: number };
  /** What becomes of the next mails. */
  mailFails: MailError | null;
  failures: unknown[];
  store: Store & { size: () => number };
  define: (visitor: Visitor) => Promise<Step>;
  create: (visitor: Visitor) => Promise<Asked>;
  verify: (visitor: Visitor, challenge: Challenge | null, answer: unknown) => Promise<Verdict>;
}

export const POOL = 'eu-west-1_AbCdEf123';

/** The policy must have `sign_in`. `observe`: as `MODE=observe`. */
export function openDesk(policy: Artefact, { observe = false } = {}): Desk {
  const desk: Desk = {
    mails: [],
    keys: { names: randomBytes(32), current: newKey('one'), previous: null },
    clock: { seconds: 1_800_000_000 },
    mailFails: null,
    failures: [],
    store: memoryStore(() => desk.clock.seconds * 1000),
    define: async (visitor) => nextStep(sessionOf(visitor), await requestOf(visitor)),
    create: async (visitor) => {
      const session = sessionOf(visitor);
      if (session === null) throw new Error('no session that the define step leads to');
      return ask(ports, await requestOf(visitor), session);
    },
    verify: async (visitor, challenge, answer) =>
      judgeAnswer(ports, await requestOf(visitor), { challenge, answer }),
  };
  const ports = {
    store: desk.store,
    keys: { load: async () => desk.keys },
    now: () => desk.clock.seconds * 1000,
    mailer: {
      send: async (template: string, to: string, values: DeskMail['values']) => {
        if (desk.mailFails !== null) throw desk.mailFails;
        desk.mails.push({ template, to, values });
      },
    },
    // Long enough for everything that is under way.
    sleep: () => new Promise<void>((resolve) => setImmediate(resolve)),
    report: async (error: unknown) => {
      desk.failures.push(error);
    },
  };

  async function requestOf({
    user,
    client = 'client1',
    metadata = {},
    session = [],
  }: Visitor): Promise<SignInRequest> {
    const facts = { ...user, pool: POOL, client, clientMetadata: metadata };
    const newPassword = readSession(session)?.newPassword ?? false;
    const request = await signInRequest(policy, facts, { newPassword, observe });
    if (request === null) throw new Error('the policy has no `sign_in`');
    return request;
  }
  return desk;
}

export function newKey(id: string) {
  return { id, key: randomBytes(32) };
}

/** The entry that Cognito adds to the session for a challenge of ours. */
export function entryOf({ kind, session }: Challenge, challengeResult: boolean): SessionEntry {
  return { challengeName: 'CUSTOM_CHALLENGE', challengeResult, challengeMetadata: `${kind} ${session}` };
}

function sessionOf({ session = [] }: Visitor) {
  return readSession(session);
}
