/**
 * Every call that a function makes, an event that makes it, and what is stated to come of it when it fails: in docs/sign-in.md,
 * onboarding.md, federation.md, policy.md and revocation.md.
 */

import {
  answerEvent,
  askEvent,
  confirmedEvent,
  externalEvent,
  requestEvent,
  signUpEvent,
  tokenEvent,
} from './events.ts';
import { PARAMETER } from './peers.ts';
import { leaveUnfinished } from './repair.ts';
import { newSession, type Stand, type StartOptions } from './stand.ts';

/** `passes`: the event comes back, or the caller is let in. `refuses`: an error with the generic text. */
export type Stated = 'passes' | 'refuses';

export interface Case {
  name: string;
  /** What is not as usual, for the table. */
  when?: string;
  start?: StartOptions;
  event: (stand: Stand) => Promise<object>;
  /** By the name of the request. */
  stated: Readonly<Record<string, Stated>>;
  /** How many requests of the name pass; the event comes again behind them, when what was read is too old. */
  sparing?: number;
  againAfterMs?: number;
}

/** Functions that call nobody. */
export const SILENT = ['define-auth-challenge', 'inbound-federation'];

const asking = async (stand: Stand) => askEvent(stand.newPerson(), newSession());
const answering = async (stand: Stand) => {
  const person = stand.newPerson();
  const { challenge, code } = await stand.mailedCode(person);
  return answerEvent(person, challenge, code);
};
const confirming = async (stand: Stand) => confirmedEvent(stand.newPerson());
const confirmingAgain = async (stand: Stand) => {
  const event = await confirming(stand);
  const first = stand.start('post-confirmation');
  await first.invoke(event);
  first.kill();
  return event;
};
const issuing = async (stand: Stand) => {
  const person = stand.newPerson();
  await leaveUnfinished(stand, person);
  return tokenEvent(person);
};

const PARAMETER_FOR_SECRET = { env: { OTP_KEY_ID: PARAMETER } };

export const CASES: Case[] = [
  {
    name: 'authorizer',
    event: async ({ peers }) => requestEvent(peers.token),
    stated: { 'jwks.json': 'refuses', 'Query CUT': 'refuses' },
  },
  {
    name: 'authorizer',
    when: 'with a snapshot that is too old',
    start: { env: { POLICY_REFRESH_SECONDS: '1' } },
    event: async ({ peers }) => requestEvent(peers.token),
    stated: { 'Query CUT': 'passes' },
    sparing: 1,
    againAfterMs: 1100,
  },
  {
    name: 'pre-sign-up',
    event: async (stand) => externalEvent(stand.newPerson(), '00U1A2B3'),
    stated: { ListUsers: 'refuses', AdminLinkProviderForUser: 'refuses' },
  },
  {
    name: 'pre-sign-up',
    when: 'in invite mode',
    start: { invites: true },
    event: async (stand) => signUpEvent(stand.newPerson().email),
    stated: { 'GetItem INVITE': 'refuses' },
  },
  {
    name: 'post-confirmation',
    event: confirming,
    stated: {
      'PutItem UNFINISHED': 'passes',
      'PutItem PROFILE': 'passes',
      AdminAddUserToGroup: 'passes',
      SendEmail: 'passes',
      'GetItem UNFINISHED': 'passes',
      'DeleteItem UNFINISHED': 'passes',
    },
  },
  {
    name: 'post-confirmation',
    when: 'once the work is done',
    event: confirming,
    stated: { 'PutItem PROFILE': 'passes' },
    sparing: 1,
  },
  {
    name: 'post-confirmation',
    when: 'when the event comes again',
    event: confirmingAgain,
    stated: { 'GetItem PROFILE': 'passes' },
  },
  {
    name: 'pre-token-generation',
    event: issuing,
    stated: {
      'GetItem BLOCK': 'refuses',
      'GetItem PROFILE': 'passes',
      'PutItem PROFILE': 'passes',
      AdminAddUserToGroup: 'passes',
      'GetItem UNFINISHED': 'passes',
      'DeleteItem UNFINISHED': 'passes',
    },
  },
  {
    name: 'pre-token-generation',
    when: 'once the work is done',
    event: issuing,
    stated: { 'PutItem PROFILE': 'passes' },
    sparing: 1,
  },
  {
    name: 'create-auth-challenge',
    event: asking,
    stated: {
      GetSecretValue: 'refuses',
      'GetItem CHALLENGE': 'refuses',
      'PutItem CHALLENGE': 'refuses',
      SendEmail: 'passes',
    },
  },
  {
    name: 'create-auth-challenge',
    when: 'with a parameter for the key',
    start: PARAMETER_FOR_SECRET,
    event: asking,
    stated: { GetParameter: 'refuses' },
  },
  {
    name: 'verify-auth-challenge',
    event: answering,
    stated: { GetSecretValue: 'refuses', 'GetItem CHALLENGE': 'refuses', 'PutItem CHALLENGE': 'refuses' },
  },
  {
    name: 'verify-auth-challenge',
    when: 'with a parameter for the key',
    start: PARAMETER_FOR_SECRET,
    event: answering,
    stated: { GetParameter: 'refuses' },
  },
];
