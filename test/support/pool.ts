/** A local user pool with small stand-in triggers, which tests write; what they were asked is kept. */

import {
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll } from '@jest/globals';
import { LOCAL_CREDENTIALS } from '../../sandbox/aws/account.ts';
import type { Services } from '../../sandbox/aws/services.ts';
import { startBuiltPool } from '../../sandbox/built-pool.ts';
import type { LocalFunction } from '../../sandbox/lambda.ts';
import type { Mail } from '../../sandbox/pool/accounts.ts';
import { makeKeys } from '../../sandbox/pool/keys.ts';
import { type LocalPool, startPool } from '../../sandbox/pool/pool.ts';
import { APP_CLIENT_ID, type PoolSettings, REGION } from '../../sandbox/pool/settings.ts';
import type { TriggerFunctions, TriggerName } from '../../sandbox/pool/triggers.ts';
import { buildFunctions, temporaryFolder } from './bundles.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- an event is whatever the pool sends
export type Json = { [key: string]: any };
/** Changes `event.response`, gives another answer, or throws. */
export type StandIn = (event: Json) => unknown;

export const PASSWORD = 'Correct-horse-1';

/** One pair for a file: making one takes a while. */
const keys = makeKeys();
const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

export class TestPool {
  readonly url: string;
  readonly jwks: object;
  readonly client: CognitoIdentityProviderClient;
  /** What triggers were asked, in order. */
  readonly events: Json[] = [];
  readonly #pool: LocalPool;
  readonly #mailFor: (address: string) => Promise<{ text: string }[]>;

  private constructor(pool: LocalPool, mailFor: (address: string) => Promise<{ text: string }[]>) {
    this.url = pool.url;
    this.jwks = pool.keys.jwks;
    this.#pool = pool;
    this.#mailFor = mailFor;
    this.client = new CognitoIdentityProviderClient({
      endpoint: pool.url,
      region: REGION,
      credentials: LOCAL_CREDENTIALS,
      maxAttempts: 1,
    });
    closers.push(async () => this.client.destroy());
  }

  static async start(
    standIns: Partial<Record<TriggerName, StandIn>> = {},
    settings: Partial<PoolSettings> = {},
  ): Promise<TestPool> {
    const mails: Mail[] = [];
    const all = { keys: await keys, ...settings };
    const pool = await startPool(async (mail) => void mails.push(mail), all);
    closers.push(pool.close);
    const test = new TestPool(pool, async (address) => mails.filter(({ to }) => to === address));
    test.attach(standIns);
    return test;
  }

  /** With the functions as they are built from this policy, and all services that they reach. */
  static async built(
    policy: string,
    { settings = {}, env = {} }: { settings?: Partial<PoolSettings>; env?: Record<string, string> } = {},
  ): Promise<{ pool: TestPool; services: Services; logLines: string[] }> {
    const folder = temporaryFolder();
    const { code, stderr } = await buildFunctions(folder.path, folder.write('policy.yml', policy), env);
    if (code !== 0) throw new Error(stderr);
    const logLines: string[] = [];
    // A busy machine is no reason to call a function again.
    const all = { keys: await keys, triggerTimeLimitMs: 30_000, ...settings };
    const parts = { build: folder.path, settings: all, env };
    const { pool, services, functions } = await startBuiltPool(
      parts,
      (lines) => logLines.push(...lines),
      closers,
    );
    const test = new TestPool(pool, services.inbox.mailFor);
    pool.attach(mapFunctions(functions, (each) => recorded(each, test.events)));
    return { pool: test, services, logLines };
  }

  attach(standIns: Partial<Record<TriggerName, StandIn>>): void {
    this.#pool.attach(mapFunctions(standIns, (each) => recorded(functionOf(each), this.events)));
  }

  /** The sources that triggers were asked with since the last call. */
  takeSources(): string[] {
    return this.events.splice(0).map(({ triggerSource }) => String(triggerSource));
  }

  /** The last code or password that was mailed to somebody; empty if there was none. */
  async lastCode(to: string): Promise<string> {
    return (await this.#mailFor(to)).at(-1)?.text.trim().split(' ').at(-1) ?? '';
  }

  /** How many mails somebody got. */
  async mailsFor(to: string): Promise<number> {
    return (await this.#mailFor(to)).length;
  }

  /** Somebody who has confirmed their address; nothing of it is left in `events`. */
  async newcomer(email: string, attributes: Record<string, string> = {}): Promise<string> {
    const list = Object.entries({ email, ...attributes }).map(([Name, Value]) => ({ Name, Value }));
    const user = { ClientId: APP_CLIENT_ID, Username: email };
    const { UserSub } = await this.client.send(
      new SignUpCommand({ ...user, Password: PASSWORD, UserAttributes: list }),
    );
    await this.client.send(
      new ConfirmSignUpCommand({ ...user, ConfirmationCode: await this.lastCode(email) }),
    );
    this.events.length = 0;
    return UserSub ?? '';
  }
}

/** Answers a challenge with what Create kept for Verify; lets in whoever was right once, in at most three rounds. */
export function challengeTriggers(answer = 'forty-two'): Partial<Record<TriggerName, StandIn>> {
  return {
    DefineAuthChallenge: ({ request, response }) => {
      const last = request['session'].at(-1);
      const right = last?.challengeName === 'CUSTOM_CHALLENGE' && last.challengeResult === true;
      Object.assign(response, {
        issueTokens: right,
        failAuthentication: !right && request['session'].length >= 3,
        challengeName: last?.challengeName === 'SRP_A' ? 'PASSWORD_VERIFIER' : 'CUSTOM_CHALLENGE',
      });
    },
    CreateAuthChallenge: ({ response }) => {
      Object.assign(response, {
        publicChallengeParameters: { hint: 'everything' },
        privateChallengeParameters: { answer },
        challengeMetadata: 'QUESTION',
      });
    },
    VerifyAuthChallengeResponse: ({ request, response }) => {
      response.answerCorrect = request.challengeAnswer === request.privateChallengeParameters.answer;
    },
  };
}

/** What somebody gets to see of an error. */
export async function errorOf(sent: Promise<unknown>): Promise<{ name: string; message: string }> {
  try {
    await sent;
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
  throw new Error('no error');
}

export function claimsIn(token: string | undefined): Json {
  return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString()) as Json;
}

type Function = Pick<LocalFunction, 'invoke'>;

function mapFunctions<Each>(
  slots: Partial<Record<TriggerName, Each>>,
  make: (each: Each) => Function,
): TriggerFunctions {
  return Object.fromEntries(Object.entries(slots).map(([name, each]) => [name, make(each)]));
}

function recorded({ invoke }: Function, events: Json[]): Function {
  return {
    invoke: (event) => {
      // Lambda speaks JSON.
      events.push(JSON.parse(JSON.stringify(event)) as Json);
      return invoke(event);
    },
  };
}

function functionOf(standIn: StandIn): Function {
  return {
    invoke: async (event) => {
      const copy = JSON.parse(JSON.stringify(event)) as Json;
      try {
        const payload = (await standIn(copy)) ?? copy;
        return { answer: { ok: true, payload }, logLines: [] };
      } catch (error) {
        const { name: errorType, message: errorMessage } = error as Error;
        return { answer: { ok: false, errorType, errorMessage }, logLines: [] };
      }
    },
  };
}
