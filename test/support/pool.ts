/** A local user pool with small stand-in triggers, which tests write; what they were asked is kept. */

import {
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll } from '@jest/globals';
import { LOCAL_CREDENTIALS } from '../../sandbox/aws/account.ts';
import type { Mail } from '../../sandbox/pool/accounts.ts';
import { makeKeys } from '../../sandbox/pool/keys.ts';
import { startPool } from '../../sandbox/pool/pool.ts';
import { APP_CLIENT_ID, type PoolSettings, REGION } from '../../sandbox/pool/settings.ts';
import type { TriggerFunctions, TriggerName } from '../../sandbox/pool/triggers.ts';

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
  url = '';
  /** What triggers were asked, in order. */
  readonly events: Json[] = [];
  readonly mails: Mail[] = [];
  client = new CognitoIdentityProviderClient({});
  attach: (standIns: Partial<Record<TriggerName, StandIn>>) => void = () => {};
  jwks: object = {};

  static async start(
    standIns: Partial<Record<TriggerName, StandIn>> = {},
    settings: Partial<PoolSettings> = {},
  ): Promise<TestPool> {
    const test = new TestPool();
    const pool = await startPool(async (mail) => void test.mails.push(mail), {
      keys: await keys,
      ...settings,
    });
    closers.push(pool.close);
    test.url = pool.url;
    test.jwks = pool.keys.jwks;
    test.attach = (next) => pool.attach(functionsOf(next, test.events));
    test.attach(standIns);
    test.client = new CognitoIdentityProviderClient({
      endpoint: pool.url,
      region: REGION,
      credentials: LOCAL_CREDENTIALS,
      maxAttempts: 1,
    });
    closers.push(async () => test.client.destroy());
    return test;
  }

  /** The sources that triggers were asked with since the last call. */
  takeSources(): string[] {
    return this.events.splice(0).map(({ triggerSource }) => String(triggerSource));
  }

  /** The last code or password that was mailed to somebody. */
  lastCode(to: string): string {
    return (
      this.mails
        .findLast((mail) => mail.to === to)
        ?.text.split(' ')
        .at(-1) ?? ''
    );
  }

  /** Somebody who has confirmed their address; nothing of it is left in `events`. */
  async newcomer(email: string, attributes: Record<string, string> = {}): Promise<string> {
    const list = Object.entries({ email, ...attributes }).map(([Name, Value]) => ({ Name, Value }));
    const user = { ClientId: APP_CLIENT_ID, Username: email };
    const { UserSub } = await this.client.send(
      new SignUpCommand({ ...user, Password: PASSWORD, UserAttributes: list }),
    );
    await this.client.send(new ConfirmSignUpCommand({ ...user, ConfirmationCode: this.lastCode(email) }));
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

function functionsOf(standIns: Partial<Record<TriggerName, StandIn>>, events: Json[]): TriggerFunctions {
  const functions = Object.entries(standIns).map(([name, standIn]) => [
    name,
    { invoke: invoker(standIn, events) },
  ]);
  return Object.fromEntries(functions) as TriggerFunctions;
}

function invoker(standIn: StandIn, events: Json[]) {
  return async (event: unknown) => {
    // Lambda speaks JSON.
    const text = JSON.stringify(event);
    events.push(JSON.parse(text) as Json);
    const copy = JSON.parse(text) as Json;
    try {
      const payload = (await standIn(copy)) ?? copy;
      return { answer: { ok: true as const, payload }, logLines: [] };
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error;
      return { answer: { ok: false as const, errorType, errorMessage }, logLines: [] };
    }
  };
}
