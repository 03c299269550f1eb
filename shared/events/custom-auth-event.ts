/** The events of custom authentication (contracts B7), and the answers to them. */

import { readEvent } from './read.ts';
import { anything, listOf, mapOf, maybe, objectWith, text, textFrom, type ValueOf } from './shape.ts';
import { attributes, triggerEntries } from './trigger-event.ts';

const common = { ...triggerEntries, userName: text, response: maybe(objectWith({})) };
const user = {
  userAttributes: attributes,
  userNotFound: anything,
  clientMetadata: maybe(mapOf(anything)),
};
const session = maybe(
  listOf(objectWith({ challengeName: text, challengeResult: anything, challengeMetadata: maybe(text) })),
);

const defineSchema = objectWith({
  ...common,
  triggerSource: textFrom(['DefineAuthChallenge_Authentication']),
  request: objectWith({ ...user, session }),
});
const createSchema = objectWith({
  ...common,
  triggerSource: textFrom(['CreateAuthChallenge_Authentication']),
  // The one challenge that the define step leaves to us.
  request: objectWith({ ...user, session, challengeName: textFrom(['CUSTOM_CHALLENGE']) }),
});
const verifySchema = objectWith({
  ...common,
  // Both names are documented (contracts B2).
  triggerSource: textFrom([
    'VerifyAuthChallengeResponse_Authentication',
    'VerifyAuthChallenge_Authentication',
  ]),
  request: objectWith({
    ...user,
    privateChallengeParameters: maybe(mapOf(anything)),
    challengeAnswer: anything,
  }),
});

export type DefineEvent = ValueOf<typeof defineSchema>;
export type CreateEvent = ValueOf<typeof createSchema>;
export type VerifyEvent = ValueOf<typeof verifySchema>;
type CustomAuthEvent = DefineEvent | CreateEvent | VerifyEvent;

export const readDefineEvent = (event: unknown) => readEvent(defineSchema, event);
export const readCreateEvent = (event: unknown) => readEvent(createSchema, event);
export const readVerifyEvent = (event: unknown) => readEvent(verifySchema, event);

/** Who wants to sign in, and through what. */
export function factsOf({ userPoolId, userName, callerContext, request }: CustomAuthEvent) {
  const { userAttributes, userNotFound, clientMetadata } = request;
  return {
    pool: userPoolId,
    client: callerContext?.clientId || null,
    userName,
    // Whatever else stands there than a plain no is a yes.
    known: userNotFound === undefined || userNotFound === null || userNotFound === false,
    attributes: userAttributes ?? {},
    clientMetadata: clientMetadata ?? {},
  };
}

/** The steps so far; the first call lists none. */
export function stepsOf({ request: { session: steps } }: DefineEvent | CreateEvent) {
  return (steps ?? []).map(({ challengeName, challengeResult, challengeMetadata }) => ({
    challengeName,
    challengeResult: challengeResult === true,
    challengeMetadata: challengeMetadata ?? null,
  }));
}

/**
 * The event with the next step: a challenge's name, `tokens`, or `fail`. All three fields are always written, because
 * what Cognito makes of an empty one is not documented; at the end the name says nothing.
 */
export function withNextStep(
  event: DefineEvent,
  next: 'tokens' | 'fail' | 'CUSTOM_CHALLENGE' | 'PASSWORD_VERIFIER' | 'NEW_PASSWORD_REQUIRED',
): DefineEvent {
  const ends = next === 'tokens' || next === 'fail';
  return respond(event, {
    challengeName: ends ? 'CUSTOM_CHALLENGE' : next,
    issueTokens: next === 'tokens',
    failAuthentication: next === 'fail',
  });
}

/** A challenge: what the client sees of it, what comes back with the answer, and what later steps read. */
export interface ChallengeParameters {
  shown: Readonly<Record<string, string>>;
  kept: Readonly<Record<string, string>>;
  metadata: string;
}

export function withChallenge(
  event: CreateEvent,
  { shown, kept, metadata }: ChallengeParameters,
): CreateEvent {
  return respond(event, {
    publicChallengeParameters: shown,
    privateChallengeParameters: kept,
    challengeMetadata: metadata,
  });
}

export function withVerdict(event: VerifyEvent, answerCorrect: boolean): VerifyEvent {
  return respond(event, { answerCorrect });
}

function respond<E extends CustomAuthEvent>(event: E, answer: Record<string, unknown>): E {
  return { ...event, response: { ...event.response, ...answer } };
}
