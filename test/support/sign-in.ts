/** The functions of sign-in by code or link with all that they reach, each behind a socket that can fail. */

import { randomBytes } from 'node:crypto';
import { afterAll } from '@jest/globals';
import { type Inbox, startInbox } from '../../sandbox/aws/inbox.ts';
import { type Secrets, startSecretsManager } from '../../sandbox/aws/secrets-manager.ts';
import type { Invocation, LocalFunction } from '../../sandbox/lambda.ts';
import { type Functions, functionsWith } from './bundles.ts';
import { startDynamodb } from './dynamodb.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { sampleEvent, type TriggerEvent, withAttributes } from './trigger-events.ts';

export const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:gatehouse/codes-AbCdEf';
export const SENDER = 'no-reply@example.com';

const key = () => randomBytes(32).toString('base64');

/** Keys as `OTP_KEY_ID` holds them. */
export function newKeys() {
  return { names: key(), current: { id: '1', key: key() } };
}

/** The same keys after a rotation. */
export function rotated({ names, current }: ReturnType<typeof newKeys>) {
  return { names, current: { id: String(Number(current.id) + 1), key: key() }, previous: current };
}

export interface SignIn {
  functions: Functions;
  wire: Record<'table' | 'keys' | 'mail', FaultyProxy>;
  inbox: Inbox;
  secrets: Secrets;
  /** An execution environment of its own. */
  start: (step: 'define' | 'create' | 'verify', change?: Record<string, string>) => LocalFunction;
  /** The codes that somebody was mailed, oldest first. */
  codesFor: (address: string) => Promise<string[]>;
}

/** Call it at the top of a test file. */
export async function startSignIn(policy: string): Promise<SignIn> {
  const secrets: Secrets = { [SECRET]: { AWSCURRENT: JSON.stringify(newKeys()) } };
  const [functions, dynamodb, inbox, secretsManager] = await Promise.all([
    functionsWith(policy),
    startDynamodb(),
    startInbox(),
    startSecretsManager(secrets),
  ]);
  afterAll(() => Promise.all([inbox.close(), secretsManager.close()]));
  const table = await dynamodb.table();
  const wire = {
    table: await startFaultyProxy(dynamodb.endpoint),
    keys: await startFaultyProxy(secretsManager.url),
    mail: await startFaultyProxy(inbox.url),
  };
  const env = {
    ...table.env,
    APP_CLIENT_IDS: 'client1',
    MAIL_FROM: SENDER,
    OTP_KEY_ID: SECRET,
    AWS_ENDPOINT_URL_DYNAMODB: wire.table.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: wire.keys.endpoint,
    AWS_ENDPOINT_URL_SSM: wire.keys.endpoint,
    AWS_ENDPOINT_URL_SESV2: wire.mail.endpoint,
  };
  return {
    functions,
    wire,
    inbox,
    secrets,
    start: (step, change = {}) => functions.start(`${step}-auth-challenge`, { ...env, ...change }),
    codesFor: async (address) =>
      (await inbox.mailFor(address)).flatMap(({ text }) => /\b\d{8}\b/.exec(text)?.[0] ?? []),
  };
}

export interface Person {
  userName: string;
  email: string;
}

let people = 0;
export function somebody(domain = 'example.com'): Person {
  const number = ++people;
  return { userName: `user-${number}`, email: `user${number}@${domain}` };
}

/** A sample event of this person's, with other members of the request. */
export function eventOf(name: string, { userName, email }: Person, request: object = {}): TriggerEvent {
  const event = withAttributes(sampleEvent(name), { email, sub: userName });
  return { ...event, userName, request: { ...event.request, ...request } };
}

/** What a function answered; fails if it threw. */
export function responseOf({ answer }: Invocation): Record<string, unknown> {
  if (!answer.ok) throw new Error(answer.errorMessage);
  return (answer.payload as TriggerEvent).response;
}
