/** The events of a person: what Cognito sends to each trigger that has something to do (contracts B2), and API Gateway. */

import { type PoolKeys, signToken } from '../sandbox/pool/keys.ts';
import { APP_CLIENT_ID, POOL_ID, REGION } from '../sandbox/pool/settings.ts';

export interface Person {
  sub: string;
  email: string;
}

export type TriggerEvent = Record<string, unknown> & { request: Record<string, unknown> };

const common = {
  version: '1',
  region: REGION,
  userPoolId: POOL_ID,
  callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: APP_CLIENT_ID },
};

function attributesOf({ sub, email }: Person) {
  return { sub, email, email_verified: 'true', 'cognito:user_status': 'CONFIRMED' };
}

export function signUpEvent(email: string): TriggerEvent {
  return {
    ...common,
    triggerSource: 'PreSignUp_SignUp',
    userName: email,
    request: { userAttributes: { email }, validationData: null },
    response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
  };
}

/** A first sign-in through a provider, with the address of somebody who has an account. */
export function externalEvent({ email }: Person, subject: string): TriggerEvent {
  return {
    ...signUpEvent(email),
    triggerSource: 'PreSignUp_ExternalProvider',
    userName: `Okta_${subject}`,
    request: { userAttributes: { email, email_verified: 'true' }, validationData: {} },
  };
}

export function confirmedEvent(person: Person): TriggerEvent {
  return {
    ...common,
    triggerSource: 'PostConfirmation_ConfirmSignUp',
    userName: person.sub,
    request: { userAttributes: attributesOf(person) },
    response: {},
  };
}

export function tokenEvent(person: Person): TriggerEvent {
  return {
    ...common,
    version: '2',
    triggerSource: 'TokenGeneration_Authentication',
    userName: person.sub,
    request: {
      userAttributes: attributesOf(person),
      groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [], preferredRole: null },
      scopes: ['aws.cognito.signin.user.admin'],
    },
    response: { claimsAndScopeOverrideDetails: null },
  };
}

/** Nobody: with `PreventUserExistenceErrors` Cognito asks for unknown names too. */
export type Visitor = Person | { name: string };

function visitorPart(visitor: Visitor) {
  return 'sub' in visitor
    ? { userName: visitor.sub, request: { userAttributes: attributesOf(visitor) } }
    : { userName: visitor.name, request: { userAttributes: {}, userNotFound: true } };
}

/** Asks for a code: behind the round in which the client says that it wants one. */
export function askEvent(visitor: Visitor, session: string): TriggerEvent {
  const { userName, request } = visitorPart(visitor);
  return {
    ...common,
    triggerSource: 'CreateAuthChallenge_Authentication',
    userName,
    request: {
      ...request,
      challengeName: 'CUSTOM_CHALLENGE',
      session: [
        {
          challengeName: 'CUSTOM_CHALLENGE',
          challengeResult: false,
          challengeMetadata: `PROVIDE_AUTH_PARAMETERS ${session}`,
        },
      ],
      clientMetadata: { signInMethod: 'EMAIL_OTP' },
    },
    response: { publicChallengeParameters: null, privateChallengeParameters: null, challengeMetadata: null },
  };
}

export function answerEvent(visitor: Visitor, challenge: unknown, answer: string): TriggerEvent {
  const { userName, request } = visitorPart(visitor);
  return {
    ...common,
    triggerSource: 'VerifyAuthChallengeResponse_Authentication',
    userName,
    request: { ...request, privateChallengeParameters: challenge, challengeAnswer: answer },
    response: { answerCorrect: null },
  };
}

/** Whose tokens the authorizer takes here: their keys are fetched without TLS, which those of a pool never are. */
export const ISSUER = {
  issuer: 'https://issuer.example.com',
  audience: 'articles',
  map: { email: { claim: 'email', domains: ['example.com'] } },
};

export function tokenOf(keys: PoolKeys): string {
  const now = Math.floor(Date.now() / 1000);
  const person = { sub: 'ada', email: 'ada@example.com', email_verified: true };
  const claims = { ...person, iss: ISSUER.issuer, aud: ISSUER.audience, auth_time: now };
  return signToken({ ...claims, iat: now, exp: now + 3600 }, keys.access);
}

export function requestEvent(token: string): object {
  return {
    type: 'TOKEN',
    methodArn: `arn:aws:execute-api:${REGION}:123456789012:abcdef1234/dev/GET/articles/1`,
    authorizationToken: `Bearer ${token}`,
  };
}
